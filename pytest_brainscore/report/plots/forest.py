"""Differences of two models with their intervals, one below the other: a forest plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_brainscore.report.notation import interval, signed
from pytest_brainscore.report.plots.drawing import (
    INK,
    LINE,
    MODEL,
    NEURONS,
    SOFT,
    coordinate,
    document,
    known,
    nothing,
    round_ticks,
    shortened,
    text,
)

_LEFT, _TOP, _WIDTH = 250, 78, 232
_ROW = 19
_CAP = 3


@dataclass(frozen=True, kw_only=True)
class ForestRow:
    """A line of the plot."""

    name: str
    """Benchmark, parent or pair of models."""
    difference: float
    """Where the mark is."""
    low: float
    """Where its interval begins; NaN without one."""
    high: float
    apart: bool
    """Whether the two can be told apart; drawn filled and in a colour of its own."""
    parent: bool = False
    """Whether this is an average, above its benchmarks."""


def forest(title: str, rows: Sequence[ForestRow], subtitle: str = "", *, margin: float = 0.0) -> str:
    """Draw differences with their intervals around 0.

    Parameters
    ----------
    title, subtitle
        Heading and second line.
    rows
        From top to bottom; such without an interval are named, with an X.
    margin
        Half the width of a band of differences that do not count.

    """
    numbers = [abs(each) for row in rows for each in (row.difference, row.low, row.high) if known(each)]
    if not numbers:
        return nothing(title, "There are no differences to show.")
    ticks = round_ticks(max([*numbers, margin]) or 0.01)
    reach = ticks[-1]
    bottom = _TOP + _ROW * len(rows) + 4

    def x(value: float) -> float:
        return _LEFT + _WIDTH * (value / reach + 1) / 2

    parts = []
    if margin:
        parts.append(
            f'<rect x="{coordinate(x(-margin))}" y="{_TOP - 6}" width="{coordinate(x(margin) - x(-margin))}" '
            f'height="{coordinate(bottom - _TOP + 6)}" fill="{LINE}"/>'
        )
    for tick in sorted({0.0, reach, -reach, ticks[len(ticks) // 2], -ticks[len(ticks) // 2]}):
        colour = SOFT if tick == 0 else LINE
        parts.append(f'<path d="M{coordinate(x(tick))} {_TOP - 6}V{bottom}" stroke="{colour}"/>')
        parts.append(text(x(tick), bottom + 14, f"{tick:g}", anchor="middle", colour=SOFT))
    for place, row in enumerate(rows):
        middle = _TOP + _ROW * place + _ROW / 2 - 2
        indent, weight = (16, "bold") if row.parent else (30, "")
        parts.append(text(indent, middle + 4, shortened(row.name, _LEFT - indent - 6, 10), size=10, weight=weight))
        if not known(row.difference) or not known(row.low) or not known(row.high):
            parts.append(text(_LEFT + _WIDTH + 8, middle + 4, "X", colour=SOFT))
            continue
        low, high, at = (coordinate(x(each)) for each in (row.low, row.high, row.difference))
        colour, fill = (NEURONS if row.difference < 0 else MODEL, None) if row.apart else (INK, "#fff")
        parts.append(
            f'<path d="M{low} {coordinate(middle)}H{high}M{low} {coordinate(middle - _CAP)}v{2 * _CAP}'
            f'M{high} {coordinate(middle - _CAP)}v{2 * _CAP}" fill="none" stroke="{colour}"/>'
        )
        parts.append(
            f'<circle cx="{at}" cy="{coordinate(middle)}" r="{4 if row.parent else 3}" fill="{fill or colour}" '
            f'stroke="{colour}"/>'
        )
        said = f"{signed(row.difference)} {interval(row.low, row.high)}"
        parts.append(text(_LEFT + _WIDTH + 8, middle + 4, said, size=10, weight=weight))
    parts.append(text(_LEFT + _WIDTH / 2, bottom + 32, "difference of scores", anchor="middle"))
    told = "; ".join(f"{row.name}: {signed(row.difference)} {interval(row.low, row.high)}" for row in rows)
    return document(title, f"{told}.", parts, bottom + 44, subtitle)
