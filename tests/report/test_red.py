"""What makes a run red: the same for every reader of its records."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from pytest_brainscore.commands import main
from pytest_brainscore.report.formats.badge import badge
from pytest_brainscore.report.formats.ctrf import ctrf
from pytest_brainscore.report.formats.github import outputs, workflow_commands
from pytest_brainscore.report.formats.junit import junit
from pytest_brainscore.report.formats.markdown import markdown
from pytest_brainscore.report.formats.table import table
from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.red import colour_of, is_red
from pytest_brainscore.running.terminal import COLOURS, live_lines, tables
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record, make_report


def record(verdict: Any = None, accepted: bool | None = None, **changes: Any) -> BenchmarkRecord:
    """Return a record with a verdict, or without a comparison."""
    comparison = None if verdict is None else Comparison(verdict=verdict, baseline=0.5, accepted=accepted)
    without = {} if changes.get("status", "scored") == "scored" else {"score": None, "error": None, "raw": None}
    return make_record(**{"comparison": comparison, **without, **changes})


RED = {
    "failed": record(status="failed", reason="it broke"),
    "crashed": record(status="crashed", reason="its worker died"),
    "regressed": record("regressed", False),
    "not comparable": record("not-comparable", False),
    "regressed, in a report of an older version": record("regressed"),
    "not comparable, in a report of an older version": record("not-comparable"),
    "lost its number": record("regressed", False, status="nan"),
    "required and unavailable": record(status="unavailable", reason="no data", required=True),
    "required and without a number": record(status="nan", reason="no number", required=True),
    "missing, which was to fail": record("missing", False, status="unavailable", reason="no data"),
    "new, which was to fail": record("new", False),
}
GREEN = {
    "unchanged": record("unchanged", True),
    "improved": record("improved", True),
    "new": record("new", True),
    "without any comparison": record(),
    "unavailable, which nobody required": record(status="unavailable", reason="no data"),
    "expected to have no number": record(status="nan", reason="no number"),
    "missing, of which was to be warned": record("missing", True, status="unavailable", reason="no data"),
    "missing, in a report of an older version": record("missing", status="unavailable", reason="no data"),
    "required and scored": record("unchanged", True, required=True),
    "regressed, which was accepted": record("regressed", True),
}
SCORED = record("unchanged", True, identifier="another", required=True)
"""Beside it, so that something was scored in every run here."""

Verdict = Callable[[Report, Path], bool]
"""Whether a reader takes a report for red."""


def of_the_command(*words: str) -> Verdict:
    """Return the verdict of the exit code of a command on the saved report."""

    def exits(report: Report, folder: Path) -> bool:
        write_json(report, folder / "report.json")
        result = CliRunner().invoke(main, [word.format(folder=folder) for word in words])
        assert result.exit_code in (0, 1), result.output
        return result.exit_code == 1

    return exits


def of_junit(report: Report, folder: Path) -> bool:
    suites = ElementTree.fromstring(junit(report)).findall("testsuite")
    counted = sum(int(suite.get("failures", "")) + int(suite.get("errors", "")) for suite in suites)
    assert counted == sum(len(suite.findall("testcase/failure") + suite.findall("testcase/error")) for suite in suites)
    return counted > 0


def of_ctrf(report: Report, folder: Path) -> bool:
    results = ctrf(report)["results"]
    assert results["summary"]["failed"] == sum(test["status"] == "failed" for test in results["tests"])
    return bool(results["summary"]["failed"])


def of_the_page(report: Report, folder: Path) -> bool:
    page = render_page([report])
    assert ('<span class="mark red">' in page) != ('<span class="mark green">' in page)
    return '<span class="mark red">' in page


READERS: dict[str, Verdict] = {
    "markdown": lambda report, _: "## ❌" in markdown(report),
    "annotations": lambda report, _: any(line.startswith("::error ") for line in workflow_commands(report)),
    "outputs": lambda report, _: outputs(report)["red"] == "true",
    "badge": lambda report, _: badge(report)["color"] == "red",
    "junit": of_junit,
    "ctrf": of_ctrf,
    "page": of_the_page,
    "show": of_the_command("show", "{folder}/report.json"),
    "merge": of_the_command("merge", "{folder}/report.json", "--to", "json:{folder}/merged.json"),
    "compare": of_the_command("compare", "{folder}/report.json", "{folder}/report.json"),
}
OF_RECORDS = {
    "csv": lambda report, _: "True" in [row.rpartition(",")[2] for row in table(report).splitlines()],
    "outputs": lambda report, _: outputs(report)["regressions"] != "0",
    "terminal": lambda report, _: "red" in {line.colour for line in tables(report.benchmarks, 200)},
    "live line": lambda report, _: "red" in {live_lines(each, 200)[0].colour for each in report.benchmarks},
}
"""Those that tell of records alone, not of the run."""
ALL: dict[str, Verdict] = READERS | OF_RECORDS


@pytest.mark.parametrize("reader", ALL)
@pytest.mark.parametrize("kind", RED)
def test_every_reader_finds_a_red_record(reader: str, kind: str, tmp_path: Path) -> None:
    report = make_report(benchmarks=[RED[kind], SCORED])
    assert is_red(RED[kind])
    assert colour_of(report) == "red"
    assert ALL[reader](report, tmp_path)


@pytest.mark.parametrize("reader", ALL)
@pytest.mark.parametrize("kind", GREEN)
def test_no_reader_finds_red_what_is_not(reader: str, kind: str, tmp_path: Path) -> None:
    report = make_report(benchmarks=[GREEN[kind], SCORED])
    assert colour_of(report) == "green"
    assert not ALL[reader](report, tmp_path)


@pytest.mark.parametrize("reader", READERS)
def test_an_incomplete_run_is_red_whatever_its_records_are(reader: str, tmp_path: Path) -> None:
    assert READERS[reader](make_report(benchmarks=[SCORED], complete=False), tmp_path)


@pytest.mark.parametrize("benchmarks", [[], [GREEN["unavailable, which nobody required"]]], ids=["none", "unavailable"])
def test_nothing_scored_is_never_shown_as_a_success(benchmarks: list[BenchmarkRecord], tmp_path: Path) -> None:
    report = make_report(benchmarks=benchmarks)
    assert colour_of(report) == "empty"
    assert "## ⚠️" in markdown(report)
    assert "✅" not in markdown(report)
    assert badge(report)["isError"]
    assert '<span class="mark empty">' in render_page([report])
    assert COLOURS["empty"] == "yellow"
    assert workflow_commands(report) == ["::warning title=Nothing scored::" + outputs(report)["summary"] + "."]
    assert "passed" not in [test["status"] for test in ctrf(report)["results"]["tests"]]


def test_a_merge_of_nothing_is_no_success(tmp_path: Path) -> None:
    assert of_the_command("merge", "{folder}/report.json", "--expect", "1", "--to", "json:{folder}/merged.json")(
        make_report(benchmarks=[]), tmp_path
    )


def test_a_report_without_these_fields_can_be_read_and_judged(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json(make_report(benchmarks=[record("regressed", False)]), path)
    plain = json.loads(path.read_text())
    del plain["benchmarks"][0]["required"], plain["benchmarks"][0]["comparison"]["accepted"]
    path.write_text(json.dumps(plain))
    assert CliRunner().invoke(main, ["show", str(path)]).exit_code == 1


def test_what_was_required_says_so_in_every_text() -> None:
    report = make_report(benchmarks=[RED["required and unavailable"]])
    for text in (markdown(report), junit(report), render_page([report]), "\n".join(workflow_commands(report))):
        assert "It is required by" in text
    assert any("It is required by" in line.text for line in tables(report.benchmarks, 200))
