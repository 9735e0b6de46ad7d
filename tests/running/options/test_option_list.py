"""``--brainscore-list``: what there is to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.support.projects import Project


def test_every_benchmark_is_listed_with_version_and_availability(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--brainscore-list")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "average_vision",
            "  neural_vision",
            "    V1",
            "*Marques2020_DeValois1982-pref_or * v1 * V1 * ready",
            "*benchmarks can run on this machine*",
        ]
    )


def test_what_is_unavailable_says_why(project: Project) -> None:
    project.outcomes({"one": {"unavailable": "the recordings are not here"}})
    project.run("--brainscore-list", model=None).stdout.fnmatch_lines(["*one *v1 * the recordings are not here"])
