"""What makes a run red: one definition for the exit code, every report, the outputs of the action, and ``merge``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord, Report

Colour = Literal["red", "green", "empty"]
"""What a run is; ``empty``: nothing is red, but nothing was scored either, which is no reason to be content."""
INCOMPLETE: Final = "The run was stopped, or results were lost: benchmarks can be absent."
"""Why a report without a red record can be red."""
REQUIRED: Final = "It is required by --brainscore-require."
"""Why a benchmark without a score can be red."""
_RED_STATUSES: Final = ("failed", "crashed")
_RED_VERDICTS: Final = ("regressed", "not-comparable")


def is_red(record: BenchmarkRecord) -> bool:
    """Tell whether a record makes its run red.

    It does when the benchmark failed or crashed, when it was required and has no score, and when its verdict was not
    accepted: that is ``regressed`` or ``not-comparable``, unless the run stored the score as the new baseline; and
    ``missing`` or ``new`` where the run was told to fail on them.
    """
    if record.status in _RED_STATUSES or (record.required and record.status != "scored"):
        return True
    comparison = record.comparison
    if comparison is None:
        return False
    return comparison.verdict in _RED_VERDICTS if comparison.accepted is None else not comparison.accepted


def severity(record: BenchmarkRecord) -> float:
    """Return the place of a record among those that are told worst first: its difference, smaller than any without."""
    return -1.0 if record.delta is None else record.delta  # it failed or crashed: worse than any fall


def colour(records: Sequence[BenchmarkRecord], *, complete: bool = True) -> Colour:
    """Return what a run is: red when any record is or when it is incomplete, and empty when nothing was scored."""
    if not complete or any(map(is_red, records)):
        return "red"
    return "green" if any(record.status == "scored" for record in records) else "empty"


def colour_of(report: Report) -> Colour:
    """Return what the run of a report is."""
    return colour(report.benchmarks, complete=report.complete)


def why_red(record: BenchmarkRecord) -> str:
    """Return why there is no score, or why a verdict stands; empty where the numbers tell. What was required says so.

    In the words of the run, unescaped.
    """
    reason = (record.comparison.reason if record.comparison else None) or record.reason or ""
    if not (record.required and record.status != "scored"):
        return reason
    return f"{reason} {REQUIRED}" if reason else REQUIRED
