"""What the options of a run make of a result: whether it was required, and whether its verdict is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pytest_brainscore.benchmarks.selector import Selectable, matches

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord
    from pytest_brainscore.running.command_line.options import RunOptions


def is_required(benchmark: Selectable, options: RunOptions) -> bool:
    """Tell whether ``--brainscore-require`` names a benchmark, so that having no score makes the run red."""
    return any(matches(selector, benchmark) for selector in options.require)


def is_accepted(record: BenchmarkRecord, options: RunOptions) -> bool:
    """Tell whether a record's verdict is no reason for the run to be red.

    What becomes the new baseline is accepted, since that was asked for; without a score, nothing can.
    """
    verdict = record.verdict
    if verdict in ("regressed", "not-comparable"):
        return options.update == "all" and record.status == "scored"
    if verdict == "missing":
        return options.missing != "fail"
    if verdict == "new":
        return options.new != "fail" or options.update != "none"
    return True


def ruled(record: BenchmarkRecord, options: RunOptions) -> BenchmarkRecord:
    """Return a record that says what these options make of it, so that everybody who reads it finds the same."""
    comparison = record.comparison
    if comparison is not None:
        comparison = msgspec.structs.replace(comparison, accepted=is_accepted(record, options))
    return msgspec.structs.replace(record, required=is_required(record, options), comparison=comparison)
