"""Reading reports: the document of a whole run, the lines that a run writes while it lasts, and folders of both.

One boundary for all of them: whatever the bytes of a file are, the answer is records or one sentence.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.aggregates import likely_tree
from pytest_brainscore.report.assemble_report import assemble_report
from pytest_brainscore.report.plain import check_record, to_plain
from pytest_brainscore.report.record import SCHEMA, BenchmarkRecord, Environment, ModelRecord, Report
from pytest_brainscore.scoring.tree import named_tree
from pytest_brainscore.strict_json import NotJson, parse
from pytest_brainscore.trees import TREES

Structure = TypeVar("Structure", bound=msgspec.Struct)
LINES_SUFFIX: Final = ".jsonl"
"""Ending of a file with one line per benchmark."""
_UNKNOWN: Final = Environment(python="", platform="", cores=0, packages={}, git=None)
"""Lines say nothing of what they were made on."""


def read_report(path: str | os.PathLike[str]) -> Report:
    """Read a report: one that was written at the end of a run, or the lines of a run that never came to its end.

    A file that ends in ``.jsonl``, which a run writes while it lasts, is an incomplete report: of the environment it
    knows nothing, of the models their names and weights, of the score tree what the versions of benchmarks tell. Of two
    lines on a benchmark, which a repeated test leaves, the last counts.

    Raises
    ------
    ReportError
        When the file cannot be read, is not a report, or was written by a newer version of this package.

    """
    path = Path(path)
    if path.suffix == LINES_SUFFIX:
        return _incomplete(read_json_lines(path), _modified(path))
    what = f"The report {path}"
    plain = _parsed(_read(path), what)
    schema = _checked(plain, _Header, what).schema
    if schema > SCHEMA:
        raise ReportError(
            f"The report {path} was written by a newer pytest-brainscore ($.schema is {schema}, this version reads "
            f"{SCHEMA}); upgrade pytest-brainscore."
        )
    report = _checked(plain, Report, what)
    if report.tree not in TREES:
        raise ReportError(
            f"The means of the report {path} are those of the score tree {report.tree!r} ($.tree), which this version "
            f"does not know (it knows {', '.join(TREES)}); upgrade pytest-brainscore."
        )
    try:
        datetime.fromisoformat(report.created)
    except ValueError as error:
        raise _unfit(what, f"{error} - at `$.created`") from error
    for index, record in enumerate(report.benchmarks):
        _check(record, f"{what}, $.benchmarks[{index}],")
    return report


def read_json_lines(path: str | os.PathLike[str]) -> list[BenchmarkRecord]:
    """Read the records that a run wrote line by line, in the order in which they were written.

    Half a line at the end is what a run leaves that was killed while writing; it is ignored.

    Raises
    ------
    ReportError
        When the file cannot be read, or any other line is not a record.

    """
    *lines, rest = _read(Path(path)).split(b"\n")
    records = [_record(line, f"Line {number} of {path}") for number, line in enumerate(lines, start=1)]
    try:
        parse(rest)
    except NotJson:
        return records
    return [*records, _record(rest, f"Line {len(lines) + 1} of {path}")]


def read_reports(folder: str | os.PathLike[str]) -> dict[Path, Report]:
    """Return all reports in a folder and below, sorted by path; other files are left out.

    The lines of a run that never came to its end count as an incomplete report where no JSON report of the same name
    stands beside them.

    Raises
    ------
    ReportError
        When a report, or what could be one, cannot be read.

    """
    files = [file for file in sorted(Path(folder).rglob("*.json*")) if file.suffix in (".json", LINES_SUFFIX)]
    reports = [file for file in files if _is_report(file)]
    lone = [file for file in reports if file.suffix == ".json" or file.with_suffix(".json") not in reports]
    return {file: read_report(file) for file in lone}


def _incomplete(records: list[BenchmarkRecord], created: str) -> Report:
    latest = {(record.model, record.identifier): record for record in records}
    models: dict[str, ModelRecord] = {}
    for record in latest.values():
        weights = record.fingerprint.get("weights")
        known = ModelRecord(
            identifier=record.model,
            specification=record.model,
            weights_sha256=weights if isinstance(weights, str) and weights != "unknown" else None,
        )
        if record.model not in models or models[record.model].weights_sha256 is None:
            models[record.model] = known
    tree = likely_tree(latest.values())
    return assemble_report(
        created=created,
        command=[],
        environment=_UNKNOWN,
        models=list(models.values()),
        benchmarks=list(latest.values()),
        order=list(named_tree(tree).leaves),
        complete=False,
        tree=tree,
    )


def _is_report(file: Path) -> bool:
    """Tell a report by its first fields; a folder may hold badges, baselines and other folders too."""
    try:
        if not file.is_file():
            return False
        with file.open("rb") as content:
            beginning = content.read(300).replace(b"\0", b"")  # as ASCII, also where something made it UTF-16
    except OSError as error:
        raise ReportError(f"The report {file} cannot be read ({error.strerror}); check its permissions.") from error
    if file.suffix == LINES_SUFFIX:
        return b'"model"' in beginning and b'"identifier"' in beginning
    return b'"schema"' in beginning and b'"created"' in beginning


def _modified(path: Path) -> str:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    except OSError as error:
        raise _unreadable(path, error) from error


class _Header(msgspec.Struct):
    """The part of a report that every version has."""

    schema: int = 1


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValueError as error:  # a NUL in the path
        raise ReportError(f"The report {path} cannot be read ({error}); check the path.") from error


def _unreadable(path: Path, error: OSError) -> ReportError:
    return ReportError(f"The report {path} cannot be read ({error.strerror}); check the path.")


def _record(line: bytes, what: str) -> BenchmarkRecord:
    record = _checked(_parsed(line, what), BenchmarkRecord, what)
    _check(record, what)
    return record


def _check(record: BenchmarkRecord, what: str) -> None:
    try:
        check_record(record)
    except ReportError as error:
        raise _unfit(what, str(error)) from error


def _parsed(content: bytes, what: str) -> Any:
    try:
        return to_plain(parse(content))
    except (NotJson, ReportError, RecursionError) as error:  # a number that is not finite; nested too deeply
        raise _unfit(what, str(error)) from error


def _checked(plain: object, structure: type[Structure], what: str) -> Structure:
    try:
        return msgspec.convert(plain, structure)
    except (msgspec.ValidationError, OverflowError, RecursionError) as error:  # beyond float64; nested too deeply
        raise _unfit(what, str(error)) from error


def _unfit(what: str, reason: str) -> ReportError:
    return ReportError(f"{what} is not in the format of this package ({reason.rstrip('.')}); make it again.")
