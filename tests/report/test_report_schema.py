"""The committed JSON Schema is the one of the code, and reports follow it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_brainscore.report import record as record_module
from pytest_brainscore.report.plain import json_schema, plain_record, plain_report
from tests.support.records import make_record, make_report

COMMITTED = Path(record_module.__file__).with_name("report.schema.json")


def validator(definition: str) -> jsonschema.Draft202012Validator:
    schema = json_schema() | {"$ref": f"#/$defs/{definition}"}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schema_is_the_one_of_the_code() -> None:
    text = json.dumps(json_schema(), indent=2) + "\n"
    assert COMMITTED.read_text() == text, (
        f"write json.dumps(json_schema(), indent=2) and a newline to {COMMITTED}, and raise SCHEMA if old readers break"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"score": math.nan},
        {"error": None, "ceiling": None, "raw": None, "seed": None, "layer": None, "comparison": None},
        {"status": "unavailable", "score": None, "reason": "the recordings are not here"},
        {"status": "crashed", "score": None, "reason": "its worker died", "worker": "", "seconds": 0},
    ],
)
def test_records_follow_the_schema(changes: dict[str, Any]) -> None:
    record = make_record(**changes)
    validator("BenchmarkRecord").validate(plain_record(record))
    validator("Report").validate(plain_report(make_report(benchmarks=[record])))


@pytest.mark.parametrize("changes", [{"unknown": 1}, {"score": "high"}, {"status": "done"}, {"n": {"units": 0.5}}])
def test_what_is_no_record_does_not_follow_it(changes: dict[str, Any]) -> None:
    assert not validator("BenchmarkRecord").is_valid(plain_record(make_record()) | changes)


@pytest.mark.parametrize("created", ["yesterday", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00+01:00"])
def test_times_are_in_utc(created: str) -> None:
    plain = plain_report(make_report())
    assert validator("Report").is_valid(plain | {"created": "2026-01-31T12:00:00.5Z"})
    assert not validator("Report").is_valid(plain | {"created": created})
