"""Features that were computed elsewhere as a model: rows are found by the ids of stimuli."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.models.layer_mapped.candidate_layers import CandidateLayers, matching_layers

ONE_BIN = ((70, 170),)
IDS = [f"noise-{seed}" for seed in (5, 3, 1, 0, 2, 4, 9)]
FEATURES = np.random.RandomState(0).randn(7, 4, 5).astype(np.float32)
ORDER = [3, 2, 4, 1, 5, 0]
"""Rows of noise-0 to noise-5."""


def features(folder: Path, **arrays: Any) -> Path:
    path = folder / "features.npz"
    np.savez(path, **{"stimulus_id": np.array(IDS), **arrays})
    return path


def recorded(model: BrainModel, stimuli: StimulusSet, region: Any = "V4") -> Any:
    model.start_recording(region, ONE_BIN)
    return model.look_at(stimuli)


@pytest.fixture
def store(tmp_path: Path) -> ActivationStore:
    return ActivationStore(folder=tmp_path / "store")


def test_one_array_stands_for_all_regions(tmp_path: Path, store: ActivationStore, noise_stimuli: StimulusSet) -> None:
    model = load_model(str(features(tmp_path, block=FEATURES)), store=store)
    assert model.identifier == "features"
    for region in ("V1", "IT"):
        assembly = recorded(model, noise_stimuli, region)
        np.testing.assert_array_equal(assembly.values, FEATURES[ORDER].reshape(6, -1))
        assert assembly["layer"].values[0] == "block"


def test_arrays_named_like_regions(tmp_path: Path, store: ActivationStore, noise_stimuli: StimulusSet) -> None:
    model = load_model(str(features(tmp_path, V4=FEATURES, IT=FEATURES[:, 0], more=FEATURES)), store=store)
    np.testing.assert_array_equal(recorded(model, noise_stimuli, "IT").values, FEATURES[ORDER, 0])
    with pytest.raises(ModelError, match="No layer of features is committed to V1"):
        model.start_recording("V1", ONE_BIN)


def test_layers_given_and_committed(tmp_path: Path, store: ActivationStore, noise_stimuli: StimulusSet) -> None:
    path = features(tmp_path, a=FEATURES, b=-FEATURES)
    (tmp_path / "features.toml").write_text('identifier = "mine"\nvisual_degrees = 6\n[layers]\nV4 = "b#token:1"\n')
    model = load_model(str(path), store=store)
    assert (model.identifier, model.visual_degrees()) == ("mine", 6.0)
    np.testing.assert_array_equal(recorded(model, noise_stimuli).values, -FEATURES[ORDER, 1])
    given = load_model(str(path), store=store, layers={"V4": "a"})
    np.testing.assert_array_equal(recorded(given, noise_stimuli).values, FEATURES[ORDER].reshape(6, -1))


def test_ids_of_one_stimulus_set(tmp_path: Path, store: ActivationStore, noise_stimuli: StimulusSet) -> None:
    table = pd.DataFrame({"stimulus_id": [0, 1]})
    one, other = (StimulusSet(name, table, noise_stimuli.images[:2], degrees=8.0) for name in ("one", "other"))
    path = tmp_path / "features.npz"
    np.savez(path, stimulus_id=["one/0", "one/1", "0", "1"], a=np.arange(4.0)[:, None])
    model = load_model(str(path), store=store)
    assert recorded(model, one).values.ravel().tolist() == [0, 1]
    assert recorded(model, other).values.ravel().tolist() == [2, 3]


def test_rows_do_not_depend_on_images(tmp_path: Path, store: ActivationStore, noise_stimuli: StimulusSet) -> None:
    """Two sets with the same images under other ids have other rows."""
    model = load_model(str(features(tmp_path, a=FEATURES)), store=store)
    turned = replace(noise_stimuli, table=noise_stimuli.table.iloc[::-1].reset_index(drop=True))
    first, second = (recorded(model, stimuli).values for stimuli in (noise_stimuli, turned))
    np.testing.assert_array_equal(first[::-1], second)


def test_candidates(tmp_path: Path, store: ActivationStore, noise_stimuli: StimulusSet) -> None:
    model = load_model(str(features(tmp_path, a=FEATURES, b=-FEATURES)), store=store)
    candidates = CandidateLayers(model, matching_layers(model, ["*"]))
    for layer, sign in (("a", 1), ("b", -1)):
        candidates.choose(layer)
        np.testing.assert_array_equal(recorded(candidates, noise_stimuli).values, sign * FEATURES[ORDER].reshape(6, -1))


def test_missing_stimuli(tmp_path: Path, store: ActivationStore, noise_stimuli: StimulusSet) -> None:
    path = tmp_path / "features.npz"
    np.savez(path, stimulus_id=IDS[:2], a=FEATURES[:2])
    model = load_model(str(path), store=store)
    with pytest.raises(
        NotCapable,
        match=r"features.npz has no features of 4 of 6 stimuli of noise \(noise-0, noise-1, noise-2, ...\); add their",
    ):
        recorded(model, noise_stimuli)


def test_what_cannot_be_features(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        (
            {"a": FEATURES[:3]},
            r"The array a of .* is float32 of shape \(3, 4, 5\); give .*, one row for each of 7",
        ),
        ({"a": np.arange(7)}, r"shape \(7,\)"),
        ({"a": np.array([["x"]] * 7)}, "is <U1"),
        ({}, "hold stimulus_id; add 'stimulus_id', the stimulus of each row, and one array a layer"),
        ({"a": FEATURES, "stimulus_id": np.array(["x"] * 7)}, "have 'x' twice"),
        ({"a": np.array([{}] * 7, dtype=object)}, "cannot be read .*numbers and text only"),
    ]
    for arrays, sentence in cases:
        with pytest.raises(ModelError, match=sentence):
            load_model(str(features(tmp_path, **arrays)))
    np.savez(tmp_path / "features.npz", a=FEATURES)
    with pytest.raises(ModelError, match="hold a; add 'stimulus_id'"):
        load_model(str(tmp_path / "features.npz"))
    (tmp_path / "text.npz").write_text(json.dumps({}))
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(str(tmp_path / "text.npz"))
    with pytest.raises(ModelError, match=r"There is no file nothing.npz"):
        load_model("nothing.npz")
    with pytest.raises(ModelError, match="is a file with all its weights, not a network; leave out weights"):
        load_model(str(features(tmp_path, a=FEATURES)), weights="w.pth")
