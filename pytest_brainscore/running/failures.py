"""Failures as pytest lists them at the end of a run, told once each.

Every reason stands once in the section with the table, with the benchmarks it stopped. Here pytest's own list gets what
goes beyond: the traceback of an unexpected error, once for all benchmarks of a model that met it.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def to_be_shown(reports: Sequence[pytest.TestReport]) -> list[pytest.TestReport]:
    """Return the reports of failed tests that say something that no other one and no other place does."""
    shown: list[pytest.TestReport] = []
    told: set[tuple[str, str]] = set()
    for report in reports:
        attached = getattr(report, "brainscore", None)
        if attached is None:
            shown.append(report)
            continue
        record = attached["record"]
        sentence = _is_sentence(report)
        if sentence and record["status"] == "failed":
            continue
        key = (record["model"], report.longreprtext if sentence else str(record["reason"]))
        if key not in told:
            told.add(key)
            shown.append(report)
    return shown


def name_only(report: pytest.TestReport) -> pytest.TestReport:
    """Return the report of a benchmark without its text, for a list of names; any other report as it is."""
    if not hasattr(report, "brainscore"):
        return report
    bare = copy.copy(report)
    bare.longrepr = None
    return bare


def _is_sentence(report: pytest.TestReport) -> bool:
    """Tell whether a failure is one sentence without a traceback."""
    traceback = getattr(report.longrepr, "reprtraceback", None)
    return getattr(traceback, "style", "value") == "value"
