"""Writing reports as JSON: line by line while the run lasts, and as one document at its end."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.aggregates import Key
from pytest_brainscore.report.parts.unfinished import header_line
from pytest_brainscore.report.plain import plain_record, plain_report
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.replicates import write_attributions, write_replicates

if TYPE_CHECKING:
    from pytest_brainscore.inference.attribution import Attribution
    from pytest_brainscore.inference.levels import Replicates

_NUMBERS: Final = re.compile(rb"\[\n\s+((?:[-+.\deE]+|null)(?:,\n\s+(?:[-+.\deE]+|null))*)\n\s+\]")
_BREAK: Final = re.compile(rb",\n\s+")
FORCED_SECONDS = 1.0
"""Least time between two lines that are forced to the disk."""


class JsonLines:
    """A file that gets one line per finished benchmark, so that a run that is killed leaves what it had.

    Each line is with the system when :meth:`append` returns, and so outlives this process, however it ends. It is
    forced to the disk, to outlive a power failure, at most once a second and at the end: forcing takes milliseconds, on
    a network disk tens of them, and a run may record thousands. The file is emptied when it is opened.

    Parameters
    ----------
    path
        File to write.
    header
        What the run is, as a report without results: the first line.
    before
        Records that it begins with. They are there before the old content is gone.

    Raises
    ------
    ReportError
        When the file cannot be opened.

    """

    def __init__(self, path: Path, header: Report | None = None, before: Sequence[BenchmarkRecord] = ()) -> None:
        self._path = path
        self._failed = False
        self._forced = -FORCED_SECONDS
        beginning = header_line(header) if header is not None else b""
        beginning += b"".join(msgspec.json.encode(plain_record(record)) + b"\n" for record in before)
        try:
            if path.is_file() and before:
                write_atomically(path, beginning)
                beginning = b""
                self._file = path.open("ab", buffering=0)
            else:
                # Unbuffered: after a failure nothing is left behind that would be written, or fail, again at the end.
                self._file = path.open("wb", buffering=0)
            self._write(beginning)
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
        line = msgspec.json.encode(plain_record(record)) + b"\n"
        if self._failed:
            return
        try:
            self._write(line)
            if time.monotonic() - self._forced >= FORCED_SECONDS:
                self._force()
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
        """Force what is left to the disk and close the file; closing twice is harmless.

        Raises
        ------
        ReportError
            When the disk is full or gone, unless that was said before.

        """
        if self._file.closed:
            return
        try:
            if not self._failed:
                self._force()
        except OSError as error:
            raise _unwritable(self._path, error) from error
        finally:
            self._file.close()

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:  # on a nearly full disk a write can be partial
            rest = rest[self._file.write(rest) :]

    def _force(self) -> None:
        if self._on_disk:  # pipes and devices cannot be forced
            os.fsync(self._file.fileno())
        self._forced = time.monotonic()


def write_json(
    report: Report,
    path: str | os.PathLike[str],
    replicates: Mapping[Key, Replicates] | None = None,
    attributions: Mapping[Key, Attribution] | None = None,
) -> None:
    """Write a report as one JSON document, at once: there is never half a report under `path`.

    Keys are in the order of the fields of the records, so reports of the same results have the same bytes. Bootstrap
    values of the scores go into a file beside it, first, and what units contribute to them into another: a report whose
    file is another one is read without them.

    Raises
    ------
    ReportError
        When the report holds what does not belong there, or the file cannot be written; an older report stays.

    """
    report = msgspec.structs.replace(
        report,
        replicates=write_replicates(path, replicates or {}),
        contributions=write_attributions(path, attributions or {}),
    )
    document = _on_lines(msgspec.json.encode(plain_report(report)))
    try:
        write_atomically(Path(path), document)
    except OSError as error:
        raise _unwritable(Path(path), error) from error


def _on_lines(document: bytes) -> bytes:
    """Return JSON with a line for each value, but for numbers in a list, which would be most of all lines."""
    text = msgspec.json.format(document, indent=2) + b"\n"
    # No string has a line break in it, so that only lists match.
    return _NUMBERS.sub(lambda found: b"[" + _BREAK.sub(b", ", found[1]) + b"]", text)


def _unwritable(path: Path, error: OSError) -> ReportError:
    return ReportError(
        f"The report {path} cannot be written ({error.strerror}); free space on the disk or choose another path."
    )
