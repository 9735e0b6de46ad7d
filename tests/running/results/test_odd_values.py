"""One odd value costs nothing else: what can be written is written, the odd one is named, and the run is not green."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

ALL = ("json:report.json", "html:report.html", "md:report.md", "csv:report.csv", "junit:report.xml", "ctrf:ctrf.json",
       "badge:badge.json", "plots:plots")  # fmt: skip


def reports() -> list[str]:
    return [f"--brainscore-report={word}" for word in ALL]


def everything_is_written(project: Project) -> bool:
    return all((project.path / word.partition(":")[2]).exists() for word in ALL)


def test_one_negative_error_among_seventeen(project: Project) -> None:
    outcomes = {f"b{number:02}": {"score": 0.5, "error": 0.01} for number in range(17)}
    project.outcomes(outcomes | {"b07": {"score": 0.5, "error": -0.01}})
    result = project.run("--brainscore-update", "new", *reports())
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*The score of b07 for net.build has the error -0.01;*"])
    assert everything_is_written(project)
    stored = json.loads(project.baseline().read_text())["scores"]
    assert len(stored) == 16
    assert "b07" not in stored


@pytest.mark.parametrize("value", [1e28, -1e300])
def test_a_score_that_is_no_score(project: Project, value: float) -> None:
    project.outcomes({"one": {"score": value}, "two": {"score": 0.25}})
    result = project.run(*reports())
    assert result.ret == 0
    assert everything_is_written(project)
    result.stdout.fnmatch_lines([f"*one@1*{value:.3e}*"])


@pytest.mark.parametrize("version", ["1.0-beta", -3, 2.5, 1e300])
def test_a_baseline_entry_that_somebody_made_up(stored: Project, version: object) -> None:
    baseline = json.loads(stored.baseline().read_text())
    baseline["scores"]["invented"] = {**baseline["scores"]["one"], "fingerprint": {"version": version}}
    stored.baseline().write_text(json.dumps(baseline))
    result = stored.run(*reports())
    assert result.ret == 0
    assert everything_is_written(stored)
    result.stdout.fnmatch_lines(["*invented*knows no such benchmark*"])
    assert stored.run("--brainscore-missing", "fail").ret == 1


@pytest.mark.parametrize("word", ["NaN", "1e999", '"half"'])
def test_a_baseline_that_is_no_number_stops_the_run_before_it_starts(stored: Project, word: str) -> None:
    stored.baseline().write_text(stored.baseline().read_text().replace('"score": 0.5', f'"score": {word}'))
    result = stored.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"$.scores[{json.dumps('one')}].score" in result.stderr.str()


@pytest.mark.parametrize("word", ["wieghts", "sed"])
def test_a_mistyped_ingredient_stops_the_run_before_it_starts(project: Project, word: str) -> None:
    result = project.run("--brainscore-across", word)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--brainscore-across '{word}' is no ingredient of a score; did you mean *"])


def test_an_ingredient_that_no_score_has_is_named_in_the_end(project: Project) -> None:
    result = project.run("--brainscore-across", "colour", "--brainscore-across", "seed")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*--brainscore-across 'colour' is no ingredient of a score; there are *seed*"])
    assert len(project.benchmarks()) == 2


def test_a_score_that_is_no_number_says_why_and_keeps_what_there_is(project: Project) -> None:
    details = {"subjects": {"a": {"raw": 0.5}}, "notes": ["1 of the 4 units of b have no reliability."]}
    project.outcomes({"one": {"score": float("nan"), "details": details}})
    result = project.run(*reports())
    assert result.ret == 0
    record = json.loads((project.path / "report.json").read_text())["benchmarks"][0]
    assert record["status"] == "nan"
    assert record["reason"].endswith("the score is nan. 1 of the 4 units of b have no reliability.")
    assert (record["raw"], record["ceiling"], record["details"]) == (None, 0.9, details)
