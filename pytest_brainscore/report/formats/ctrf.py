"""A report in the Common Test Report Format, which several tools of continuous integration read (https://ctrf.io)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.red import INCOMPLETE, is_red, why_red

SPECIFICATION: Final = "0.0.0"
"""Version of the format: its schema (https://ctrf.io/docs/specification) is still before its first release."""

WHOLE_RUN: Final = "the whole run"
"""A test of this name has failed where the run is incomplete, which no benchmark can tell."""


def ctrf(report: Report) -> dict[str, Any]:
    """Return a report in that format; everything it has no field for is in ``extra``."""
    tests = [_test(record) for record in report.benchmarks]
    if not report.complete:
        tests.append({"name": WHOLE_RUN, "status": "failed", "duration": 0, "message": INCOMPLETE})
    counts = {name: sum(test["status"] == name for test in tests) for name in ("passed", "failed", "skipped", "other")}
    stop = int(datetime.fromisoformat(report.created).timestamp() * 1000)
    # Benchmarks run in parallel; only their sum is known, and the start has to be before the stop.
    start = stop - sum(test["duration"] for test in tests)
    return {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "timestamp": report.created,
        "generatedBy": "pytest-brainscore",
        "results": {
            "tool": {"name": "pytest-brainscore", "version": report.environment.packages.get("pytest-brainscore", "")},
            "summary": {"tests": len(tests), **counts, "pending": 0, "start": start, "stop": stop},
            "tests": tests,
        },
    }


def outcome(record: BenchmarkRecord) -> str:
    """Return what a test report calls a record: passed, failed, skipped, or other (ran without a number)."""
    if is_red(record):
        return "failed"
    return {"scored": "passed", "unavailable": "skipped"}.get(record.status, "other")


def _test(record: BenchmarkRecord) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": f"{record.model}-{record.identifier}",
        "status": outcome(record),
        "duration": round(record.seconds * 1000),
        "suite": [*record.parents],
        "extra": msgspec.to_builtins(record),
    }
    reason = why_red(record)
    return test | ({"message": reason} if reason else {})
