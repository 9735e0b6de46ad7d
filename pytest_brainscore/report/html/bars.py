"""The bar of a score as inline SVG: from 0 on the left to the ceiling on the right.

Only presentation attributes and classes are used, since a strict content policy refuses style attributes. Numbers are
the only thing that enters the drawing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from pytest_brainscore.report.html.palette import colour_of_score
from pytest_brainscore.report.plots.drawing import coordinate

HEIGHT = 22
# The bar itself; above it is room for the marks of best and median, below it for the baseline.
_TOP, _BOTTOM = 5, 17
_CAP = 3


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What a bar shows; all numbers are scores, drawn cut to [0, 1]."""

    value: float
    """Length of the bar, which has its colour."""
    error: float | None = None
    """Half the length of the whisker."""
    mean_of_what_ran: float | None = None
    """Length of the pale bar behind."""
    best: float | None = None
    """Highest score of other models, marked by a triangle."""
    median: float | None = None
    """Median score of other models, marked by a circle."""
    baseline: float | None = None
    """Score of the baseline, a tick below the bar."""
    untrained: float | None = None
    """Mean score of untrained twins, marked by a hollow circle below the bar."""
    pixels: float | None = None
    """Score of pixels, marked by a hollow square below the bar."""
    tolerance: float | None = None
    """Half the width of the band around the baseline within which a score is unchanged."""


def draw(bar: Bar, width: int) -> Markup:
    """Return a bar as SVG, `width` pixels wide. It is hidden from screen readers: all of it is in the text too."""

    def x(score: float) -> str:
        return coordinate(min(max(score, 0.0), 1.0) * width)

    def span(low: float, high: float) -> str:
        left, right = (min(max(each, 0.0), 1.0) * width for each in (low, high))
        return f'x="{coordinate(left)}" width="{coordinate(right - left)}"'

    height = _BOTTOM - _TOP
    fill = f'fill="{colour_of_score(bar.value)}"'
    # Left border: 0; right border: the ceiling.
    parts = [f'<path class="z" d="M.5 {_TOP - 3}V{_BOTTOM + 3}M{width - 0.5} {_TOP - 3}V{_BOTTOM + 3}"/>']
    if bar.mean_of_what_ran is not None and bar.mean_of_what_ran > bar.value:
        parts.append(f'<rect {span(0, bar.mean_of_what_ran)} y="{_TOP}" height="{height}" {fill} fill-opacity=".25"/>')
    parts.append(f'<rect {span(0, bar.value)} y="{_TOP}" height="{height}" {fill}/>')
    if bar.error is not None and math.isfinite(bar.error) and bar.error > 0:
        low, high, middle = x(bar.value - bar.error), x(bar.value + bar.error), (_TOP + _BOTTOM) // 2
        parts.append(
            f'<path class="w" d="M{low} {middle}H{high}M{low} {middle - _CAP}V{middle + _CAP}'
            f'M{high} {middle - _CAP}V{middle + _CAP}"/>'
        )
    if bar.median is not None:
        at = x(bar.median)
        parts.append(f'<path class="q" d="M{at} {_TOP}V{_BOTTOM}"/><circle class="m" cx="{at}" cy="2.5" r="2"/>')
    if bar.best is not None:
        at = x(bar.best)
        parts.append(f'<path class="q" d="M{at} {_TOP}V{_BOTTOM}"/><path class="m" d="M{at} 5l-3-5h6z"/>')
    if bar.baseline is not None:
        if bar.tolerance:
            band = span(bar.baseline - bar.tolerance, bar.baseline + bar.tolerance)
            parts.append(f'<rect class="t" {band} y="{_BOTTOM}" height="4"/>')
        parts.append(f'<path class="b" d="M{x(bar.baseline)} {_BOTTOM - 2}V{HEIGHT}"/>')
    if bar.untrained is not None:
        parts.append(f'<circle class="l" cx="{x(bar.untrained)}" cy="{_BOTTOM + 2.5}" r="2"/>')
    if bar.pixels is not None:
        left = coordinate(min(max(bar.pixels, 0.0), 1.0) * width - 2)
        parts.append(f'<rect class="l" x="{left}" y="{_BOTTOM + 0.5}" width="4" height="4"/>')
    svg = f'<svg class="bar" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" aria-hidden="true">'
    return Markup(f"{svg}{''.join(parts)}</svg>")  # noqa: S704 - numbers and constants only
