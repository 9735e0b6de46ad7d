"""What each image contributes to a score crosses from workers to a file beside the report."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.replicates import attributions_path, read_attributions
from tests.support.projects import Project

RIGHT = [1, 1, 0, 1] * 10
OUTCOMES: dict[str, dict[str, Any]] = {"one": {"right": RIGHT}, "two": {"score": 0.75}}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_they_stand_beside_the_report(project: Project, workers: str) -> None:
    project.outcomes(OUTCOMES)
    project.run("-n", workers)
    path = project.path / "brainscore-report.json"
    report = read_report(path)
    assert report.contributions is not None
    assert (report.contributions.file, report.contributions.count) == ("brainscore-report.contributions.npz", 1)
    ((key, found),) = read_attributions(path, report).items()
    assert key == ("net.build", "one", 1)
    np.testing.assert_allclose(found.parts[0].values, np.array(RIGHT) / 40, atol=1e-6)
    assert found.parts[0].values.sum() == pytest.approx(0.75, abs=1e-12)


def test_workers_do_not_change_a_byte(project: Project) -> None:
    project.outcomes(OUTCOMES)
    project.run("-n", "0", "--brainscore-report=json:alone.json")
    project.run("-n", "2", "--brainscore-report=json:together.json")
    alone, together = (attributions_path(project.path / f"{name}.json") for name in ("alone", "together"))
    assert alone.read_bytes() == together.read_bytes()


def test_a_run_without_any_says_so(project: Project) -> None:
    project.outcomes({"two": {"score": 0.75}})
    project.run()
    assert project.report()["contributions"] is None
    assert not list(project.path.glob("*.npz"))
