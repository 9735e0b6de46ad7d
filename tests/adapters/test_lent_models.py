"""Models of this package are lent to the published one, and answer as its own models do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pytest_brainscore.adapters import from_brainscore, to_brainscore
from pytest_brainscore.adapters.containers import own_stimuli
from pytest_brainscore.errors import ModelError
from tests.support.networks import make_model
from tests.support.published_package import BrainModel, StimulusSet, Theirs
from tests.support.stimuli import NoiseImage


@pytest.fixture
def stimuli(tmp_path: Path, published_package: None) -> StimulusSet:
    """Return six images of the published package."""
    table = StimulusSet({"stimulus_id": list("abcdef"), "image_label": ["x", "y", "x"] * 2})
    table.identifier = "noise"
    table.stimulus_paths = {}
    for seed, name in enumerate("abcdef"):
        table.stimulus_paths[name] = tmp_path / f"{name}.png"
        Image.fromarray(NoiseImage(seed, side=32, colour=True).pixels()).save(table.stimulus_paths[name])
    return table


def test_recordings(stimuli: StimulusSet) -> None:
    ours = make_model()
    lent = to_brainscore(ours)
    assert isinstance(lent, BrainModel)
    assert (lent.identifier, lent.visual_degrees()) == ("tiny", 8.0)
    lent.start_recording("IT", time_bins=[np.array((70, 170))])
    seen = lent.look_at(stimuli, number_of_trials=20)
    ours.start_recording("IT", [(70, 170)])
    own = ours.look_at([str(stimuli.get_stimulus(each)) for each in "abcdef"])
    np.testing.assert_array_equal(seen.values, own.values)
    assert seen.dims == ("presentation", "neuroid")
    assert list(seen["stimulus_id"].values) == list("abcdef")
    assert list(seen["image_label"].values) == ["x", "y", "x"] * 2
    assert list(seen["stimulus_path"].values) == [str(stimuli.get_stimulus(each)) for each in "abcdef"]
    assert {"neuroid_id", "layer", "region"} <= set(seen.indexes["neuroid"].names)
    assert seen["time_bin_start"].item() == 70
    lent.start_recording("IT", time_bins=[(70, 90), (90, 110)])
    assert lent.look_at(stimuli).dims == ("presentation", "neuroid", "time_bin")
    with pytest.raises(ModelError, match="answers every trial alike; ask it without require_variance"):
        lent.look_at(stimuli, number_of_trials=2, require_variance=True)


def test_paths_of_images_are_taken(stimuli: StimulusSet) -> None:
    lent = to_brainscore(make_model())
    lent.start_recording("IT", [(70, 170)])
    paths = [str(stimuli.get_stimulus(each)) for each in "abc"]
    assert list(lent.look_at(paths)["stimulus_id"].values) == paths


def test_tasks(stimuli: StimulusSet) -> None:
    lent = to_brainscore(make_model())
    lent.start_task("probabilities", stimuli)
    answers = lent.look_at(stimuli)
    assert answers.dims == ("presentation", "choice")
    assert sorted(answers["choice"].values) == ["x", "y"]
    np.testing.assert_allclose(answers.values.sum(1), 1)
    lent.start_task("odd_one_out")
    answers = lent.look_at(stimuli)
    assert answers.dims == ("choice", "presentation")
    assert list(answers["stimulus_id"].values) == ["a|b|c", "d|e|f"]
    lent.start_task("passive")


def test_there_and_back(stimuli: StimulusSet) -> None:
    theirs = Theirs()
    lent = to_brainscore(from_brainscore(theirs))
    lent.start_task("label", choice_labels=["dark", "bright"])
    theirs.start_task("label", ["dark", "bright"])
    expected: Any = theirs.look_at(stimuli)
    answers = lent.look_at(stimuli)
    assert answers.dims == expected.dims == ("choice", "presentation")
    assert answers.values.tolist() == expected.values.tolist()
    assert list(answers["label"].values) == answers.values[0].tolist()
    back = from_brainscore(lent)
    back.start_recording("V4", [(70, 170)])
    assert back.look_at(own_stimuli(stimuli, 8.0)).shape == (6, 3)


def test_without_the_package_it_is_told() -> None:
    with pytest.raises(
        ModelError, match=r"BrainModel of the published package is not here; pip install brainscore-vision"
    ):
        to_brainscore(make_model())
