"""Models that are files, and parts of layers, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

FEATURES = np.arange(12.0).reshape(3, 4)


@pytest.fixture
def recorded(project: Project) -> Project:
    """Return a project whose benchmark records the mean response of V1 to the stimuli a, b and c."""
    project.outcomes({"one": {"record": True}})
    return project


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_file_of_features(recorded: Project, workers: str) -> None:
    np.savez(recorded.path / "mine.npz", stimulus_id=["c", "b", "a"], block=FEATURES)
    recorded.run("-n", workers, model="mine.npz").assert_outcomes(passed=1)
    entry = recorded.benchmarks()["one"]
    assert (entry["model"], entry["score"], entry["layer"]) == ("mine", FEATURES.mean(), "block")


def test_features_of_other_stimuli_are_unavailable(recorded: Project) -> None:
    np.savez(recorded.path / "mine.npz", stimulus_id=["a", "b"], block=FEATURES[:2])
    recorded.run(model="mine.npz").assert_outcomes(skipped=1)
    entry = recorded.benchmarks()["one"]
    assert entry["status"] == "unavailable"
    assert "mine.npz has no features of 1 of 3 stimuli of noise (c)" in entry["reason"]


def test_a_part_of_a_layer_is_a_layer_of_its_own(recorded: Project) -> None:
    recorded.run("--brainscore-layer", "V1=0#mean", "--brainscore-update", "new", model="tiny.py:build")
    assert recorded.benchmarks()["one"]["layer"] == "0#mean"
    result = recorded.run("--brainscore-layer", "V1=0#srp:7", model="tiny.py:build")
    result.stdout.fnmatch_lines(["*cannot be compared with its baseline: layer was 0#mean and is 0#srp:7;*"])
    (remark,) = recorded.report()["models"][0]["remarks"]
    assert remark.startswith(
        "0#srp:7: 7 random projections (seed 0) change squared distances of responses by about 0.53"
    )


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [
        ("0#cls", "*#cls does not fit layer 0 of tiny*: it has no tokens*"),
        ("0#meen", "*has no part 'meen', which is no reduction either*did you mean #mean*"),
        ("0#srp", "*write #srp:5000*"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(recorded: Project, layer: str, sentence: str) -> None:
    result = recorded.run("--brainscore-layer", f"V1={layer}", model="tiny.py:build")
    result.stdout.fnmatch_lines([sentence])
    assert "Traceback" not in result.stdout.str()
