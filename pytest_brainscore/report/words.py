"""How scores, statuses and verdicts are written, the same in the terminal and in every report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from pytest_brainscore.report.notation import number, signed
from pytest_brainscore.report.record import Status
from pytest_brainscore.scoring.comparison import Verdict
from pytest_brainscore.text import printable

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord

# Statuses and verdicts are told apart by word and sign, never by colour alone.
SIGNS = {"improved": "▲", "regressed": "▼", "unchanged": "=", "new": "+", "missing": "?", "not-comparable": "≠"}


def result(record: BenchmarkRecord) -> str:
    """Return a benchmark's outcome in one column: the score with its error, or the status."""
    if record.status == "scored":
        return f"{number(record.score)} ± {number(record.error)}"
    return "X" if record.status == "nan" else record.status


def change(record: BenchmarkRecord) -> str:
    """Return the difference from the baseline with its sign, for example ``-.031``; empty where there is none."""
    return signed(record.comparison.delta if record.comparison else None)


def judgement(record: BenchmarkRecord) -> str:
    """Return the verdict with sign and difference, for example ``▼ regressed -.031``."""
    if record.comparison is None:
        return ""
    verdict = record.comparison.verdict
    return f"{SIGNS[verdict]} {verdict} {change(record) if verdict != 'unchanged' else ''}".rstrip()


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
    """Return a table as lines, header first, with columns as wide as their widest cell; a cell is one line."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
