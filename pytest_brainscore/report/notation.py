"""How numbers, statuses, verdicts and counts are written: the one place, for the terminal and for every report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple, get_args

from pytest_brainscore.report.record import BenchmarkRecord, Status
from pytest_brainscore.report.red import Colour
from pytest_brainscore.scoring.comparison import Verdict
from pytest_brainscore.scoring.floor import FloorScore
from pytest_brainscore.scoring.quick import Expected
from pytest_brainscore.scoring.seeds import SeedScore
from pytest_brainscore.text import printable

DECIMALS: Final = 3
"""Decimals of a score, as on the published pages."""
_DIGITS_OF_A_MEAN: Final = 9
"""A mean of published digits such as .1325 is a little less in float64; nine decimals give such a mean its digits."""
_LONGEST: Final = 1e6
"""Numbers from here on, which are no scores of anything, are written with an exponent."""


_DATA: Final = ("stimuli", "images", "neuroids", "neurons", "subjects")
"""What a score generalises over, as protocols count it."""


class Sign(NamedTuple):
    """How a status, a verdict or a colour is shown: by shape and word, never by colour alone."""

    shape: str
    """One character."""
    word: str
    """The word where there is room for one; tables that are searched and read by programs have the name itself."""


STATUSES: Final[Mapping[str, Sign]] = {
    "scored": Sign("●", "scored"),
    "nan": Sign("X", "no number"),
    "unavailable": Sign("○", "unavailable"),
    "failed": Sign("✕", "failed"),
    "crashed": Sign("☓", "crashed"),
}
VERDICTS: Final[Mapping[str, Sign]] = {
    "regressed": Sign("▼", "regressed"),
    "improved": Sign("▲", "improved"),
    "unchanged": Sign("=", "unchanged"),
    "new": Sign("+", "new"),
    "missing": Sign("?", "missing"),
    "not-comparable": Sign("≠", "not comparable"),
}
COLOURS: Final[Mapping[Colour, Sign]] = {
    "red": Sign("✕", "red"),
    "green": Sign("●", "green: nothing failed, fell or was lost"),
    "empty": Sign("○", "nothing was scored"),
}
"""What a run is."""
EMOJI: Final[Mapping[Colour, str]] = {"red": "❌", "green": "✅", "empty": "⚠️"}
"""The same where a report may have neither colours nor style."""


def number(value: float | None, decimals: int = DECIMALS) -> str:
    """Return a number as the published pages print a score.

    Three decimals, rounded half up on its decimal digits (.2825 is ``.283``, -.2825 is ``-.283``), no leading zero,
    1 as ``1.0``, no sign on what is rounded to zero, and ``X`` where there is none (None, NaN, infinite). What has more
    than six digits before the point is written with an exponent (``1.000e+28``).
    """
    if value is None or not math.isfinite(value):
        return "X"
    if abs(value) >= _LONGEST:
        return f"{value:.{decimals}e}"
    digits = Decimal(f"{value:.{_DIGITS_OF_A_MEAN}f}")
    rounded = digits.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = "1.0" if abs(rounded) == 1 else f"{abs(rounded)}"
    return ("-" if rounded < 0 else "") + text.removeprefix("0")


def number_or_blank(value: float | None, decimals: int = DECIMALS) -> str:
    """Return a number as :func:`number` does, and nothing for None: what was never to be had, rather than not got."""
    return "" if value is None else number(value, decimals)


def published_number(score: float | None) -> str:
    """Return a score as the published page prints it: cut to [0, 1].

    Without a score the text is empty, and ``X`` for NaN, which stands for a run that gave no number.
    """
    return number_or_blank(min(max(score, 0.0), 1.0) if score is not None and math.isfinite(score) else score)


def signed(difference: float | None, decimals: int = DECIMALS) -> str:
    """Return a difference with its sign, for example ``-.031`` or ``+.000``; empty where there is none."""
    text = number_or_blank(difference, decimals)
    return text if text.startswith(("-", "X")) or not text else f"+{text}"


def plus_minus(error: float | None, decimals: int = DECIMALS) -> str:
    """Return an error as it follows its number, for example ``± .010``; empty where it is not known."""
    return "" if error is None else f"± {number(error, decimals)}"


def interval(low: float | None, high: float | None, decimals: int = DECIMALS) -> str:
    """Return an interval, for example ``[-.035, -.008]``; ``[X, X]`` where there is none."""
    return f"[{number(low, decimals)}, {number(high, decimals)}]"


def p_value(p: float | None) -> str:
    """Return a p value with three decimals; ``<.001`` for a smaller one, ``X`` where there is none."""
    return "<.001" if p is not None and p < 0.001 else number(p)


def decided_by(n: Mapping[str, int]) -> str:
    """Return how many stimuli, neurons and people a score is of, for example ``3,200 stimuli, 168 neuroids``.

    Units of the model and draws are no data, and left out.
    """
    return ", ".join(f"{n[name]:,} {name}" for name in _DATA if n.get(name))


def duration(seconds: float) -> str:
    """Return a time with two digits or more."""
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"


def floor_in_words(floor: FloorScore | None) -> str:
    """Return what lies below a score, for example ``untrained .021 [.010, .032], pixels .050``; empty without."""
    if floor is None:
        return ""
    parts = []
    if floor.mean is not None:
        parts.append(f"untrained {over_seeds(floor)}")
    if floor.pixels is not None:
        parts.append(f"pixels {number(floor.pixels)}")
    return ", ".join(parts)


def expected_in_words(full: Expected | None) -> str:
    """Return what a full score is expected to be, for example ``.798 ± .031 (10 networks)``."""
    if full is None:
        return "not known"
    return f"{number(full.value)} ± {number(full.error)} ({counted(full.networks, 'network')})"


def over_seeds(score: FloorScore | SeedScore | None) -> str:
    """Return a mean over seeds with its interval, for example ``.021 [.010, .032]``; empty without."""
    if score is None or score.mean is None:
        return ""
    return number(score.mean) + ("" if score.low is None else f" {interval(score.low, score.high)}")


def counted(count: int, noun: str) -> str:
    """Return a number with what is counted, for example ``1 score`` or ``2 scores``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def result(record: BenchmarkRecord) -> str:
    """Return a benchmark's outcome in one column: the score with its error, or the status."""
    if record.status == "scored":
        return f"{number(record.score)} ± {number(record.error)}"
    return "X" if record.status == "nan" else record.status


def judgement(record: BenchmarkRecord) -> str:
    """Return the verdict with sign and difference, for example ``▼ regressed -.031``; empty without one.

    A paired comparison has its interval, too: ``▼ regressed -.031 [-.042, -.020]``.
    """
    if record.verdict is None:
        return ""
    difference = signed(record.delta) if record.verdict != "unchanged" else ""
    paired = record.comparison.paired if record.comparison else None
    if paired is not None:
        difference = f"{signed(record.delta)} {interval(paired.low, paired.high)}"
    return f"{VERDICTS[record.verdict].shape} {record.verdict} {difference}".rstrip()


def beyond_doubt(record: BenchmarkRecord) -> str:
    """Return in words what a paired comparison with a baseline is made of; empty where there is none."""
    comparison = record.comparison
    if comparison is None or comparison.paired is None:
        return ""
    paired, known = comparison.paired, decided_by(record.n)
    scores = f", for {paired.comparisons} scores of the run at once" if paired.comparisons > 1 else ""
    told = (
        f"{interval(paired.low, paired.high, 4)}, lies below {number(-paired.margin)}{f' ({known})' if known else ''}"
    )
    away = f"it is {signed(comparison.delta, 4)} away from {number(comparison.baseline, 4)}"
    return f"{away}, and the interval of that{scores}, {told}"


def totals(records: Sequence[BenchmarkRecord]) -> str:
    """Return how many benchmarks have each status and each verdict, for example ``7 scored; 6 unchanged, 1 new``."""
    statuses = Counter(record.status for record in records)
    verdicts = Counter(record.verdict for record in records if record.verdict)
    told = ", ".join(f"{statuses[each]} {each}" for each in get_args(Status) if statuses[each] or each == "scored")
    judged = ", ".join(f"{verdicts[each]} {each}" for each in get_args(Verdict) if verdicts[each])
    return told + (f"; {judged}" if judged else "")


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines, header first, with columns as wide as their widest cell; a cell is one line."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
