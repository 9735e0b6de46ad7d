"""JUnit XML, CTRF and CSV: the same records in the formats of other tools."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pytest_brainscore.report.destination import Destination, ReportKind
from pytest_brainscore.report.formats.table import COLUMNS
from pytest_brainscore.report.reading import read_json_lines, read_report
from pytest_brainscore.report.record import Report
from pytest_brainscore.report.writing import write_report
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record, make_report


@pytest.fixture
def report() -> Report:
    """Return one record of every outcome."""
    fall = Comparison(verdict="regressed", baseline=0.5, delta=-0.1, tolerance=0.005)
    nothing = {"score": None, "error": None, "raw": None, "ceiling": None, "comparison": None}
    return make_report(
        benchmarks=[
            make_record(identifier="well"),
            make_record(identifier="fell", score=0.4, comparison=fall),
            make_record(identifier="broken", status="failed", reason='<&"\x00 no', **nothing),
            make_record(identifier="absent", status="unavailable", reason="not here, or there", **nothing),
            make_record(identifier="numberless", status="nan", reason="no unit responds", **nothing),
        ]
    )


def write(report: Report, kind: ReportKind, folder: Path) -> Path:
    path = folder / f"report.{kind}"
    assert write_report(report, Destination(kind, path)) == []
    return path


def test_junit_has_a_case_per_benchmark_and_its_numbers_as_properties(report: Report, tmp_path: Path) -> None:
    root = ElementTree.parse(write(report, "junit", tmp_path)).getroot()
    (suite,) = root
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (
        "net",
        "5",
        "2",
        "2",
    )
    cases = {case.get("name"): case for case in suite}
    told = {each.get("name"): each.get("value") for each in cases["well"].iter("property")}
    assert told["score"] == "0.5"
    assert told["verdict"] == "unchanged"
    assert cases["well"].find("failure") is None
    failure = cases["fell"].find("failure")
    assert failure is not None
    assert failure.get("message") == "▼ regressed -.100 .400 ± .010"
    broken = cases["broken"].find("failure")
    assert broken is not None
    assert broken.text == '<&"\ufffd no'
    skipped = cases["absent"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not here, or there"


def test_ctrf_has_the_required_fields_and_the_record_as_extra(report: Report, tmp_path: Path) -> None:
    document = json.loads(write(report, "ctrf", tmp_path).read_text())
    assert document["reportFormat"] == "CTRF"
    summary = document["results"]["summary"]
    counts = {name: summary[name] for name in ("tests", "passed", "failed", "skipped", "pending", "other")}
    assert counts == {"tests": 5, "passed": 1, "failed": 2, "skipped": 1, "pending": 0, "other": 1}
    assert summary["stop"] - summary["start"] == 5 * 1500
    test = document["results"]["tests"][0]
    assert (test["name"], test["status"], test["duration"]) == ("net-well", "passed", 1500)
    assert test["extra"]["score"] == 0.5


def test_csv_has_a_row_per_benchmark_in_full_precision(report: Report, tmp_path: Path) -> None:
    with write(report, "csv", tmp_path).open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert tuple(rows[0]) == COLUMNS
    assert [row["identifier"] for row in rows] == ["well", "fell", "broken", "absent", "numberless"]
    assert float(rows[1]["delta"]) == -0.1
    assert rows[3]["score"] == ""
    assert rows[3]["reason"] == "not here, or there"


def test_json_and_lines_hold_the_same_records(report: Report, tmp_path: Path) -> None:
    report = make_report(benchmarks=[record for record in report.benchmarks if record.identifier != "broken"])
    assert read_report(write(report, "json", tmp_path)).benchmarks == report.benchmarks
    assert read_json_lines(write(report, "jsonl", tmp_path)) == report.benchmarks
