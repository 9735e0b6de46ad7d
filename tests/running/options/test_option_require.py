"""``--brainscore-require``: chosen benchmarks must not be skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

OUTCOMES: dict[str, dict[str, Any]] = {
    "here": {"score": 0.5},
    "away": {"unavailable": "Its recordings are in a drawer."},
    "late": {"unavailable in call": "Its images are unreadable."},
}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_required_benchmark_that_is_unavailable_fails_with_its_reason(project: Project, workers: str) -> None:
    project.outcomes(OUTCOMES)
    result = project.run("-n", workers, "--brainscore-require", "away", "--brainscore-require", "here")
    result.assert_outcomes(passed=1, skipped=1, errors=1)
    result.stdout.fnmatch_lines(["*Its recordings are in a drawer. It is required by --brainscore-require.*"])
    assert result.ret == 1
    assert project.benchmarks()["away"]["status"] == "unavailable"


def test_a_parent_or_a_pattern_requires_every_benchmark_it_matches(project: Project) -> None:
    project.outcomes(OUTCOMES)
    assert project.run("--brainscore-require", "toy").ret == 1
    assert project.run("--brainscore-require", "la*").ret == 1
    assert project.run("--brainscore-require", "her?").ret == 0


def test_a_word_that_requires_nothing_stops_the_run(project: Project) -> None:
    project.outcomes(OUTCOMES)
    result = project.run("--brainscore-require", "hero")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*No benchmark and no parent of the score tree matches 'hero'; did you mean here?*"])


def test_the_ini_file_can_require(project: Project) -> None:
    project.outcomes(OUTCOMES)
    (project.path / "pytest.ini").write_text("[pytest]\nbrainscore_require = away\n")
    assert project.run().ret == 1
