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

    A file that ends in ``.jsonl``, which a run writes while it lasts, is an incomplete report: of the models it knows
    names and weights. Lines of older versions know nothing of the environment either, and of the score tree what the
    versions of benchmarks tell. Of two lines on a benchmark, which a repeated test leaves, the last counts.

    Raises
    ------
    ReportError
        When the file cannot be read, is not a report, or was written by a newer version of this package.

    """
    path = Path(path)
    if path.suffix == LINES_SUFFIX:
        header, records = _lines(path)
        return _incomplete(header, records, _modified(path))
    return _report(_read(path), f"The report {path}")


def _report(content: bytes, what: str) -> Report:
    plain = _parsed(content, what)
    schema = _checked(plain, _Header, what).schema
    if schema > SCHEMA:
        raise ReportError(
            f"{what} was written by a newer pytest-brainscore ($.schema is {schema}, this version reads "
            f"{SCHEMA}); upgrade pytest-brainscore."
        )
    report = _checked(plain, Report, what)
    if report.tree not in TREES:
        raise ReportError(
            f"The means of {what[0].lower()}{what[1:]} are those of the score tree {report.tree!r} ($.tree), which "
            f"this version does not know (it knows {', '.join(TREES)}); upgrade pytest-brainscore."
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

    The first line may say what the run was; it is no record. Half a line at the end is what a run leaves that was
    killed while writing; it is ignored.

    Raises
    ------
    ReportError
        When the file cannot be read, or any other line is not a record.

    """
    return _lines(Path(path))[1]


def _lines(path: Path) -> tuple[Report | None, list[BenchmarkRecord]]:
    """Return what the run was, where the first line says so, and its records."""
    *lines, rest = _read(path).split(b"\n")
    try:
        parse(rest)
        lines.append(rest)
    except NotJson:
        pass
    told = bool(lines) and lines[0].lstrip().startswith(b'{"schema"')
    header = _report(lines[0], f"Line 1 of {path}") if told else None
    numbered = list(enumerate(lines, start=1))[told:]
    records = [_record(line, f"Line {number} of {path}") for number, line in numbered]
    return header, records


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


def _incomplete(header: Report | None, records: list[BenchmarkRecord], created: str) -> Report:
    latest = {(record.model, record.identifier): record for record in records}
    models: dict[str, ModelRecord] = {} if header is None else {each.identifier: each for each in header.models}
    for record in latest.values():
        weights = record.fingerprint.get("weights")
        known = models.get(record.model, ModelRecord(identifier=record.model, specification=record.model))
        if isinstance(weights, str) and weights != "unknown":
            known = msgspec.structs.replace(known, weights_sha256=weights)
        models[record.model] = known
    tree = likely_tree(latest.values()) if header is None else header.tree
    return assemble_report(
        created=created,
        command=[] if header is None else header.command,
        environment=_UNKNOWN if header is None else header.environment,
        models=list(models.values()),
        benchmarks=list(latest.values()),
        order=list(named_tree(tree).leaves),
        complete=False,
        tree=tree,
        options={} if header is None else header.options,
        shard=None if header is None else header.shard,
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
    is_document = b'"schema"' in beginning and b'"created"' in beginning
    return is_document or (file.suffix == LINES_SUFFIX and b'"model"' in beginning and b'"identifier"' in beginning)


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
