"""Scores of candidate layers, a curve for each region, as SVG that stands alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pytest_brainscore.report.notation import number
from pytest_brainscore.report.plots.drawing import coordinate as _n
from pytest_brainscore.report.plots.drawing import known, safe, ticks_between

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Told apart with every common colour vision (Okabe & Ito 2008, https://jfly.uni-koeln.de/color/), the dark ones."""
_MARKS: Final = ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "M-4-4h8v8h-8z", "M0-5l5 9h-10z", "M0-5l5 5l-5 5l-5-5z")
"""A shape for each curve, so that colour is not all that tells them apart: circle, square, triangle, diamond."""
_STEP, _LEAST_WIDTH, _HEIGHT = 34, 280, 260
"""Pixels between two layers, and size of the area of the curves."""
_LETTER = 6.6
"""Width of a letter of 11 pixels, roughly."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The scores of one region."""

    name: str
    """Name of the region, and of the benchmark where there is room."""
    scores: Sequence[float | None]
    """One for each layer; None where there is none."""
    errors: Sequence[float | None]
    """Half the length of each whisker."""
    chosen: int | None
    """Number of the layer that was chosen."""


def layer_curves(title: str, layers: Sequence[str], curves: Sequence[Curve]) -> str:
    """Draw scores by layer.

    Parameters
    ----------
    title
        Heading, and name of the image for screen readers.
    layers
        Names along the horizontal axis.
    curves
        At most four, in the order of the key. A ring marks the layer that was chosen.

    Returns
    -------
    str
        SVG. It is dark on white, has no scripts, styles or outside references, and can be put into a page as it is.

    Raises
    ------
    ValueError
        When there are more curves than can be told apart, or a curve has not one score a layer.

    """
    if len(curves) > len(COLOURS) or any(len(curve.scores) != len(layers) for curve in curves):
        raise ValueError(f"Give at most {len(COLOURS)} curves with one score for each of the {len(layers)} layers.")
    values = [
        bound
        for curve in curves
        for score, error in zip(curve.scores, curve.errors, strict=True)
        if known(score)
        for bound in (score - (error or 0.0), score + (error or 0.0))
        if math.isfinite(bound)
    ]
    ticks = ticks_between(min([0.0, *values]), max([0.0, *values]))
    labels = max((len(name) for name in layers), default=0) * _LETTER
    left, top = max(64.0, labels * math.cos(math.radians(45)) - _STEP / 2), 40 + 18 * len(curves)
    width = max(_LEAST_WIDTH, _STEP * len(layers))
    step = width / max(1, len(layers))
    whole = (left + width + 20, top + _HEIGHT + labels * math.sin(math.radians(45)) + 28)

    def x(number: int) -> float:
        return left + (number + 0.5) * step

    def y(score: float) -> float:
        return top + _HEIGHT * (ticks[-1] - score) / (ticks[-1] - ticks[0])

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_n(whole[0])}" height="{_n(whole[1])}" '
        f'viewBox="0 0 {_n(whole[0])} {_n(whole[1])}" font-family="sans-serif" font-size="11" fill="#222">',
        f"<title>{safe(title)}</title><desc>{safe(_in_words(layers, curves))}</desc>",
        f'<rect width="{_n(whole[0])}" height="{_n(whole[1])}" fill="#fff"/>',
        f'<text x="{_n(left)}" y="22" font-size="14" font-weight="bold">{safe(title)}</text>',
        f'<text transform="translate({_n(left - 46)} {_n(top + _HEIGHT / 2)}) rotate(-90)" text-anchor="middle">'
        "score</text>",
    ]
    for tick in ticks:
        colour = "#666" if tick == 0 else "#ddd"
        parts.append(f'<path d="M{_n(left)} {_n(y(tick))}h{_n(width)}" stroke="{colour}"/>')
        parts.append(
            f'<text x="{_n(left - 6)}" y="{_n(y(tick) + 4)}" text-anchor="end">{_tick_label(tick, ticks)}</text>'
        )
    for index, name in enumerate(layers):
        parts.append(
            f'<text transform="translate({_n(x(index) + 4)} {_n(top + _HEIGHT + 14)}) rotate(-45)" text-anchor="end">'
            f"{safe(name)}</text>"
        )
    for rank, (curve, colour, mark) in enumerate(zip(curves, COLOURS, _MARKS, strict=False)):
        parts.append(f'<g stroke="{colour}" fill="{colour}">')
        line = [(x(place), y(score)) if known(score) else None for place, score in enumerate(curve.scores)]
        parts.append(f'<path d="{_line(line)}" fill="none" stroke-width="1.5"/>')
        for place, (point, score, error) in enumerate(zip(line, curve.scores, curve.errors, strict=True)):
            if point is None or score is None:
                continue
            if error is not None and math.isfinite(error):
                low, high = y(score - error), y(score + error)
                parts.append(f'<path d="M{_n(point[0])} {_n(low)}V{_n(high)}" fill="none"/>')
            parts.append(f'<path d="{mark}" transform="translate({_n(point[0])} {_n(point[1])})"/>')
            if place == curve.chosen:
                parts.append(f'<circle cx="{_n(point[0])}" cy="{_n(point[1])}" r="9" fill="none" stroke-width="2"/>')
        key = 40 + 18 * rank
        parts.append(f'<path d="{mark}" transform="translate({_n(left + 6)} {key})"/></g>')
        best = f": {layers[curve.chosen]}" if curve.chosen is not None else ": none chosen"
        parts.append(f'<text x="{_n(left + 18)}" y="{key + 4}">{safe(curve.name + best)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _line(points: Sequence[tuple[float, float] | None]) -> str:
    """Return a path through neighbouring points; it is broken where one lacks."""
    parts, joined = [], False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if joined else 'M'}{_n(point[0])} {_n(point[1])}")
        joined = point is not None
    return "".join(parts)


def _tick_label(tick: float, ticks: Sequence[float]) -> str:
    decimals = max(0, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9))
    return f"{tick:.{decimals}f}"


def _in_words(layers: Sequence[str], curves: Sequence[Curve]) -> str:
    told = []
    for curve in curves:
        scores = [
            f"{layer} {number(score)}" for layer, score in zip(layers, curve.scores, strict=True) if score is not None
        ]
        told.append(f"{curve.name}: {', '.join(scores) or 'no scores'}.")
    return " ".join(told)
