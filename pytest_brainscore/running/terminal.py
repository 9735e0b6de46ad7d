"""What a person reads in the terminal: a line per benchmark, then a table, a verdict and the next command to type.

Pure functions of the collected records; the plugin writes the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_brainscore.benchmarks import all_benchmarks
from pytest_brainscore.report.aggregates import parents
from pytest_brainscore.report.words import aligned, is_bad, judgement, number, result, totals

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord
    from pytest_brainscore.running.collector import Collector

COLOURS = {"regressed": "red", "not-comparable": "red", "failed": "red", "crashed": "red", "improved": "green"}


REASONS_TOLD = 3
"""Reasons for being unavailable that a run tells: on a machine without data there are dozens, and no news."""


@dataclass(frozen=True)
class Line:
    """One line of terminal output and the colour it may have."""

    text: str
    colour: str | None = None
    bold: bool = False


def live_line(record: BenchmarkRecord) -> Line:
    """Return the line shown when a benchmark has finished."""
    parts = [record.model, record.identifier, result(record), judgement(record), f"{record.seconds:.1f} s"]
    return Line("  ".join(part for part in parts if part), _colour(record))


def summary(collector: Collector, lost: Sequence[str]) -> list[Line]:
    """Return the lines of the terminal section."""
    records = collector.ordered()
    lines = tables(records, REASONS_TOLD)
    lines += [Line(problem, "red", bold=True) for problem in collector.problems]
    if lost:
        lines.append(Line(f"{len(lost)} tests never reported; their results are lost: {', '.join(lost[:3])}", "red"))
    lines.append(_verdict(records))
    lines += [Line(f"wrote {path}") for path in collector.written]
    lines += _hints(collector)
    return lines


def tables(records: Sequence[BenchmarkRecord], reasons: int | None = None) -> list[Line]:
    """Return what the records say: benchmarks, parents, and why something has no score.

    Parameters
    ----------
    records
        In the order in which they are told.
    reasons
        Most reasons for being unavailable that are told; None tells all of them.

    """
    return [*_table(records), *_parents(records), *_reasons(records, reasons)]


def _colour(record: BenchmarkRecord) -> str | None:
    verdict = record.comparison.verdict if record.comparison else None
    return COLOURS.get(verdict or "") or COLOURS.get(record.status)


def _table(records: Sequence[BenchmarkRecord]) -> list[Line]:
    shown = [record for record in records if record.status != "unavailable"]
    if not shown:
        return []
    header = ("model", "benchmark", "score", "raw", "ceiling", "baseline", "verdict")
    rows = [
        (
            record.model,
            f"{record.identifier}@{record.version}",
            result(record),
            number(record.raw) if record.raw is not None else "",
            number(record.ceiling) if record.ceiling is not None else "",
            number(record.comparison.baseline) if record.comparison and record.comparison.baseline is not None else "",
            judgement(record),
        )
        for record in shown
    ]
    return _aligned(header, rows, [_colour(record) for record in shown])


def _aligned(header: Sequence[str], rows: Sequence[Sequence[str]], colours: Sequence[str | None]) -> list[Line]:
    """Return a table with a bold header and coloured rows."""
    head, *lines = aligned(header, rows)
    return [Line(head, bold=True), *(Line(line, colour) for line, colour in zip(lines, colours, strict=True))]


def _parents(records: Sequence[BenchmarkRecord]) -> list[Line]:
    """Return two numbers for every parent with a score below it.

    A local run is usually partial: the number that can be compared with the published pages counts what did not run as
    0, which says little of the model; the mean of what ran does not, and cannot be compared with those pages.
    """
    rows = [
        (
            model,
            parent,
            number(aggregate.mean_of_what_ran),
            f"{aggregate.scored} of {aggregate.leaves}",
            number(aggregate.site_comparable),
        )
        for model in dict.fromkeys(record.model for record in records)
        for parent, aggregate in parents(records, model).items()
        if aggregate.scored
    ]
    header = ("model", "parent", "mean of what ran", "benchmarks", "site-comparable (missing = 0)")
    return _aligned(header, rows, [None] * len(rows)) if rows else []


def _reasons(records: Sequence[BenchmarkRecord], limit: int | None) -> list[Line]:
    """Return why benchmarks have no score; the same reason of several benchmarks is told once."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for record in records:
        if record.status != "scored":
            grouped.setdefault((record.status, record.reason or ""), []).append(record.identifier)
    lines = []
    untold = 0
    for (status, reason), identifiers in grouped.items():
        if status == "unavailable" and limit is not None:
            if limit == 0:
                untold += len(identifiers)
                continue
            limit -= 1
        who = identifiers[0] if len(identifiers) == 1 else f"{len(identifiers)} benchmarks"
        lines.append(Line(f"{status}: {who}: {reason}", COLOURS.get(status)))
    if untold:
        lines.append(Line(f"unavailable: {untold} more benchmarks; what they need: brainscore data status"))
    return lines


def _verdict(records: Sequence[BenchmarkRecord]) -> Line:
    models = len({record.model for record in records})
    scope = f" (of {len(all_benchmarks()) * models} known)" if models else ""
    scored = any(record.status == "scored" for record in records)
    colour = "red" if any(map(is_bad, records)) else "green" if scored else "yellow"
    return Line(f"{totals(records)}{scope}", colour, bold=True)


def _hints(collector: Collector) -> list[Line]:
    """Return the next command to type, where there is one."""
    if collector.options.update == "all":
        return []
    if collector.counts("regressed") or collector.counts("not-comparable"):
        return [Line(f"to accept these scores: {collector.next_command('--brainscore-update', 'all')}")]
    if collector.counts("new") and collector.options.update == "none":
        return [Line(f"to store the new baselines: {collector.next_command('--brainscore-update', 'new')}")]
    if collector.counts("improved") and collector.options.update in ("none", "new"):
        return [Line(f"to store the improved ones: {collector.next_command('--brainscore-update', 'improved')}")]
    return []
