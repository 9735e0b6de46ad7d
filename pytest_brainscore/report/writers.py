"""Writing and reading reports as JSON: line by line while the run lasts, and as one document at its end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TypeVar

import msgspec

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.destination import Destination, check_writable, parse_destination
from pytest_brainscore.report.record import SCHEMA, BenchmarkRecord, Report, plain_record, plain_report

__all__ = [
    "Destination",
    "JsonLines",
    "check_writable",
    "parse_destination",
    "read_json_lines",
    "read_report",
    "write_json",
]

Structure = TypeVar("Structure", bound=msgspec.Struct)


class JsonLines:
    """A file that gets one line per finished benchmark, so that a run that is killed leaves what it had.

    Each line is on the disk when :meth:`append` returns. The file is emptied when it is opened.

    Raises
    ------
    ReportError
        When the file cannot be opened.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failed = False
        try:
            # Unbuffered: after a failure nothing is left behind that would be written, or fail, again at the end.
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise _unwritable(path, error) from error
        self._on_disk = stat.S_ISREG(os.fstat(self._file.fileno()).st_mode)

    def append(self, record: BenchmarkRecord) -> None:
        """Write a record.

        Raises
        ------
        ReportError
            When the record holds what does not belong there; and once, when the disk is full or gone. Lines written
            before are intact, and further records are dropped, since they would follow half a line.

        """
        line = memoryview(msgspec.json.encode(plain_record(record)) + b"\n")
        if self._failed:
            return
        try:
            while line:  # on a nearly full disk a write can be partial
                line = line[self._file.write(line) :]
            if self._on_disk:  # pipes and devices cannot be forced
                os.fsync(self._file.fileno())
        except OSError as error:
            self._failed = True
            raise _unwritable(self._path, error) from error

    def move(self, path: Path) -> None:
        """Go on in another place, to which the lines so far are taken.

        Raises
        ------
        ReportError
            When they cannot be.

        """
        self._file.close()  # where an open file cannot be renamed
        try:
            self._path.replace(path)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            self._failed = True
            raise _unwritable(path, error) from error
        self._path = path

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._file.close()


def write_json(report: Report, path: Path) -> None:
    """Write a report as one JSON document, at once: there is never half a report under `path`.

    Keys are in the order of the fields of the records, so reports of the same results have the same bytes.

    Raises
    ------
    ReportError
        When the report holds what does not belong there, or the file cannot be written; an older report stays.

    """
    document = msgspec.json.format(msgspec.json.encode(plain_report(report)), indent=2) + b"\n"
    try:
        write_atomically(path, document)
    except OSError as error:
        raise _unwritable(path, error) from error


def read_report(path: Path) -> Report:
    """Read a report that :func:`write_json` wrote.

    Raises
    ------
    ReportError
        When the file cannot be read, is not a report, or was written by a newer version of this package.

    """
    content = _read(path)
    schema = _decoded(content, _Header, f"The report {path}").schema
    if schema > SCHEMA:
        raise ReportError(
            f"The report {path} was written by a newer pytest-brainscore ($.schema is {schema}, this version reads "
            f"{SCHEMA}); upgrade pytest-brainscore."
        )
    return _decoded(content, Report, f"The report {path}")


def read_json_lines(path: Path) -> list[BenchmarkRecord]:
    """Read the records that :class:`JsonLines` wrote, in the order in which they were written.

    Half a line at the end is what a run leaves that was killed while writing; it is ignored.

    Raises
    ------
    ReportError
        When the file cannot be read, or any other line is not a record.

    """
    *lines, rest = _read(path).split(b"\n")
    records = [
        _decoded(line, BenchmarkRecord, f"Line {number} of {path}") for number, line in enumerate(lines, start=1)
    ]
    try:
        msgspec.json.decode(rest)
    except msgspec.DecodeError:
        return records
    return [*records, _decoded(rest, BenchmarkRecord, f"Line {len(lines) + 1} of {path}")]


class _Header(msgspec.Struct):
    """The part of a report that every version has."""

    schema: int = 1


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportError(f"The report {path} cannot be read ({error.strerror}); check the path.") from error


def _decoded(content: bytes, structure: type[Structure], what: str) -> Structure:
    try:
        return msgspec.json.decode(content, type=structure)
    except msgspec.DecodeError as error:
        raise ReportError(f"{what} is not in the format of this package ({error}); make it again.") from error


def _unwritable(path: Path, error: OSError) -> ReportError:
    return ReportError(
        f"The report {path} cannot be written ({error.strerror}); free space on the disk or choose another path."
    )
