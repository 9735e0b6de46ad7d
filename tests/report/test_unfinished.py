"""What a killed run leaves beside its lines: whole parts, and nothing of one that was cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.json_files import JsonLines
from pytest_brainscore.report.parts.unfinished import PartsFile, part_of, parts_path, read_parts
from pytest_brainscore.report.reading import read_json_lines, read_report, read_reports
from pytest_brainscore.report.record import Shard
from tests.support.records import make_record, make_report

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = [make_record(identifier=name, score=score) for name, score in (("a", 0.1), ("b", 0.2))]
PARTS = [part_of(record, make_report().models[0], b"values" * place) for place, record in enumerate(RECORDS)]
HEADER = make_report(
    benchmarks=[], complete=False, tree="2026", options={"--brainscore-amp": "on"},
    shard=Shard(index=1, count=2, selected=2, selection="aa", costs="bb"),
)  # fmt: skip


def test_parts_are_read_as_they_were_written_up_to_where_they_are_cut_off(tmp_path: Path) -> None:
    lines = tmp_path / "run.jsonl"
    assert read_parts(lines) == {}
    file = PartsFile(parts_path(lines), PARTS[:1])
    file.append(PARTS[1])
    file.close(keep=True)
    whole = parts_path(lines).read_bytes()
    assert read_parts(lines) == {part.name: part for part in PARTS}
    for cut in (0, 5, len(whole) // 4):
        parts_path(lines).write_bytes(whole[:cut])
        assert read_parts(lines) == {}
    parts_path(lines).write_bytes(whole[:-1])
    assert read_parts(lines) == {PARTS[0].name: PARTS[0]}
    parts_path(lines).write_bytes(whole + b"\x01" + bytes(7) + b"\xc1")
    assert len(read_parts(lines)) == 2
    PartsFile(parts_path(lines)).close(keep=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_parts_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    parts_path(tmp_path / "run.jsonl").mkdir()
    with pytest.raises(ReportError, match=r"run\.parts cannot be read"):
        read_parts(tmp_path / "run.jsonl")


def test_lines_know_what_their_run_was(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    lines = JsonLines(path, HEADER, RECORDS[:1])
    lines.append(RECORDS[1])
    lines.close()
    assert read_json_lines(path) == RECORDS
    report = read_report(path)
    assert (report.tree, report.options, report.shard, report.complete) == ("2026", HEADER.options, HEADER.shard, False)
    assert (report.environment, report.command) == (HEADER.environment, HEADER.command)
    assert list(read_reports(tmp_path)) == [path]
    path.write_bytes(path.read_bytes()[:40])  # killed while the first line was written
    assert read_report(path).benchmarks == []


def test_lines_of_before_stay_until_those_that_follow_are_there(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    JsonLines(path, HEADER, RECORDS).close()
    JsonLines(path, HEADER, RECORDS[1:]).close()
    assert read_json_lines(path) == RECORDS[1:]
    JsonLines(path).close()
    assert read_json_lines(path) == []
