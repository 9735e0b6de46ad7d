"""Between results that take minutes, a line says what is running, since when, and about how long it will go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.running.heartbeat import line, pause_for

if TYPE_CHECKING:
    from tests.support.projects import Project

BEAT = "brainscore: 0:*, * of 3 done; running net.build-slow (0:*)*"


@pytest.fixture
def impatient(project: Project) -> Project:
    """Return a project that takes seconds, in which half a second of silence is too long."""
    conftest = project.path / "conftest.py"
    conftest.write_text(
        conftest.read_text()
        + "\nimport pytest_brainscore.running.heartbeat as heartbeat\n"
        + "heartbeat.LOG_SECONDS = heartbeat.TERMINAL_SECONDS = 0.5\n"
    )
    project.outcomes(
        {
            "short": {"score": 0.5, "cost": 9},
            "slow": {"score": 0.5, "sleep": 2, "cost": 5},
            "gone": {"unavailable": "no data"},
        }
    )
    return project


@pytest.mark.parametrize("words", [["-n", "0"], ["-n", "2"], ["-n", "0", "-s"], ["-n", "2", "-v"]], ids=" ".join)
def test_a_line_says_what_is_running(impatient: Project, words: list[str]) -> None:
    result = impatient.run(*words)
    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines([BEAT])


def test_it_gives_an_estimate_once_there_is_a_pace(impatient: Project) -> None:
    impatient.run("-n", "0").stdout.fnmatch_lines([f"{BEAT}; about * to go"])


def test_quiet_runs_are_quiet_and_no_report_has_it(impatient: Project) -> None:
    assert "running" not in impatient.run("-q", "-n", "2").stdout.str()
    quiet = [(record["identifier"], record["score"]) for record in impatient.report()["benchmarks"]]
    impatient.run("-n", "2")
    assert [(record["identifier"], record["score"]) for record in impatient.report()["benchmarks"]] == quiet


def test_a_run_that_speaks_has_none(project: Project) -> None:
    assert "running" not in project.run("-n", "2").stdout.str()


def test_it_is_no_part_of_what_a_test_has_printed(impatient: Project) -> None:
    impatient.outcomes({"slow": {"raise": "x", "sleep": 2}})
    result = impatient.run("-n", "0", "-v")
    captured = result.stdout.str().partition("Captured stdout")[2]
    assert "running" not in captured


def test_a_log_gets_at_most_one_a_minute() -> None:
    assert pause_for(terminal=False) >= 60
    assert pause_for(terminal=True) < 60


def test_the_words() -> None:
    running = {"test_v1.py::test_v1[net-a]": 75.0, "test_v1.py::test_v1[net-b]": 3725.5, "test_own.py::test": 1.0}
    assert line(3800, running, 7, 40, 700) == (
        "brainscore: 1:03:20, 7 of 40 done; running net-b (1:02:05), net-a (1:15), test_own.py::test (0:01); "
        "about 12 min to go"
    )
    many = {f"[net-{index}]": float(index) for index in range(9)}
    assert line(60, many, 0, 9, None) == (
        "brainscore: 1:00, 0 of 9 done; running net-8 (0:08), net-7 (0:07), net-6 (0:06), net-5 (0:05), 5 more"
    )
