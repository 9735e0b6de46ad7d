"""``--brainscore-plan``: what a run would cost, in place of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.projects import Project


def test_nothing_is_scored_and_leaves_are_named(project: Project) -> None:
    project.outcomes({"one": {"score": 0.5}, "two": {"unavailable": "the recordings are not here"}})
    for workers in ("0", "2"):
        result = project.run("--brainscore-plan", "-n", workers)
        result.stdout.fnmatch_lines(
            [
                "*brainscore plan*",
                "model*benchmark*data*passes*memory*time",
                "toy *one@1 *present*[?]*",
                "toy *two@1 *restricted*[?]*",
                "1 leaf (1 without their data*(of 1 it is not known*",
                "The * has * of memory left*",
            ]
        )
        assert result.ret == 0
        result.stdout.no_fnmatch_line("*passed*")
    assert not (project.pytester.path / "brainscore-report.json").exists()
