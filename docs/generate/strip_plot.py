"""Published scores of a benchmark as a strip of dots: one for each model, on the axis from 0 to 1."""

from __future__ import annotations

import html
import statistics
from collections.abc import Mapping

_WIDTH, _HEIGHT, _LEFT = 640, 74, 12
_ROWS = 5
"""Dots are placed on so many lines in turn, by rank, so that equal scores stay apart."""


def strip_plot(scores: Mapping[str, float], title: str) -> str:
    """Return a figure of HTML; each dot tells its model and score to a pointer.

    Parameters
    ----------
    scores
        By model, within [0, 1]; at least one.
    title
        What is shown, read out in place of the figure.

    """
    median = statistics.median(scores.values())
    ranked = sorted(scores.items(), key=lambda item: (item[1], item[0]))
    dots = "".join(
        f'<circle cx="{_x(score):.1f}" cy="{10 + 8 * (rank % _ROWS)}" r="4" fill="currentColor" fill-opacity=".45">'
        f"<title>{html.escape(model)}: {score:.3f}</title></circle>"
        for rank, (model, score) in enumerate(ranked)
    )
    ticks = "".join(
        f'<path d="M{_x(tick):.1f} 50v5" stroke="currentColor"/>'
        f'<text x="{_x(tick):.1f}" y="69" font-size="12" text-anchor="middle" fill="currentColor">{tick:.1f}</text>'
        for tick in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    line = f'<path d="M{_x(median):.1f} 2v48" stroke="currentColor" stroke-dasharray="3 2"/>' if len(scores) > 1 else ""
    axis = f'<path d="M{_x(0):.1f} 50H{_x(1):.1f}" stroke="currentColor"/>'
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="100%" style="max-width:{_WIDTH}px" role="img" '
        f'aria-label="{html.escape(title)}">{axis}{ticks}{line}{dots}</svg>\n'
    )


def _x(score: float) -> float:
    return _LEFT + score * (_WIDTH - 2 * _LEFT)
