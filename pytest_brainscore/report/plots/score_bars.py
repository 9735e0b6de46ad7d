"""The scores of a model: a bar for each region and benchmark, up to the ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_brainscore.report.notation import number
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
    shortened,
    text,
)

_LEFT, _TOP, _WIDTH = 312, 78, 230
_ROW, _BAR = 19, 11
_CAP = 3


@dataclass(frozen=True, kw_only=True)
class ScoreBar:
    """A line of the plot."""

    name: str
    """Region or benchmark."""
    score: float | None
    """Ceiling-normalised; drawn cut to [0, 1]. None or NaN where there is none."""
    error: float | None = None
    """Half the length of the whisker."""
    best: float | None = None
    """Highest score of other models."""
    median: float | None = None
    """Median score of other models."""
    parent: bool = False
    """Whether this is a region, above its benchmarks."""


def score_bars(title: str, bars: Sequence[ScoreBar], subtitle: str = "") -> str:
    """Draw scores as bars from 0 to the ceiling.

    Parameters
    ----------
    title, subtitle
        Heading and second line.
    bars
        From top to bottom, a region before its benchmarks.

    """
    if not bars:
        return nothing(title, "There are no scores to show.")
    bottom = _TOP + _ROW * len(bars) + 4
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        at = coordinate(_x(share))
        whole = share in (0, 1)
        name = "1 = ceiling" if share == 1 else f"{share:g}"
        parts.append(f'<path d="M{at} {_TOP - 6}V{bottom}" stroke="{SOFT if whole else LINE}"/>')
        parts.append(text(_x(share), bottom + 14, name, anchor="middle", colour=SOFT))
    for index, bar in enumerate(bars):
        parts += _bar(bar, _TOP + _ROW * index)
    if any(known(bar.best) or known(bar.median) for bar in bars):
        parts += [
            f'<path d="M{_LEFT + 4} 62l-4-7h8z" fill="{NEURONS}"/>',
            text(_LEFT + 14, 63, "best", colour=SOFT),
            f'<circle cx="{_LEFT + 56}" cy="59" r="3" fill="{NEURONS}"/>',
            text(_LEFT + 64, 63, "median of other models", colour=SOFT),
        ]
    parts.append(text(_LEFT + _WIDTH / 2, bottom + 32, "score (ceiling-normalised)", anchor="middle"))
    told = "; ".join(f"{bar.name}: {number(bar.score) if known(bar.score) else 'no number'}" for bar in bars)
    return document(title, f"{told}.", parts, bottom + 44, subtitle)


def _bar(bar: ScoreBar, top: float) -> list[str]:
    indent, weight = (16, "bold") if bar.parent else (30, "")
    middle = top + _BAR / 2
    parts = [text(indent, middle + 4, shortened(bar.name, _LEFT - indent - 6, 10), size=10, weight=weight)]
    if not known(bar.score):
        return [*parts, text(_LEFT + _WIDTH + 12, middle + 4, "X", colour=SOFT)]
    opacity = "" if bar.parent else ' fill-opacity=".6"'
    parts.append(
        f'<rect x="{_LEFT}" y="{coordinate(top)}" width="{coordinate(_x(bar.score) - _LEFT)}" height="{_BAR}" '
        f'fill="{MODEL}"{opacity}/>'
    )
    if known(bar.error) and bar.error > 0:
        low, high = coordinate(_x(bar.score - bar.error)), coordinate(_x(bar.score + bar.error))
        parts.append(
            f'<path d="M{low} {coordinate(middle)}H{high}M{low} {coordinate(middle - _CAP)}v{2 * _CAP}'
            f'M{high} {coordinate(middle - _CAP)}v{2 * _CAP}" fill="none" stroke="{INK}"/>'
        )
    if known(bar.median):
        parts.append(f'<circle cx="{coordinate(_x(bar.median))}" cy="{coordinate(middle)}" r="3" fill="{NEURONS}"/>')
    if known(bar.best):
        parts.append(f'<path d="M{coordinate(_x(bar.best))} {coordinate(top + 2)}l-4-6h8z" fill="{NEURONS}"/>')
    error = f" ± {number(bar.error)}" if known(bar.error) else ""
    parts.append(text(_LEFT + _WIDTH + 8, middle + 4, f"{number(bar.score)}{error}", size=10, weight=weight))
    return parts


def _x(score: float) -> float:
    return _LEFT + _WIDTH * min(max(score, 0.0), 1.0)
