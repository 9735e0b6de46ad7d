"""The weights of the best snapshot by a leaf or a parent, in a file that ``--brainscore-weights`` takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from pytest_brainscore import Benchmark, Score
from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.models.sources.weights import load_checkpoint
from pytest_brainscore.training import BrainScoreCallback
from tests.support.trainings import callback, first_layer, fixed, leaf, make_network


class Scores:
    """Gives one score after another."""

    def __init__(self, *scores: float) -> None:
        self.left = [*scores]

    def __call__(self, benchmark: Benchmark, model: BrainModel, data: None) -> Score:
        return fixed(self.left.pop(0))(benchmark, model, data)


def about(path: Path) -> dict[str, object]:
    with safe_open(path, "pt") as file:
        found: dict[str, object] = json.loads(file.metadata()["brainscore"])
    return found


def run(scoring: BrainScoreCallback, network: nn.Module, *steps: int) -> None:
    """Score snapshots whose first weight is the number of the step."""
    for step in steps:
        with torch.no_grad():
            first_layer(network).weight.fill_(step)
        scoring(network, step=step)


def test_the_best_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "best.safetensors"
    scoring = callback(leaf(protocol=Scores(0.25, 0.75, 0.5)), checkpoint=path)
    run(scoring, make_network(), 3, 6, 9)
    assert about(path) == {"model": "net@step6", "node": "lab-one", "score": 0.75, "step": 6, "epoch": None}
    loaded = make_network()
    load_checkpoint(loaded, path)
    assert torch.equal(first_layer(loaded).weight, torch.full_like(first_layer(loaded).weight, 6))
    assert [each.name for each in tmp_path.iterdir()] == ["best.safetensors"]  # nothing half written beside it


def test_a_resumed_training_keeps_what_is_better(tmp_path: Path) -> None:
    path = tmp_path / "best.safetensors"
    run(callback(leaf(protocol=Scores(0.75)), checkpoint=path), make_network(), 3)
    run(callback(leaf(protocol=Scores(0.5, 0.8)), checkpoint=path), make_network(), 6, 9)
    assert about(path)["model"] == "net@step9"
    # Begun again from before it: that snapshot is none of this training.
    run(callback(leaf(protocol=Scores(0.1)), checkpoint=path), make_network(), 3)
    assert about(path)["score"] == 0.1


def test_a_parent_decides_where_it_is_named(tmp_path: Path) -> None:
    suite = [leaf("one", Scores(0.25, 0.5)), leaf("two", Scores(0.75, 0.25))]
    scoring = callback(suite, checkpoint=tmp_path / "best.safetensors", monitor="lab.V1")
    run(scoring, make_network(), 3, 6)
    assert about(tmp_path / "best.safetensors")["score"] == 0.5
    with pytest.raises(
        BrainScoreError, match=r"monitor='V1' is nothing that this suite scores; give one of lab, lab\.V1"
    ):
        callback(suite, checkpoint=tmp_path / "other.safetensors", monitor="V1")


def test_tensors_that_share_memory_and_views_are_written(tmp_path: Path) -> None:
    network = make_network().to(memory_format=torch.channels_last)
    share_first_weight(network)
    scoring = callback(checkpoint=tmp_path / "best.safetensors")
    assert scoring(network, step=3)
    loaded = make_network()
    share_first_weight(loaded)
    load_checkpoint(loaded, tmp_path / "best.safetensors")
    assert torch.equal(first_layer(loaded).weight, first_layer(network).weight)


def share_first_weight(network: nn.Sequential) -> None:
    """Give a network its first weight under another name, too."""
    tied = nn.Identity()
    tied.weight = first_layer(network).weight
    network.add_module("tied", tied)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "best.safetensors"
    save_file({"weight": torch.zeros(2)}, path)
    with pytest.raises(BrainScoreError, match="is there already and no checkpoint of BrainScoreCallback"):
        callback(checkpoint=path)
    path.write_bytes(b"something else")
    with pytest.raises(BrainScoreError, match="is there already"):
        callback(checkpoint=path)
    path.unlink()
    run(callback(leaf(protocol=Scores(0.75)), checkpoint=path), make_network(), 3)
    with pytest.raises(BrainScoreError, match="the best by lab-one, not the best by lab-two"):
        callback(leaf("two"), checkpoint=path)
    with pytest.raises(BrainScoreError, match=r"ends in \.safetensors"):
        callback(checkpoint=tmp_path / "best.pth")
    with pytest.raises(BrainScoreError, match="There is no folder"):
        callback(checkpoint=tmp_path / "nowhere" / "best.safetensors")


def test_a_disk_that_is_full_does_not_end_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pytest_brainscore.training.best.write_atomically", full)
    scoring = callback(checkpoint=tmp_path / "best.safetensors", on_error="warn")
    with pytest.warns(UserWarning, match="Keeping the best checkpoint failed and training goes on: The checkpoint"):
        assert scoring(make_network(), step=3)
