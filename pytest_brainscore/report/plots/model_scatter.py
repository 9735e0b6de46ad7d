"""One model against another, a point for each benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from pytest_brainscore.report.notation import number
from pytest_brainscore.report.plots.drawing import (
    LINE,
    MODEL,
    SOFT,
    coordinate,
    document,
    known,
    nothing,
    shortened,
    text,
)

_LEFT, _TOP, _SIDE = 64, 64, 520
_NAMED: Final = 6
"""So many benchmarks, those that differ most, have their name beside them."""
_LINE_HEIGHT: Final = 12
"""Least distance between two names, in pixels."""


class Pair(NamedTuple):
    """A benchmark and its two scores."""

    name: str
    first: float | None
    second: float | None


def model_scatter(title: str, first: str, second: str, pairs: Sequence[Pair]) -> str:
    """Draw the scores of one model (across) against those of another (up), both cut to [0, 1].

    Parameters
    ----------
    title
        Heading.
    first, second
        Names of the models.
    pairs
        Benchmarks; those where a model has no number are left out, and counted in the second line.

    """
    both = [(name, min(max(a, 0.0), 1.0), min(max(b, 0.0), 1.0)) for name, a, b in pairs if known(a) and known(b)]
    if not both:
        return nothing(title, "The two models have no benchmark in common.")
    bottom = _TOP + _SIDE
    parts = [f'<path d="M{_LEFT} {bottom}L{_LEFT + _SIDE} {_TOP}" stroke="{SOFT}" stroke-dasharray="4 4"/>']
    for share in (0, 0.2, 0.4, 0.6, 0.8, 1):
        at, level = coordinate(_LEFT + _SIDE * share), coordinate(bottom - _SIDE * share)
        parts.append(f'<path d="M{at} {_TOP}V{bottom}M{_LEFT} {level}H{_LEFT + _SIDE}" stroke="{LINE}"/>')
        parts.append(text(_LEFT + _SIDE * share, bottom + 16, f"{share:g}", anchor="middle", colour=SOFT))
        parts.append(text(_LEFT - 6, bottom - _SIDE * share + 4, f"{share:g}", anchor="end", colour=SOFT))
    parts.append(text(_LEFT + _SIDE / 2, bottom + 36, f"score of {first}", anchor="middle"))
    parts.append(text(18, _TOP + _SIDE / 2, f"score of {second}", anchor="middle", turned=-90))
    for _, a, b in both:
        parts.append(
            f'<circle cx="{coordinate(_LEFT + _SIDE * a)}" cy="{coordinate(bottom - _SIDE * b)}" r="4" '
            f'fill="{MODEL}" fill-opacity=".7"/>'
        )
    outliers = sorted(both, key=lambda each: (-abs(each[2] - each[1]), each[0]))[:_NAMED]
    lowest = -float(_LINE_HEIGHT)
    for name, a, b in sorted(outliers, key=lambda each: (-each[2], each[0])):
        x, y = _LEFT + _SIDE * a, bottom - _SIDE * b
        # Names are pushed down until they are below the one before.
        lowest = max(y + 4, lowest + _LINE_HEIGHT)
        leftwards = a > 0.5
        room = (x - _LEFT if leftwards else _LEFT + _SIDE - x) - 8
        parts.append(
            text(x - 7 if leftwards else x + 7, lowest, shortened(name, room), anchor="end" if leftwards else "start")
        )
    missing = len(pairs) - len(both)
    left_out = f"; {missing} without a number in one of the two" if missing else ""
    better = sum(b > a for _, a, b in both)
    summary = f"{second} is better on {better} of {len(both)} benchmarks{left_out}"
    told = "; ".join(f"{name}: {number(a)}, {number(b)}" for name, a, b in both)
    return document(title, f"{summary}. {told}.", parts, bottom + 50, summary)
