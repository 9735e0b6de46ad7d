"""``--brainscore-device``: where models run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


def test_the_device_is_recorded(project: Project) -> None:
    project.outcomes({"one": {"record": True}})
    project.run("--brainscore-device", "cpu", model="tiny.py:build").assert_outcomes(passed=1)
    assert project.report()["models"][0]["device"] == "cpu"


@pytest.mark.parametrize("device", ["cuda:99", "abacus"])
def test_a_device_that_is_not_there_is_one_sentence(project: Project, device: str) -> None:
    project.outcomes({"one": {"record": True}})
    result = project.run("--brainscore-device", device, model="tiny.py:build")
    result.assert_outcomes(errors=1)
    assert device in project.benchmarks()["one"]["reason"]
    assert "Traceback" not in result.stdout.str()
