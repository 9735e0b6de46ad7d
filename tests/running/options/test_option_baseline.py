"""``--brainscore-baseline``: scores are compared with stored ones, inside the test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


def verdicts(project: Project) -> dict[str, str]:
    return {name: record["comparison"]["verdict"] for name, record in project.benchmarks().items()}


def change_baseline(project: Project, **changes: Any) -> None:
    baseline = json.loads(project.baseline().read_text())
    baseline["scores"]["one"].update(changes)
    project.baseline().write_text(json.dumps(baseline))


def test_without_a_baseline_a_score_is_new_and_passes(project: Project) -> None:
    project.run().assert_outcomes(passed=2)
    assert verdicts(project) == {"one": "new", "two": "new"}


def test_the_same_score_is_unchanged(stored: Project) -> None:
    stored.run().assert_outcomes(passed=2)
    assert verdicts(stored) == {"one": "unchanged", "two": "unchanged"}


def test_a_lower_score_fails_exactly_its_own_test_and_is_recorded(stored: Project) -> None:
    stored.outcomes({"one": {"score": 0.45}, "two": {"score": 0.25}})
    result = stored.run()
    result.assert_outcomes(passed=1, failed=1)
    assert verdicts(stored) == {"one": "regressed", "two": "unchanged"}
    result.stdout.fnmatch_lines(["*one of net.build regressed by .0500, from .5000, more than the tolerance .0050*"])
    assert "Traceback" not in result.stdout.str()
    record = stored.benchmarks()["one"]
    assert (record["status"], record["score"]) == ("scored", 0.45)
    assert record["comparison"]["delta"] == pytest.approx(-0.05)


def test_a_higher_score_is_improved_and_passes(stored: Project) -> None:
    stored.outcomes({"one": {"score": 0.55}, "two": {"score": 0.25}})
    stored.run().assert_outcomes(passed=2)
    assert verdicts(stored)["one"] == "improved"


@pytest.mark.parametrize("ingredient", ["weights", "version", "seed"])
def test_another_fingerprint_is_not_comparable_and_says_how_to_go_on(stored: Project, ingredient: str) -> None:
    fingerprint = json.loads(stored.baseline().read_text())["scores"]["one"]["fingerprint"]
    change_baseline(stored, fingerprint=fingerprint | {ingredient: 99})
    result = stored.run()
    result.assert_outcomes(passed=1, failed=1)
    assert verdicts(stored)["one"] == "not-comparable"
    result.stdout.fnmatch_lines([f"*cannot be compared*{ingredient}*--brainscore-update all*"])


def test_across_compares_all_the_same(stored: Project) -> None:
    fingerprint = json.loads(stored.baseline().read_text())["scores"]["one"]["fingerprint"]
    change_baseline(stored, fingerprint=fingerprint | {"weights": "another"})
    stored.run("--brainscore-across", "weights").assert_outcomes(passed=2)
    assert verdicts(stored)["one"] == "unchanged"


def test_a_number_that_became_nan_fails(stored: Project) -> None:
    stored.outcomes({"one": {"no number": "dead layer"}, "two": {"score": 0.25}})
    result = stored.run()
    result.assert_outcomes(passed=1, failed=1)
    assert stored.benchmarks()["one"]["status"] == "nan"
    assert verdicts(stored)["one"] == "regressed"


def test_a_benchmark_that_became_unavailable_is_missing_not_ignored(stored: Project) -> None:
    stored.outcomes({"one": {"unavailable": "no data"}, "two": {"score": 0.25}})
    result = stored.run()
    result.assert_outcomes(passed=1, skipped=1)
    assert verdicts(stored)["one"] == "missing"
    result.stdout.fnmatch_lines(["*1 missing*"])


def test_a_benchmark_that_vanished_is_missing_not_ignored(stored: Project) -> None:
    stored.outcomes({"two": {"score": 0.25}})
    result = stored.run()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*1 missing*"])
    assert stored.run("--brainscore-missing", "fail").ret == pytest.ExitCode.TESTS_FAILED


def test_what_a_run_of_others_was_not_told_of_is_not_missing(stored: Project) -> None:
    """A benchmark of a file, or of a mark, has a baseline too, and other runs do not know of it."""
    stored.outcomes({"two": {"score": 0.25}})
    others = stored.run("--brainscore-benchmark", "two", "--brainscore-missing", "fail")
    assert others.ret == 0
    assert verdicts(stored) == {"two": "unchanged"}
    both = stored.run("--brainscore-benchmark", "*o*", "--brainscore-missing", "fail")
    assert both.ret == pytest.ExitCode.TESTS_FAILED
    assert verdicts(stored)["one"] == "missing"


def test_a_selection_misses_nothing_that_was_not_selected(stored: Project) -> None:
    result = stored.run("-k", "two", "--brainscore-missing", "fail")
    assert result.ret == 0
    assert "missing" not in result.stdout.str().rpartition("brainscore ===")[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "baselines/net.build.json"),
        ('{"schema": 99, "model": "net.build", "scores": {}}', "newer"),
        ('{"schema": 1, "model": "net.build", "scores": {"one": {"score": "high"}}}', "one"),
    ],
)
def test_a_malformed_or_newer_baseline_is_a_usage_error(project: Project, text: str, told: str) -> None:
    project.baseline().parent.mkdir(parents=True)
    project.baseline().write_text(text)
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *{told}*"])
    assert "Traceback" not in result.stderr.str()


def test_the_folder_may_be_chosen(project: Project) -> None:
    project.run("--brainscore-baseline", "kept", "--brainscore-update", "new").assert_outcomes(passed=2)
    assert (project.path / "kept" / "net.build.json").is_file()
    project.run("--brainscore-baseline", "kept").assert_outcomes(passed=2)
    assert verdicts(project) == {"one": "unchanged", "two": "unchanged"}
