"""``--brainscore-new`` and named baseline folders: a gate whose baselines are gone is not green."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_score_without_baseline_fails(project: Project, workers: str) -> None:
    assert project.run("-n", workers).ret == 0
    result = project.run("-n", workers, "--brainscore-new", "fail")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*one of net.build has no baseline*--brainscore-update new stores it*"])
    record = project.benchmarks()["one"]
    assert (record["status"], record["score"], record["comparison"]["verdict"]) == ("scored", 0.5, "new")


def test_storing_it_is_what_was_asked_for(project: Project) -> None:
    assert project.run("--brainscore-new", "fail", "--brainscore-update", "new").ret == 0
    assert project.run("--brainscore-new", "fail").ret == 0


def test_the_ini_file_can_say_so(project: Project) -> None:
    (project.path / "pytest.ini").write_text("[pytest]\nbrainscore_new = fail\n")
    assert project.run().ret == 1
    (project.path / "pytest.ini").write_text("[pytest]\nbrainscore_new = perhaps\n")
    assert project.run().ret == pytest.ExitCode.USAGE_ERROR


def test_a_benchmark_that_never_had_a_number_is_not_new(project: Project) -> None:
    project.outcomes({"one": {"no number": "dead units"}})
    assert project.run("--brainscore-new", "fail").ret == 0


def test_a_named_folder_of_baselines_must_exist_unless_it_is_being_made(project: Project) -> None:
    result = project.run("--brainscore-baseline", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*There is no baseline folder *nowhere; correct --brainscore-baseline, or make it*"])
    assert project.run("--brainscore-baseline", "nowhere", "--brainscore-update", "new").ret == 0
    assert project.run("--brainscore-baseline", "nowhere", "--brainscore-new", "fail").ret == 0
