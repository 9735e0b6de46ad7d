"""The whole way, for real: pretrained weights, 9,096 gratings, published V1 data, a report and a stored baseline."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.resources import resource_folder

PUBLISHED_CEILING_TOLERANCE = 0.006
"""The published ceilings are asserted within .005 and given to three digits."""


@pytest.mark.slow
def test_squeezenet_keeps_its_scores(
    pytester: pytest.Pytester, reference_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAINSCORE_HOME", str(pytester.path / "home"))
    monkeypatch.delenv("BRAINSCORE_DATA")  # of the data only the weights are used here
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # the neighbour on the other core runs tests too
    arguments = [
        "--model=squeezenet1_1",
        "-k=Marques2020",
        f"--brainscore-weights={reference_data / 'weights' / 'squeezenet1_1.safetensors'}",
        f"--brainscore-baseline={resource_folder('fixtures/baselines')}",
    ]

    def records() -> list[dict[str, Any]]:
        report = json.loads((pytester.path / "brainscore-report.json").read_text())
        return [record for record in report["benchmarks"] if record["status"] == "scored"]

    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=7, skipped=15)
    cold = records()
    for record in cold:
        published = load_benchmark(record["identifier"]).ceiling
        assert record["ceiling"] == pytest.approx(published, abs=PUBLISHED_CEILING_TOLERANCE)
        assert record["n"]["units"] == 110  # as many as the published system selects
        assert record["error"] > 0
        assert record["comparison"]["verdict"] == "unchanged"
        assert record["peak_rss_mb"] < 2000

    shutil.rmtree(pytester.path / "home" / "results")  # scores are computed again, from the same activations
    pytester.runpytest_subprocess(*arguments, "-n", "2").assert_outcomes(passed=7, skipped=15)
    assert [record["score"] for record in records()] == [record["score"] for record in cold]
