"""Results that were computed before are returned, marked, and judged anew; without torch where only they are wanted."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pytest_brainscore.data.publishers.geirhos2021 import BY_CATEGORY, FOLDER, NUMBER_OF_IMAGES

WATCHER = """
import sys
from pathlib import Path

def pytest_unconfigure(config):
    Path("imported").write_text(" ".join(sys.modules))
"""
COMMITMENT = """
source = "torchvision:squeezenet1_1"
visual_degrees = 8
[preprocessing]
kind = "imagenet"
image_size = 32
[layers]
V1 = "features.3"
"""
CATEGORIES = (
    "airplane", "bear", "bicycle", "bird", "boat", "bottle", "car", "cat", "chair", "clock", "dog", "elephant",
    "keyboard", "knife", "oven", "truck",
)  # fmt: skip
LEAF = "Geirhos2021edge-top1"
OF_THIS_RUN = ("cached", "computed", "seconds", "peak_rss_mb", "comparison")


class Lab:
    """A project with a network of its own, small images of an experiment, and a home folder."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        from safetensors.torch import save_file
        from torchvision.models import squeezenet1_1

        self.pytester, self.path = pytester, pytester.path
        (self.path / "watcher.py").write_text(WATCHER)
        (self.path / "fixtures" / "models").mkdir(parents=True)
        (self.path / "fixtures" / "models" / "mine.toml").write_text(COMMITMENT)
        (self.path / "pytest.ini").write_text("[pytest]\n")
        save_file(squeezenet1_1().state_dict(), self.path / "mine.safetensors")
        generator = np.random.default_rng(0)
        for number in range(NUMBER_OF_IMAGES["edge"]):
            category = CATEGORIES[number % len(CATEGORIES)]
            folder = self.path / "data" / FOLDER / "stimuli" / BY_CATEGORY["edge"] / category
            folder.mkdir(parents=True, exist_ok=True)
            pixels = generator.integers(0, 256, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(folder / f"{category}{number}.png")

    def run(self, *words: str, failed: bool = False) -> str:
        """Run the leaf, and return what is told."""
        result = self.pytester.runpytest_subprocess(
            "--model=mine",
            "--brainscore-weights=mine.safetensors",
            f"--brainscore-benchmark={LEAF}",
            "-p",
            "watcher",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:hypothesispytest",
            *words,
        )
        assert result.ret == int(failed)
        return str(result.stdout)

    def record(self) -> dict[str, Any]:
        """Return the record of the leaf."""
        (record,) = self.report()["benchmarks"]
        return dict(record)

    def report(self) -> dict[str, Any]:
        """Return the report."""
        return dict(json.loads((self.path / "brainscore-report.json").read_text()))

    @property
    def imported(self) -> set[str]:
        """Modules that the last run has imported."""
        return set((self.path / "imported").read_text().split())


@pytest.mark.walkthrough
def test_scores_come_back(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSCORE_HOME", str(pytester.path / "home"))
    monkeypatch.setenv("BRAINSCORE_DATA", str(pytester.path / "data"))
    for variable in ("PYTEST_ADDOPTS", "CI", "GITHUB_ACTIONS", "BRAINSCORE_TREE"):
        monkeypatch.delenv(variable, raising=False)
    lab = Lab(pytester)
    lab.run("--brainscore-update=new")
    computed, files = lab.record(), lab.report()
    assert (computed["cached"], computed["computed"]) == (False, None)

    told = lab.run("--brainscore-cache=only")
    known = lab.record()
    assert "torch" not in lab.imported
    assert known["cached"]
    assert "computed before" in told
    assert {name: known[name] for name in known if name not in OF_THIS_RUN} == {
        name: computed[name] for name in computed if name not in OF_THIS_RUN
    }
    assert lab.report()["models"] == files["models"]
    for beside in ("replicates", "contributions"):
        assert lab.report()[beside] == files[beside], "the same bytes"
        assert lab.report()[beside] is not None
    assert computed["comparison"]["verdict"] == "new"
    assert known["comparison"]["verdict"] == "unchanged", "with today's baseline"

    baseline = lab.path / "fixtures" / "baselines" / "mine.json"
    baseline.with_suffix(".replicates.npz").unlink(missing_ok=True)
    stored = json.loads(baseline.read_text())
    (score,) = stored["scores"].values()
    score["score"] += 0.5
    stored.pop("replicates", None)
    baseline.write_text(json.dumps(stored))
    lab.run(failed=True)
    assert "torch" in lab.imported, "the network was loaded, to see whether it is this one"
    assert lab.record()["cached"]
    assert lab.record()["comparison"]["verdict"] == "regressed"
