"""The report as one JSON document: whole or not there, and the same bytes for the same results."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.record import Report
from tests.support.records import make_record, make_report


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    report = make_report()
    write_json(report, tmp_path / "report.json")
    assert read_report(tmp_path / "report.json") == report
    assert list(tmp_path.iterdir()) == [tmp_path / "report.json"]


def test_the_document_is_made_for_reading(tmp_path: Path) -> None:
    write_json(make_report(), tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text()
    assert text.startswith('{\n  "schema": 1,\n  "created": "2026-01-31T12:00:00+00:00",\n')
    assert text.endswith("}\n")
    assert list(json.loads(text)) == list(Report.__struct_fields__)


def test_numbers_of_a_list_share_a_line(tmp_path: Path) -> None:
    details = {
        "a": [1, -2.5, 1e-7, None],
        "b": [[1, 2], [3, 4]],
        "c": ["1,\n 2", "[\n 1\n]"],
        "d": [],
        "e": [{"f": [1]}],
    }
    write_json(make_report(benchmarks=[make_record(details=details)]), tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text()
    assert '"a": [1, -2.5, 1e-7, null],\n' in text
    assert "[1, 2],\n" in text
    assert '"f": [1]\n' in text
    assert read_report(tmp_path / "report.json").benchmarks[0].details == details


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_json(make_report(), tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_nan_does_not_reach_the_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json(make_report(benchmarks=[make_record(score=math.nan)]), path)
    assert read_report(path).benchmarks[0].status == "nan"
    before = path.read_bytes()
    with pytest.raises(ReportError, match=r"\$\.seconds"):
        write_json(make_report(benchmarks=[make_record(seconds=math.inf)]), path)
    assert path.read_bytes() == before


def test_a_time_without_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"\$\.created"):
        write_json(make_report(created="2026-01-31 12:00"), tmp_path / "report.json")


def test_a_failed_write_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    write_json(make_report(), path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError, match=r"report\.json cannot be written \(No space left on device\); free space"):
        write_json(make_report(benchmarks=[]), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_newer_report_asks_for_an_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"schema": 2, "something": "new"}')
    with pytest.raises(ReportError, match=r"newer pytest-brainscore \(\$\.schema is 2, .*; upgrade"):
        read_report(path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": "one"}', '{"schema": 1, "models": NaN}'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(ReportError, match=r"^The report .*report\.json is not in the format"):
        read_report(path)


@pytest.mark.parametrize(
    "changes", [{"unknown": 1}, {"complete": "yes"}, {"benchmarks": [{"score": 1}]}, {"schema": 0}]
)
def test_wrong_fields_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(msgspec.to_builtins(make_report()) | changes))
    with pytest.raises(ReportError, match="is not in the format"):
        read_report(path)


def test_a_missing_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        read_report(tmp_path / "absent.json")
