"""How scores, statuses and verdicts are written, the same in the terminal and in every report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from pytest_brainscore.report.record import Status
from pytest_brainscore.scoring.comparison import Verdict

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord

# Statuses and verdicts are told apart by word and sign, never by colour alone.
SIGNS = {"improved": "▲", "regressed": "▼", "unchanged": "=", "new": "+", "missing": "?", "not-comparable": "≠"}
BAD_STATUSES = ("failed", "crashed")
BAD_VERDICTS = ("regressed", "not-comparable")


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


def change(record: BenchmarkRecord) -> str:
    """Return the difference from the baseline with its sign, for example ``-.031``; empty where there is none."""
    delta = record.comparison.delta if record.comparison else None
    return "" if delta is None else f"{'+' if delta >= 0 else ''}{number(delta)}"


def judgement(record: BenchmarkRecord) -> str:
    """Return the verdict with sign and difference, for example ``▼ regressed -.031``."""
    if record.comparison is None:
        return ""
    verdict = record.comparison.verdict
    return f"{SIGNS[verdict]} {verdict} {change(record) if verdict != 'unchanged' else ''}".rstrip()


def is_bad(record: BenchmarkRecord) -> bool:
    """Tell whether a record makes a run red."""
    verdict = record.comparison.verdict if record.comparison else ""
    return record.status in BAD_STATUSES or verdict in BAD_VERDICTS


def totals(records: Sequence[BenchmarkRecord]) -> str:
    """Return how many benchmarks have each status and each verdict, for example ``7 scored; 6 unchanged, 1 new``."""
    statuses = Counter(record.status for record in records)
    verdicts = Counter(record.comparison.verdict for record in records if record.comparison)
    told = ", ".join(f"{statuses[each]} {each}" for each in get_args(Status) if statuses[each] or each == "scored")
    judged = ", ".join(f"{verdicts[each]} {each}" for each in get_args(Verdict) if verdicts[each])
    return told + (f"; {judged}" if judged else "")


def counted(number: int, noun: str) -> str:
    """Return a number with what is counted, for example ``1 score`` or ``2 scores``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines, header first, whose columns are as wide as their widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
