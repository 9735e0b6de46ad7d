"""Choosing layers by their scores."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.shared.layer_selection import (
    RegionScores,
    region_benchmarks,
    score_layers,
    with_selection,
)
from pytest_brainscore.benchmarks.shared.neural_predictivity import predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import Recording
from pytest_brainscore.data.retrieval.readiness import Readiness
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import BenchmarkError, DataUnavailable, ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.commitment.commitment import LayerCommitment, read_commitment
from pytest_brainscore.models.commitment.commitment_file import write_commitment
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.models.layer_mapped.candidate_layers import CandidateLayers, matching_layers, require_layers
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.probing.images import COUNT as BATCH_SIZE
from pytest_brainscore.scoring.score import Score
from tests.support.networks import make_model, make_tiny_network
from tests.support.stimuli import NoiseImage

IMAGES = 60
LAYERS = ("first.conv", "first.relu", "second", "readout")


def made_up_stimuli() -> StimulusSet:
    table = pd.DataFrame({"stimulus_id": [f"{number:03d}" for number in range(IMAGES)]})
    return StimulusSet(
        "noise", table, tuple(NoiseImage(seed, side=32, square=8, colour=True) for seed in range(IMAGES)), 8.0
    )


def recording_of(responses: NDArray[np.float32]) -> Recording:
    """Return recordings of some units, twice with noise."""
    draw = np.random.default_rng(0)
    units = responses[:, draw.permutation(responses.shape[1])[:8]].astype(np.float64)
    trials = units + 0.05 * units.std() * draw.standard_normal((2, *units.shape))
    return Recording("made up", trials, np.array([f"{number:03d}" for number in range(IMAGES)]), None, {})


class ScoredOn(Benchmark):
    """A benchmark on recordings of a layer, which that layer must win."""

    def __call__(self, model: BrainModel) -> Score:
        if self.assembly == "absent":
            raise DataUnavailable("The recordings are absent; fetch them.")
        layer = {"V4": "second", "IT": "first.conv"}[self.region]
        source = make_model(layers={"V4": (layer,)})
        source.start_recording("V4", [(70, 170)])
        recording = recording_of(source.record(made_up_stimuli()))
        return predictivity_score(self, model, recording, made_up_stimuli(), (70, 170))

    def readiness(self) -> Readiness:
        return Readiness("ready", None)


def benchmark(region: str, assembly: str = "here") -> Benchmark:
    published = load_benchmark(f"MajajHong2015public.{region}-pls@4")
    return ScoredOn(**{**published.__dict__, "assembly": assembly})


def counting(network: torch.nn.Module) -> Callable[[], int]:
    """Return what counts forward passes of whole batches; those that find out shapes show two grey images."""
    images: list[int] = []

    def count(module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
        if module is network:
            images.append(len(inputs[0]))

    # For all modules: a hook of the network's own would be part of what its activations are stored by.
    torch.nn.modules.module.register_module_forward_pre_hook(count)
    return lambda: images.count(BATCH_SIZE)


def stored_model(folder: Path, network: torch.nn.Module | None = None) -> LayerMappedModel:
    return make_model(network, store=ActivationStore(folder=folder))


def test_the_layer_that_was_recorded_wins(tmp_path: Path) -> None:
    candidates = CandidateLayers(stored_model(tmp_path), LAYERS)
    results = score_layers(candidates, {"V4": benchmark("V4")})
    assert results["V4"].best == "second"
    # The read-out has ten units, fewer than PLS has components.
    assert "10 features" in results["V4"].without_score["readout"]
    assert list(results["V4"].scores) == ["first.conv", "first.relu", "second"]


def test_the_network_runs_once_for_all_layers_and_regions(tmp_path: Path) -> None:
    network = make_tiny_network()
    model = stored_model(tmp_path, network)
    candidates = CandidateLayers(model, LAYERS)
    passes = counting(network)
    results = score_layers(candidates, {"V4": benchmark("V4"), "IT": benchmark("IT")})
    assert (results["V4"].best, results["IT"].best) == ("second", "first.conv")
    probing = 3  # in other company, once more, and after the images
    assert passes() == math.ceil(IMAGES / BATCH_SIZE) + probing
    assert not list(tmp_path.glob("pass-*"))


def test_a_committed_model_finds_what_was_stored_and_scores_the_same(tmp_path: Path) -> None:
    results = score_layers(CandidateLayers(stored_model(tmp_path), LAYERS), {"V4": benchmark("V4")})
    network = make_tiny_network()
    committed = make_model(network, layers={"V4": ("second",)}, store=ActivationStore("only", folder=tmp_path))
    assert benchmark("V4")(committed).value == results["V4"].scores["second"].value


def test_components_are_other_scores_in_other_places(tmp_path: Path) -> None:
    fitted_to = replace(made_up_stimuli(), identifier="fitting")
    reduced = CandidateLayers(stored_model(tmp_path), LAYERS, components=30, fitted_to=fitted_to)
    scores = score_layers(reduced, {"V4": benchmark("V4")})["V4"].scores
    assert reduced.identifier == "tiny-pca_30"
    assert scores["second"].n["units"] == 30
    whole = score_layers(CandidateLayers(stored_model(tmp_path), LAYERS), {"V4": benchmark("V4")})["V4"].scores
    assert whole["second"].n["units"] == 4 * 8 * 8
    assert whole["second"].value != scores["second"].value


def test_components_need_images(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="need images to be fitted to"):
        CandidateLayers(stored_model(tmp_path), LAYERS, components=3)


def test_a_region_without_data_keeps_its_layer(tmp_path: Path) -> None:
    candidates = CandidateLayers(stored_model(tmp_path), LAYERS)
    results = score_layers(candidates, {"V4": benchmark("V4"), "IT": benchmark("IT", "absent")})
    assert results["IT"].unavailable == "The recordings are absent; fetch them."
    before = LayerCommitment(layers={"V4": "first.conv", "IT": "readout"})
    after = with_selection(before, candidates, results, "2026-01-31")
    assert after.layers == {"V4": "second", "IT": "readout"}
    assert list(after.selection) == ["V4"]


def test_nothing_to_choose_by_is_an_error(tmp_path: Path) -> None:
    candidates = CandidateLayers(stored_model(tmp_path), LAYERS)
    results = score_layers(candidates, {"IT": benchmark("IT", "absent")})
    with pytest.raises(BenchmarkError, match="nothing to commit to: The recordings are absent"):
        with_selection(LayerCommitment(), candidates, results, "2026-01-31")


def test_the_evidence_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    candidates = CandidateLayers(stored_model(tmp_path), LAYERS)
    results = score_layers(candidates, {"V4": benchmark("V4")})
    before = LayerCommitment(identifier="tiny", evidence='All layers: "guessed".\n', visual_degrees=6.5)
    commitment = with_selection(before, candidates, results, "2026-01-31")
    write_commitment(tmp_path / "tiny.toml", commitment)
    read = read_commitment(tmp_path / "tiny.toml")
    assert read == commitment
    evidence = read.selection["V4"]
    assert evidence.benchmark == "MajajHong2015public.V4-pls@4"
    assert evidence.weights_sha256 == candidates.description().weights_sha256
    assert evidence.scores["second"].score == results["V4"].scores["second"].value
    assert set(evidence.scores) | set(evidence.without_score) == set(LAYERS)
    assert len(evidence.data_sha256) == len(evidence.stimuli_sha256) == 64
    # Choosing again replaces what was said.
    assert with_selection(read, candidates, results, "2026-01-31") == commitment


def test_the_first_of_equal_scores_is_chosen() -> None:
    equal = Score(value=0.5, error=0.0, raw=0.5, ceiling=1.0, normalisation="r", n={})
    assert RegionScores("V4", benchmark("V4"), {"b": equal, "a": equal}).best == "b"


def test_patterns_stand_for_letters_between_dots() -> None:
    model = make_model()
    assert list(require_layers(model).candidates()) == [
        "first",
        "first.conv",
        "first.relu",
        "second",
        "flatten",
        "readout",
    ]
    assert matching_layers(model, ["*"]) == ("first", "second", "flatten", "readout")
    assert matching_layers(model, ["readout", "first.*", "readout"]) == ("readout", "first.conv", "first.relu")


def test_an_unknown_layer_is_answered_with_near_names() -> None:
    with pytest.raises(ModelError, match="tiny has no layer 'secnd'; did you mean second"):
        matching_layers(make_model(), ["secnd"])


def test_each_region_has_its_published_benchmark() -> None:
    chosen = region_benchmarks(["V1", "IT"])
    assert {region: each.identifier for region, each in chosen.items()} == {
        "V1": "FreemanZiemba2013public.V1-pls",
        "IT": "MajajHong2015public.IT-pls",
    }
    assert region_benchmarks(["V4"], {"V4": "Cowley2023.V4-pls"})["V4"].identifier == "Cowley2023.V4-pls"


@pytest.mark.parametrize(
    ("regions", "others", "message"),
    [
        (["V3"], {}, "There is no region 'V3'"),
        (["V1"], {"V4": "Cowley2023.V4-pls"}, "not among the regions"),
        (["V1"], {"V1": "Cowley2023.V4-pls"}, "scores V4, so it cannot choose a layer for V1"),
        (["V4"], {"V4": "Cowly2023.V4-pls"}, "did you mean"),
    ],
)
def test_wrong_regions_and_benchmarks(regions: list[str], others: dict[str, str], message: str) -> None:
    with pytest.raises(BenchmarkError, match=message):
        region_benchmarks(regions, others)
