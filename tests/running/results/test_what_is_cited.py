"""What a benchmark cites is part of its record, and so of every report and page, score or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.data.citations import cite

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
class Model:
    identifier = "net"
    def visual_degrees(self): return 8
    def start_task(self, task, fitting=None): raise NotImplementedError
    def start_recording(self, target, time_bins): raise NotImplementedError
    def look_at(self, stimuli, number_of_trials=1): raise NotImplementedError

def build():
    return Model()
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_records_lines_and_page_cite_also_where_there_is_no_score(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, workers: str
) -> None:
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path))
    pytester.makepyfile(net=MODEL)
    names = ("ImageNet-top1", "BMD2024.dotted_1Behavioral-accuracy_distance")
    chosen = [f"--brainscore-benchmark={name}" for name in names]
    reports = [f"--brainscore-report={each}" for each in ("json:run.json", "jsonl:run.jsonl", "html:run.html")]
    pytester.runpytest_subprocess(
        "--model", "net.py:build", "--brainscore-offline", "-n", workers, "-p", "no:cacheprovider", *chosen, *reports
    )
    expected = dict(zip(names, (cite("Deng2009"), cite("BMD2024")), strict=True))
    report = json.loads((pytester.path / "run.json").read_text())
    lines = [json.loads(line) for line in (pytester.path / "run.jsonl").read_text().splitlines()][1:]
    for records in (report["benchmarks"], lines):
        assert {record["identifier"]: record["citation"] for record in records} == expected
        assert {record["status"] for record in records} == {"unavailable"}
    page = (pytester.path / "run.html").read_text()
    assert '<a href="https://doi.org/10.1109/CVPR.2009.5206848" rel="noreferrer">Deng2009</a>' in page
    assert page.count(">BMD2024</a>") == 1
