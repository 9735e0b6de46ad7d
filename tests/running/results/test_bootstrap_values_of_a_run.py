"""Bootstrap values cross from workers to the report and the baseline, the same for any number of workers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.replicates import read_replicates
from pytest_brainscore.scoring.baseline import baseline_replicates
from tests.support.projects import Project

OUTCOMES = {
    "one": {"score": 0.5, "replicates": 1},
    "two": {"score": 0.25, "replicates": 2},
    "three": {"score": 0.75},
}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_they_stand_beside_the_report(project: Project, workers: str) -> None:
    project.outcomes(OUTCOMES)
    project.run("-n", workers)
    path = project.path / "brainscore-report.json"
    report = read_report(path)
    found = read_replicates(path, report)
    assert report.replicates is not None
    assert report.replicates.count == 2
    assert {key[1]: each.score for key, each in found.items()} == {"one": 0.5, "two": 0.25}
    expected = 0.5 + np.random.default_rng(1).standard_normal(1000).astype("f4").astype(float) / 128
    np.testing.assert_allclose(found["net.build", "one", 1].values, expected, rtol=0, atol=1e-7)


def test_workers_do_not_change_a_byte(project: Project) -> None:
    project.outcomes(OUTCOMES)
    project.run("-n", "0", "--brainscore-report=json:alone.json")
    project.run("-n", "2", "--brainscore-report=json:together.json")
    alone, together = (project.path / f"{name}.replicates.npz" for name in ("alone", "together"))
    assert alone.read_bytes() == together.read_bytes()


def test_a_run_without_any_says_so(project: Project) -> None:
    project.outcomes({"one": {"score": 0.5}})
    project.run()
    assert project.report()["replicates"] is None
    assert not list(project.path.glob("*.npz"))


def test_lines_have_none(project: Project) -> None:
    project.outcomes(OUTCOMES)
    project.run("--brainscore-report=lines.jsonl")
    assert not list(project.path.glob("*.npz"))
    assert all("replicates" not in line for line in project.lines("lines.jsonl"))


def test_update_stores_them_beside_the_baseline(project: Project) -> None:
    project.outcomes(OUTCOMES)
    project.run("-n", "2", "--brainscore-update=new")
    folder = project.baseline().parent
    assert sorted(baseline_replicates(folder, "net.build")) == [("one", 1), ("two", 1)]
    assert "replicates" not in json.loads(project.baseline().read_text())
