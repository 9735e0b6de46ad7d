"""What a run leaves while it lasts, so that a later one can go on where it was killed.

Beside the records in ``report.jsonl`` there stands ``report.parts`` with what does not fit into lines that people read:
of each record, the model, the bootstrap values, and the contributions. It goes once the report of the run has them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord, Report

SUFFIX = ".parts"
"""Ending of the file, in place of ``.jsonl``."""
Key = tuple[str, str, int]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to a record and is not in it."""

    name: Key
    """Model, identifier and version of the record."""
    score: float | None
    """Its score, which says that it is this record's."""
    model: ModelRecord | None = None
    """The model, where it was loaded."""
    replicates: bytes | None = None
    """Bootstrap values as a file of them; None where the score has none."""
    attribution: bytes | None = None
    """Contributions, likewise."""


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A result of an earlier run with all that belongs to it."""

    record: BenchmarkRecord
    part: Part


def parts_path(lines: Path) -> Path:
    """Return where the parts of a line file are."""
    return lines.with_suffix(SUFFIX)


def part_of(
    record: BenchmarkRecord,
    model: ModelRecord | None = None,
    replicates: bytes | None = None,
    attribution: bytes | None = None,
) -> Part:
    """Return what belongs to a record."""
    name = record.model, record.identifier, record.version
    return Part(name=name, score=record.score, model=model, replicates=replicates, attribution=attribution)


def header_line(report: Report) -> bytes:
    """Return the first line of a line file: a report that has no result yet."""
    return msgspec.json.encode(msgspec.to_builtins(report)) + b"\n"


class PartsFile:
    """A file to which parts are appended, each at once.

    Parameters
    ----------
    path
        Where it is; emptied.
    before
        What it begins with, before anything takes its place.

    Raises
    ------
    OSError
        It cannot be written.

    """

    def __init__(self, path: Path, before: Sequence[Part] = ()) -> None:
        self.path = path
        beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        self._file = beside.open("wb", buffering=0)
        try:
            for part in before:
                self.append(part)
            beside.replace(path)
        except OSError:
            self._file.close()
            beside.unlink(missing_ok=True)
            raise

    def append(self, part: Part) -> None:
        """Write a part, and how long it is before it.

        Raises
        ------
        OSError
            The disk is full or gone.

        """
        content = msgspec.msgpack.encode(part)
        rest = memoryview(len(content).to_bytes(8, "little") + content)
        while rest:
            rest = rest[self._file.write(rest) :]

    def close(self, *, keep: bool) -> None:
        """Close the file, and take it away unless it is all that is left of a run."""
        self._file.close()
        if not keep:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)


def read_parts(lines: Path) -> dict[Key, Part]:
    """Return the parts beside a line file, the last of each record; none where there is no such file.

    What follows a part that is cut off, or is none, is left out.

    Raises
    ------
    ReportError
        The file is there and cannot be read.

    """
    path = parts_path(lines)
    try:
        content = memoryview(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ReportError(f"The file {path} cannot be read ({error.strerror}); check its permissions.") from error
    found: dict[Key, Part] = {}
    while len(content) >= 8:
        end = 8 + int.from_bytes(content[:8], "little")
        if end > len(content):
            break
        try:
            part = msgspec.msgpack.decode(content[8:end], type=Part)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            break
        found[part.name] = part
        content = content[end:]
    return found
