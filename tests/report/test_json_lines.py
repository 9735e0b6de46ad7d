"""One line per finished benchmark, written at once, whatever becomes of the run."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report import json_files
from pytest_brainscore.report.json_files import JsonLines
from pytest_brainscore.report.plain import plain_record
from pytest_brainscore.report.reading import read_json_lines
from tests.support.records import make_record

RECORDS = [make_record(identifier=name) for name in ("a", "b", "ü")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with three records."""
    path = tmp_path / "lines.jsonl"
    lines = JsonLines(path)
    for record in RECORDS:
        lines.append(record)
    lines.close()
    return path


def test_records_are_read_as_they_were_written(path: Path) -> None:
    assert read_json_lines(path) == RECORDS
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == [
        plain_record(record) for record in RECORDS
    ]


def test_each_line_is_there_before_the_next_benchmark_starts(tmp_path: Path) -> None:
    lines = JsonLines(tmp_path / "lines.jsonl")
    assert read_json_lines(tmp_path / "lines.jsonl") == []
    for count, record in enumerate(RECORDS, start=1):
        lines.append(record)
        assert read_json_lines(tmp_path / "lines.jsonl") == RECORDS[:count]
    lines.close()
    lines.close()


def test_lines_of_a_killed_process_stay(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    code = (
        "import os, pathlib, sys\n"
        "from tests.support.records import make_record\n"
        "from pytest_brainscore.report.json_files import JsonLines\n"
        "lines = JsonLines(pathlib.Path(sys.argv[1]))\n"
        "lines.append(make_record(identifier='a'))\n"
        "os._exit(9)\n"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", code, str(path)], cwd=root, check=False)
    assert killed.returncode == 9
    assert read_json_lines(path) == RECORDS[:1]


def test_a_new_run_starts_a_new_file(path: Path) -> None:
    JsonLines(path).close()
    assert path.read_bytes() == b""


def test_nan_does_not_reach_the_file(tmp_path: Path) -> None:
    lines = JsonLines(tmp_path / "lines.jsonl")
    lines.append(make_record(score=math.nan))
    with pytest.raises(ReportError, match=r"\$\.seconds"):
        lines.append(make_record(seconds=math.nan))
    with pytest.raises(ReportError, match=r"\$\.score"):
        lines.append(make_record(score=np.zeros(2)))
    lines.append(RECORDS[0])
    lines.close()
    assert [record.status for record in read_json_lines(tmp_path / "lines.jsonl")] == ["nan", "scored"]


class TestFullDisk:
    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, where every write finds a full disk")
    def test_it_is_told_once(self) -> None:
        lines = JsonLines(Path("/dev/full"))
        with pytest.raises(ReportError, match=r"^The report /dev/full cannot be written \(No space .*\); free space"):
            lines.append(RECORDS[0])
        lines.append(RECORDS[1])
        lines.close()

    def test_earlier_lines_stay(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        lines = JsonLines(tmp_path / "lines.jsonl")
        lines.append(RECORDS[0])
        monkeypatch.setattr(os, "fsync", full)
        monkeypatch.setattr(json_files, "FORCED_SECONDS", 0.0)
        with pytest.raises(ReportError, match="No space left"):
            lines.append(RECORDS[1])
        lines.append(RECORDS[2])
        lines.close()
        assert read_json_lines(tmp_path / "lines.jsonl")[0] == RECORDS[0]
        assert RECORDS[2] not in read_json_lines(tmp_path / "lines.jsonl")

    def test_what_only_shows_at_the_end_is_told_then(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Lines are not forced to the disk one by one: that takes milliseconds each."""

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(json_files, "FORCED_SECONDS", 3600.0)
        lines = JsonLines(tmp_path / "lines.jsonl")
        lines.append(RECORDS[0])
        monkeypatch.setattr(os, "fsync", full)
        lines.append(RECORDS[1])
        with pytest.raises(ReportError, match="No space left"):
            lines.close()
        lines.close()
        assert read_json_lines(tmp_path / "lines.jsonl") == RECORDS[:2]

    @pytest.mark.skipif(sys.platform == "win32", reason="needs limits of processes")
    def test_a_disk_that_fills_up_within_a_line_leaves_a_readable_file(self, tmp_path: Path) -> None:
        path = tmp_path / "lines.jsonl"
        code = (
            "import pathlib, resource, signal, sys\n"
            "from tests.support.records import make_record\n"
            "from pytest_brainscore.errors import ReportError\n"
            "from pytest_brainscore.report.json_files import JsonLines\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "lines = JsonLines(pathlib.Path(sys.argv[1]))\n"
            "lines.append(make_record(identifier='a'))\n"
            "size = pathlib.Path(sys.argv[1]).stat().st_size\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))\n"
            "try:\n"
            "    lines.append(make_record(identifier='b'))\n"
            "except ReportError:\n"
            "    sys.exit(5)\n"
        )
        root = Path(__file__).parents[2]
        ended = subprocess.run([sys.executable, "-c", code, str(path)], cwd=root, check=False)
        assert ended.returncode == 5
        assert not path.read_bytes().endswith(b"\n")
        assert read_json_lines(path) == RECORDS[:1]

    def test_a_path_that_cannot_be_opened_is_refused_at_the_start(self, tmp_path: Path) -> None:
        with pytest.raises(ReportError, match="cannot be written"):
            JsonLines(tmp_path)


class TestTornFiles:
    def test_half_a_line_at_the_end_is_ignored_wherever_it_was_cut(self, path: Path) -> None:
        whole = path.read_bytes()
        start = whole[:-1].rindex(b"\n") + 1
        for end in range(start, len(whole) - 1):
            path.write_bytes(whole[:end])
            assert read_json_lines(path) == RECORDS[:2]

    def test_a_whole_record_without_its_line_end_counts(self, path: Path) -> None:
        path.write_bytes(path.read_bytes().removesuffix(b"\n"))
        assert read_json_lines(path) == RECORDS

    def test_half_a_line_elsewhere_is_an_error_with_its_number(self, path: Path) -> None:
        first, second, third = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(first + second[:40] + b"\n" + third)
        with pytest.raises(ReportError, match=r"^Line 2 of .*lines\.jsonl"):
            read_json_lines(path)

    @pytest.mark.parametrize("line", [b"\n", b"{}\n", b"{}", b'{"status": "scored"}\n'])
    def test_a_line_that_is_no_record_is_an_error_even_at_the_end(self, path: Path, line: bytes) -> None:
        path.write_bytes(path.read_bytes() + line)
        with pytest.raises(ReportError, match=r"^Line 4 of"):
            read_json_lines(path)

    def test_a_missing_file_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(ReportError, match="cannot be read"):
            read_json_lines(tmp_path / "absent.jsonl")
