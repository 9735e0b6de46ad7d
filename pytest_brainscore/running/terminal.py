"""What a person reads in the terminal: a line per benchmark, then a table, a verdict and the next command to type.

Pure functions of the collected records; the plugin writes the lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_brainscore.benchmarks import all_benchmarks
from pytest_brainscore.scoring.tree import aggregate as aggregate_scores
from pytest_brainscore.scoring.tree import published_tree

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord
    from pytest_brainscore.running.collector import Collector

# Statuses and verdicts are told apart by word and sign, never by colour alone.
COLOURS = {"regressed": "red", "not-comparable": "red", "failed": "red", "crashed": "red", "improved": "green"}
SIGNS = {"improved": "▲", "regressed": "▼", "unchanged": "=", "new": "+", "missing": "?", "not-comparable": "≠"}


@dataclass(frozen=True)
class Line:
    """One line of terminal output and the colour it may have."""

    text: str
    colour: str | None = None
    bold: bool = False


def number(value: float | None) -> str:
    """Return a score as the published pages print it: three decimals, no leading zero, ``X`` where there is none."""
    if value is None:
        return "X"
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def result(record: BenchmarkRecord) -> str:
    """Return a benchmark's outcome in one column: the score with its error, or the status."""
    if record.status == "scored":
        return f"{number(record.score)} ± {number(record.error)}"
    return "X" if record.status == "nan" else record.status


def judgement(record: BenchmarkRecord) -> str:
    """Return the verdict with sign and difference, for example ``▼ regressed -.031``."""
    comparison = record.comparison
    if comparison is None:
        return ""
    delta = "" if comparison.delta is None else f" {'+' if comparison.delta >= 0 else ''}{number(comparison.delta)}"
    return f"{SIGNS[comparison.verdict]} {comparison.verdict}{delta if comparison.verdict != 'unchanged' else ''}"


def live_line(record: BenchmarkRecord) -> Line:
    """Return the line shown when a benchmark has finished."""
    parts = [record.model, record.identifier, result(record), judgement(record), f"{record.seconds:.1f} s"]
    return Line("  ".join(part for part in parts if part), _colour(record))


def summary(collector: Collector, lost: Sequence[str]) -> list[Line]:
    """Return the lines of the terminal section."""
    records = collector.ordered()
    lines = [*_table(records), *_parents(records), *_reasons(records)]
    lines += [Line(problem, "red", bold=True) for problem in collector.problems]
    if lost:
        lines.append(Line(f"{len(lost)} tests never reported; their results are lost: {', '.join(lost[:3])}", "red"))
    lines.append(_verdict(records))
    lines += [Line(f"wrote {path}") for path in collector.written]
    lines += _hints(collector)
    return lines


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
    """Return a table whose columns are as wide as their widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()

    lines = [Line(line(row), colour) for row, colour in zip(rows, colours, strict=True)]
    return [Line(line(header), bold=True), *lines]


def _parents(records: Sequence[BenchmarkRecord]) -> list[Line]:
    """Return two numbers for every parent with a score below it.

    A local run is usually partial: the number that can be compared with the published pages counts what did not run as
    0, which says little of the model; the mean of what ran does not, and cannot be compared with those pages.
    """
    tree = published_tree()
    rows = []
    for model in dict.fromkeys(record.model for record in records):
        mine = [record for record in records if record.model == model and record.identifier in tree.leaves]
        scores = {record.identifier: record.score for record in mine if record.status == "scored"}
        errors = {record.identifier: record.error for record in mine if record.error is not None}
        no_numbers = {record.identifier: math.nan for record in mine if record.status == "nan"}
        rows += [
            (
                model,
                parent,
                number(aggregate.mean_of_what_ran),
                f"{aggregate.scored} of {aggregate.leaves}",
                number(aggregate.site_comparable),
            )
            for parent, aggregate in aggregate_scores(scores | no_numbers, errors).items()
            if aggregate.scored
        ]
    header = ("model", "parent", "mean of what ran", "benchmarks", "site-comparable (missing = 0)")
    return _aligned(header, rows, [None] * len(rows)) if rows else []


def _reasons(records: Sequence[BenchmarkRecord]) -> list[Line]:
    """Return why benchmarks have no score; the same reason of several benchmarks is told once."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for record in records:
        if record.status != "scored":
            grouped.setdefault((record.status, record.reason or ""), []).append(record.identifier)
    lines = []
    for (status, reason), identifiers in grouped.items():
        who = identifiers[0] if len(identifiers) == 1 else f"{len(identifiers)} benchmarks"
        lines.append(Line(f"{status}: {who}: {reason}", COLOURS.get(status)))
    return lines


def _verdict(records: Sequence[BenchmarkRecord]) -> Line:
    statuses = {
        status: sum(record.status == status for record in records)
        for status in ("scored", "unavailable", "nan", "failed", "crashed")
    }
    verdicts = {
        verdict: sum(record.comparison is not None and record.comparison.verdict == verdict for record in records)
        for verdict in ("unchanged", "improved", "regressed", "new", "missing", "not-comparable")
    }
    models = len({record.model for record in records})
    known = len(all_benchmarks())
    told = ", ".join(f"{count} {status}" for status, count in statuses.items() if count or status == "scored")
    judged = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items() if count)
    bad = statuses["failed"] + statuses["crashed"] + verdicts["regressed"] + verdicts["not-comparable"]
    scope = f" of {known * models} known" if models else ""
    return Line(f"{told}{scope}" + (f"; {judged}" if judged else ""), "red" if bad else "green", bold=True)


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
