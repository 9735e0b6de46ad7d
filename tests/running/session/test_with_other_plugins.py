"""Beside what else runs in a pytest process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


def test_without_xdist(project: Project) -> None:
    project.run("-p", "no:xdist").assert_outcomes(passed=2)
    assert len(project.benchmarks()) == 2


def test_exitfirst_keeps_what_ran_and_says_the_report_is_not_complete(project: Project) -> None:
    project.outcomes({"bad": {"raise": "x", "cost": 9}, "good": {"score": 0.5, "cost": 1}})
    result = project.run("-x")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert project.report()["complete"] is False
    assert list(project.benchmarks()) == ["bad"]


def test_verbose_runs_name_every_test(project: Project) -> None:
    project.run("-v").stdout.fnmatch_lines(["test_toys.py::test_toys?net.build-one? SCORED*"])


def test_other_runs_show_a_line_a_benchmark_and_no_letters(project: Project) -> None:
    project.outcomes({"one": {"unavailable": "no data"}, "two": {"score": 0.25}, "three": {"no number": "dead"}})
    result = project.run()
    result.assert_outcomes(passed=1, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["net.build  three  X *", "net.build  two  .250 ± .010  + new *"])


def test_junit_files_stay_small(project: Project) -> None:
    """The record travels beside the user properties, not in them."""
    project.run("--junit-xml=junit.xml").assert_outcomes(passed=2)
    assert "fingerprint" not in (project.path / "junit.xml").read_text()


@pytest.mark.parametrize(
    "plugin", ["capture", "terminal", "junitxml", "logging", "skipping", "faulthandler", "warnings"]
)
def test_without_a_plugin_of_pytest_the_report_is_the_same(project: Project, plugin: str) -> None:
    project.outcomes({"one": {"score": 0.5}, "two": {"no number": "dead"}, "three": {"unavailable": "no data"}})
    project.run("-p", f"no:{plugin}")
    statuses = {name: record["status"] for name, record in project.benchmarks().items()}
    assert statuses == {"one": "scored", "two": "nan", "three": "unavailable"}
    assert project.report()["complete"] is True


@pytest.mark.parametrize("arguments", [["-s"], ["--capture=no"], ["--capture=tee-sys"], ["--pdb"]], ids=" ".join)
def test_no_capture_is_no_matter(project: Project, arguments: list[str]) -> None:
    project.run(*arguments).assert_outcomes(passed=2)
    assert len(project.benchmarks()) == 2
