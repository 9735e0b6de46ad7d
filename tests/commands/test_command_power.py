"""``brainscore power``: how large a recording must be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from tests.benchmarks.own.test_power import world

AXES = ("--axes", "stimulus,neuroid,repetition")
Brainscore = Callable[..., Result]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return files of a recording with repetitions, and of features of two models."""
    first, second, recording = world(0, stimuli=120, neuroids=20)
    names = np.array([f"image{place:03d}" for place in range(120)])
    paths = {name: tmp_path / f"{name}.npz" for name in ("recording", "A", "B")}
    np.savez(paths["recording"], responses=np.moveaxis(recording, 0, -1), stimulus_id=names)
    np.savez(paths["A"], responses=first, stimulus_id=names)
    np.savez(paths["B"], responses=second, stimulus_id=names)
    return paths


def test_of_two_files_of_features_it_says_how_much_is_needed(brainscore: Brainscore, files: dict[str, Path]) -> None:
    words = ("--features", files["A"], "--features", files["B"], "--metric", "ridge")
    result = brainscore("power", "--recording", files["recording"], *AXES, *words, "--over", "stimuli")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].endswith("recording.npz: 120 stimuli, 6 repetitions, 20 neuroids")
    assert lines[1].split() == ["standard", "error", "by", "stimuli", "score", "60", "120", "240", "480", "960"]
    assert [line.split()[0] for line in lines[2:5]] == ["A", "B", "B"]
    assert lines[-1].startswith("to tell .01 apart with power .8: ")


def test_models_are_shown_the_stimuli(
    brainscore: Brainscore, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for place in range(120):
        pixels = generator.integers(0, 255, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"image{place:03d}.png")
    network = (
        "import torch\ndef {name}():\n    torch.manual_seed({seed})\n"
        "    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3))\n"
    )
    (tmp_path / "nets.py").write_text(network.format(name="one", seed=1) + network.format(name="two", seed=2))
    commitment = 'visual_degrees = 8\n[preprocessing]\nkind = "imagenet"\nimage_size = 32\n[layers]\nIT = "0"\n'
    (tmp_path / "nets.toml").write_text(commitment)
    models = [f"{tmp_path / 'nets.py'}:{name}" for name in ("one", "two")]
    words = [word for model in models for word in ("--model", model)]
    result = brainscore(
        "power", "--recording", files["recording"], *AXES, *words, "--stimuli", folder, "--layer", "0", "--layer", "0",
        "--metric", "ridge",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "to tell .01 apart" in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--features", "A"], "give --model or --features twice"),
        (["--model", "a", "--model", "b"], "give them with --stimuli"),
        (["--model", "a", "--model", "b", "--layer", "x"], "Give one --layer for each --model"),
    ],
)
def test_what_is_missing_is_said(brainscore: Brainscore, files: dict[str, Path], words: list[str], told: str) -> None:
    result = brainscore("power", "--recording", files["recording"], *words)
    assert result.exit_code == 2
    assert told in result.stderr
