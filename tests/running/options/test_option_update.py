"""``--brainscore-update``: which scores become baselines after a run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore.report.plain import benchmark_record
from pytest_brainscore.report.red import is_red

if TYPE_CHECKING:
    from tests.support.projects import Project


def stored(project: Project) -> dict[str, float]:
    scores = json.loads(project.baseline().read_text())["scores"]
    return {name: entry["score"] for name, entry in scores.items()}


@pytest.fixture
def changed(project: Project) -> Project:
    """Return a project with baselines, and scores that since rose, fell and appeared."""
    project.outcomes({"rose": {"score": 0.5}, "fell": {"score": 0.5}})
    project.run("--brainscore-update", "new")
    project.outcomes({"rose": {"score": 0.6}, "fell": {"score": 0.4}, "appeared": {"score": 0.3}})
    return project


def test_nothing_is_stored_by_default(project: Project) -> None:
    result = project.run()
    assert not project.baseline().exists()
    result.stdout.fnmatch_lines(["to store the new baselines: pytest *--brainscore-update new"])


@pytest.mark.parametrize(
    ("update", "expected", "failed"),
    [
        ("none", {"rose": 0.5, "fell": 0.5}, 1),
        ("new", {"rose": 0.5, "fell": 0.5, "appeared": 0.3}, 1),
        ("improved", {"rose": 0.6, "fell": 0.5, "appeared": 0.3}, 1),
        ("all", {"rose": 0.6, "fell": 0.4, "appeared": 0.3}, 0),
    ],
)
def test_what_is_stored(changed: Project, update: str, expected: dict[str, float], failed: int) -> None:
    changed.run("--brainscore-update", update).assert_outcomes(passed=3 - failed, failed=failed)
    assert stored(changed) == expected


@pytest.mark.parametrize(
    ("now", "hint"),
    [
        ({"score": 0.4}, True),
        ({"no number": "flat"}, False),
        ({"raise": "out of luck"}, False),
        ({"unavailable": "no licence"}, False),
    ],
    ids=["fell", "no number", "failed", "unavailable"],
)
def test_only_what_has_a_score_can_be_accepted(project: Project, now: dict[str, Any], hint: bool) -> None:
    project.outcomes({"fell": {"score": 0.5}})
    project.run("--brainscore-update", "new")
    project.outcomes({"fell": now})
    assert ("--brainscore-update all" in project.run().stdout.str()) is hint


def test_a_suite_is_told_what_the_report_says(changed: Project) -> None:
    suite = changed.path / "test_toys.py"
    suite.write_text(
        suite.read_text().replace("    brainscore.check", "    print('told', brainscore.check").rstrip() + ")\n"
    )
    changed.run("--brainscore-update", "all", "-s").stdout.fnmatch_lines_random(
        ["*told Comparison(verdict='regressed', baseline=0.5, delta=-0.*, accepted=True)"]
    )


def test_an_unknown_word_is_a_usage_error(project: Project) -> None:
    result = project.run("--brainscore-update", "everything")
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_benchmarks_that_did_not_run_keep_their_baselines(changed: Project) -> None:
    changed.run("--brainscore-update", "all", "-k", "rose")
    assert stored(changed) == {"rose": 0.6, "fell": 0.5}


def test_a_run_that_stopped_early_stores_nothing(changed: Project) -> None:
    changed.outcomes({"rose": {"score": 0.6}, "fell": {"interrupt": True}})
    changed.run("--brainscore-update", "all")
    assert stored(changed) == {"rose": 0.5, "fell": 0.5}


def test_two_runs_at_once_lose_nothing(project: Project) -> None:
    names = [f"b{index}" for index in range(6)]
    project.outcomes({name: {"score": 0.5} for name in names})
    base = [sys.executable, "-m", "pytest", "test_toys.py", "--model", "net.py:build", "--brainscore-update", "new"]
    runs = [
        subprocess.Popen(
            [*base, "-k", " or ".join(half), "--brainscore-report", f"json:{half[0]}.json", "-p", "no:cacheprovider"],
            cwd=project.path,
            stdout=subprocess.PIPE,
        )
        for half in (names[:3], names[3:])
    ]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    assert sorted(stored(project)) == names


def test_an_unwritable_folder_fails_the_run_and_says_so(project: Project) -> None:
    (project.path / "blocked").write_text("a file")
    result = project.run("--brainscore-baseline", "blocked", "--brainscore-update", "new")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *blocked*"])


def test_what_could_not_be_stored_is_not_accepted(changed: Project) -> None:
    """The report says the same as the exit code: a fall that did not become the baseline is a fall."""
    with (changed.path / "conftest.py").open("a") as conftest:
        conftest.write(f"\ndef pytest_runtest_logfinish(): Path({str(changed.baseline())!r}).write_text('damaged')\n")
    assert changed.run("--brainscore-update", "all").ret == pytest.ExitCode.INTERNAL_ERROR
    assert {name: is_red(benchmark_record(record)) for name, record in changed.benchmarks().items()} == {
        "rose": False,
        "fell": True,
        "appeared": False,
    }
