"""The exit code of a run is red exactly when its report is, which every reader of the report follows (test_red)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.red import colour_of

if TYPE_CHECKING:
    from tests.support.projects import Project

GOOD: dict[str, Any] = {"score": 0.5}
AWAY: dict[str, Any] = {"unavailable": "Its data are in a drawer."}
LESS: dict[str, Any] = {"score": 0.4}
OTHER: dict[str, Any] = {"score": 0.5, "seed": 1}
NONE: dict[str, Any] = {"no number": "All responses are equal."}


@pytest.mark.parametrize(
    ("outcome", "options", "baseline", "colour"),
    [
        (GOOD, "", True, "green"),
        ({"raise": "no"}, "", False, "red"),
        (LESS, "", True, "red"),
        (LESS, "--brainscore-update=all", True, "green"),
        (OTHER, "", True, "red"),
        (OTHER, "--brainscore-across=seed", True, "green"),
        (NONE, "", False, "green"),
        (NONE, "", True, "red"),
        (NONE, "--brainscore-update=all", True, "red"),
        (NONE, "--brainscore-require=one", False, "red"),
        (AWAY, "", True, "green"),
        (AWAY, "--brainscore-missing=fail", True, "red"),
        (AWAY, "--brainscore-require=toy", False, "red"),
    ],
)
def test_the_exit_code_and_the_report_agree(
    request: pytest.FixtureRequest, outcome: dict[str, Any], options: str, baseline: bool, colour: str
) -> None:
    project: Project = request.getfixturevalue("stored" if baseline else "project")
    required = "--brainscore-require" in options
    project.outcomes({"one": outcome, "two": AWAY if not required else GOOD})
    result = project.run(*options.split())
    assert result.ret == (colour == "red")
    beside = project.path / "brainscore-report.unscored.json"  # of a run without scores, where there are scores already
    found = colour_of(read_report(beside if beside.exists() else project.path / "brainscore-report.json"))
    assert found == (colour if "score" in outcome or required or colour == "red" else "empty")
