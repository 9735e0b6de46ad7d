"""What is wrong is told in a sentence, before anything is trained."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from pytest_brainscore.errors import BenchmarkError, BrainScoreError, ModelError
from tests.support.trainings import PREPROCESSING, callback, fixed, leaf, make_network

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no suite": ({"suite": []}, "The suite of BrainScoreCallback is empty"),
    "unknown suite": ({"suite": "V9"}, r"No benchmark and no parent of the score tree matches 'V9'"),
    "nothing to be had": ({"suite": "MajajHong2015.V4-pls"}, "Nothing of the suite .* can be scored on this machine"),
    "no preprocessing": ({"preprocessing": None}, r"does not know how the network takes images in.*image_size"),
    "unknown preprocessing": ({"preprocessing": "cifar"}, "There is no preprocessing 'cifar'; give \"imagenet\""),
    "wrong field": ({"preprocessing": {"size": 32}}, r"The preprocessing is wrong: .*size.*image_size"),
    "impossible numbers": (
        {"preprocessing": PREPROCESSING | {"mean": (125, 125, 125)}},
        "which no network is trained on",
    ),
    "no layer": ({"layers": None}, r'No layer is given for V1, which lab-one asks for; .*layers=\{"V1": LAYER\}'),
    "unknown region": ({"layers": {"V1": "2", "V3": "2"}}, "There is no region 'V3'"),
    "no commitment": ({"commitment": "nowhere.toml"}, r"There is no layer commitment nowhere\.toml"),
    "no angle": ({"visual_degrees": 0}, "visual_degrees=0 is no visual angle"),
    "no time": ({"budget_s": 0}, "budget_s=0 leaves no time"),
    "time in words": ({"budget_s": "60"}, "budget_s='60' leaves no time"),
    "no device": ({"device": "abacus"}, "There is no device 'abacus'"),
    "untaught layer": ({"network": make_network(), "layers": {"V1": "relu"}}, "net has no layer 'relu'; did you mean"),
    "impossible reduction": ({"network": make_network(), "layers": {"V1": "7#cls"}}, "cls"),
    "no network": ({"network": "net"}, "was given a str as network"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_at_construction(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRAINSCORE_DATA", str(tmp_path))
    settings, sentence = REFUSED[case]
    with pytest.raises(BrainScoreError, match=sentence):
        callback(**settings)
    assert not list(tmp_path.iterdir())


def test_without_a_network_layers_are_checked_at_the_first_call_due_or_not() -> None:
    for on_error in ("warn", "raise"):
        scoring = callback(layers={"V1": "relu"}, on_error=on_error)
        with pytest.raises(ModelError, match="net has no layer 'relu'"):
            scoring(make_network(), step=1)


def test_images_of_another_size_than_the_network_takes_are_told_then() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 30 * 30, 10))
    callback(layers={"V1": "1"}, network=network)
    with pytest.raises(
        ModelError, match=r"cannot process an image of 224 x 224 pixels.*mend the network, or image_size"
    ):
        callback(layers={"V1": "3"}, preprocessing="imagenet", network=network)


def test_a_commitment_says_all_and_arguments_come_before_it(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text(
        'visual_degrees = 4\n[layers]\nV1 = "0"\n[preprocessing]\nimage_size = 64\nmean = [0.5, 0.5, 0.5]\n'
        "std = [0.5, 0.5, 0.5]\n"
    )
    report = tmp_path / "r.json"
    one = leaf(protocol=fixed(0.5))
    plain = callback(one, commitment=path, layers=None, preprocessing=None, report=report)
    plain(make_network(), step=3)
    changed = callback(one, commitment=path, preprocessing={"image_size": 32}, visual_degrees=6, report=report)
    changed(make_network(), step=6)
    from pytest_brainscore.report.reading import read_report

    first, second = read_report(report).models
    assert (first.visual_degrees, first.layers["V1"], first.preprocessing["image_size"]) == (4.0, "0", 64)
    assert (second.visual_degrees, second.layers["V1"], second.preprocessing["image_size"]) == (6.0, "2", 32)
    assert second.preprocessing["std"] == [0.5, 0.5, 0.5]


def test_weights_in_pieces_are_refused() -> None:
    class FullyShardedDataParallel(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = make_network()

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            output: torch.Tensor = self.inner(images)
            return output

    with pytest.raises(ModelError, match=r"lie in pieces on several devices.*ema=FUNCTION"):
        callback(network=FullyShardedDataParallel())


def test_what_cannot_be_scored_here_is_told_by_its_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BRAINSCORE_DATA", str(tmp_path))
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    monkeypatch.setenv("BRAINIO_HOME", str(tmp_path))
    with pytest.warns(
        UserWarning, match=r"7 of \d+ leaves of the suite can be scored here\. Not Marques2020_Ringach2002"
    ) as told:
        callback("V1", network=make_network())
    assert str(told[0].message).count("Assembly Ringach2002 is not") == 1
    with pytest.raises(BenchmarkError, match="Nothing of the suite IT"):
        callback("IT")


def test_importing_it_imports_no_framework() -> None:
    code = (
        "import sys, pytest_brainscore.training as t; assert not {'torch', 'numpy', 'pandas'} & set(sys.modules); "
        "t.BrainScoreCallback; assert not {'lightning', 'pytorch_lightning', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
