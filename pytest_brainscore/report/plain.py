"""Records as plain values, which survive JSON and worker processes, and back.

Every value is made plain where it enters a record. A NumPy scalar that travels in a test report ends a worker process
without failing the run, so such values must be refused, or converted, inside the test that made them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord, Report

Structure = TypeVar("Structure", bound=msgspec.Struct)


def to_plain(value: object, *, nan_as_none: bool = False) -> Any:
    """Return a value as JSON has it: None, bool, int, float, str, and lists and dicts of these.

    Parameters
    ----------
    value
        Plain values stay. Zero-dimensional numbers of array libraries (NumPy scalars, 0-d arrays and tensors) become
        Python numbers, records and mappings become dicts, tuples become lists. Characters that UTF-8 cannot encode,
        such as those of undecodable file names, are escaped.
    nan_as_none
        Return None in place of NaN and infinities, which JSON cannot hold.

    Raises
    ------
    ReportError
        For a value of any other type (arrays, paths, enumerations, decimals, sets ...), for a key that is not text,
        and for NaN and infinities unless `nan_as_none`. The sentence says where in `value` it is.

    """
    return _plain(value, "$", nan_as_none)


def _plain(value: object, place: str, nan_as_none: bool) -> Any:
    # Exact types: subclasses of str, int and float (enumerations, NumPy scalars) do not survive the way to another
    # process. Array libraries are told by their attributes, so that none of them is imported here. The commonest first:
    # every record passes here several times.
    kind = type(value)
    if kind is str:
        text = cast("str", value)
        return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
    if kind not in (bool, int, float) and getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()
        if type(value) is str:
            return _plain(value, place, nan_as_none)
    if value is None or type(value) in (bool, int):
        return value
    if type(value) is float:
        if math.isfinite(value):
            return value
        if nan_as_none:
            return None
        raise ReportError(f"The number at {place} of a record is {value}, which JSON cannot hold; record None instead.")
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, Mapping):
        return {_key(key, place): _plain(each, f"{place}.{key}", nan_as_none) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, f"{place}[{index}]", nan_as_none) for index, each in enumerate(value)]
    raise ReportError(
        f"The value at {place} of a record is of type {type(value).__module__}.{type(value).__qualname__}; "
        "convert it to a number or a text, or to a list or dict of these, before it is recorded."
    )


def _key(key: object, place: str) -> str:
    if type(key) is str and key.isascii():
        return key
    if type(key) is not str:
        raise ReportError(f"The key {key!r} at {place} of a record is not text; convert it with str().")
    return str(_plain(key, place, nan_as_none=False))


def plain_record(record: BenchmarkRecord) -> dict[str, Any]:
    """Return a record as plain values, checked, in the order of its fields.

    A scored record whose score is NaN or infinite has no number: its status becomes ``nan``, its numbers None.

    Raises
    ------
    ReportError
        When a value is not plain (see :func:`to_plain`), is NaN anywhere else, or is of the wrong type.

    """
    score = to_plain({"score": record.score}, nan_as_none=True)["score"]
    if score is None and record.score is not None and record.status in ("scored", "nan"):
        record = msgspec.structs.replace(
            record,
            status="nan",
            reason=record.reason or f"the benchmark ran and its score is {record.score}",
            score=None,
            error=None,
            raw=None,
            ceiling=None,
        )
    return _builtins(benchmark_record(msgspec.structs.asdict(record)))


def benchmark_record(plain: Mapping[str, Any]) -> BenchmarkRecord:
    """Return the record that :func:`plain_record` made plain.

    Raises
    ------
    ReportError
        When a field is missing, unknown or of the wrong type, holds NaN, or a scored record has no score.

    """
    record = _converted(plain, BenchmarkRecord)
    check_record(record)
    return record


def model_record(plain: Mapping[str, Any]) -> ModelRecord:
    """Return the record of a model from its plain fields.

    Raises
    ------
    ReportError
        When a field is missing, unknown or of the wrong type, or holds NaN.

    """
    return _converted(plain, ModelRecord)


def check_record(record: BenchmarkRecord) -> None:
    """Make sure that a record does not contradict itself.

    Raises
    ------
    ReportError
        When a scored record has no score.

    """
    if record.status == "scored" and record.score is None:
        raise ReportError(
            f"The record of {record.identifier} for {record.model} is scored but has no score at $.score; "
            "give a score or another status."
        )


def plain_report(report: Report) -> dict[str, Any]:
    """Return a report as plain values, checked, in the order of its fields; see :func:`plain_record`.

    Raises
    ------
    ReportError
        As :func:`plain_record`.

    """
    parts = msgspec.structs.asdict(report)
    parts["benchmarks"] = [plain_record(record) for record in report.benchmarks]
    return _builtins(_converted(parts, Report))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a report; a line of a line file is its ``BenchmarkRecord``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Report)}


def _converted(plain: Mapping[str, Any], structure: type[Structure]) -> Structure:
    try:
        return msgspec.convert(to_plain(plain), structure)
    except msgspec.ValidationError as error:
        raise ReportError(f"A value does not fit into a {structure.__name__}: {error}; correct it.") from error


def _builtins(record: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain
