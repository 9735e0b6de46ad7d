"""Scores against a number, such as the epoch of a training: a small panel for each benchmark, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pytest_brainscore.report.notation import number
from pytest_brainscore.report.plots.drawing import (
    LINE,
    SOFT,
    WIDTH,
    Box,
    coordinate,
    document,
    frame,
    known,
    nothing,
    safe,
    shortened,
    text,
    ticks_between,
)
from pytest_brainscore.report.plots.layer_curves import COLOURS

_COLUMNS: Final = 3
_PANEL: Final = (200.0, 150.0)
"""Width and height of a panel with its title and axes, in pixels."""
_TOP: Final = 56
_LOGARITHMIC: Final = 50
"""From this ratio of the largest to the smallest value on, the axis is logarithmic."""
_TICKS: Final = 3


@dataclass(frozen=True)
class Point:
    """A score, or the mean of several."""

    value: float
    """Where it is on the axis."""
    score: float
    low: float | None = None
    """Ends of its error or interval."""
    high: float | None = None
    each: Sequence[float] = field(default_factory=list)
    """The scores that it is the mean of; empty where it is one."""


@dataclass(frozen=True)
class Line:
    """Points that belong together, in their order along the axis."""

    name: str
    """What tells it from the other lines; empty for the only one."""
    points: Sequence[Point]


@dataclass(frozen=True)
class Panel:
    """The scores on one benchmark or parent."""

    name: str
    lines: Sequence[Line]


def axis_panels(title: str, axis: str, panels: Sequence[Panel]) -> str:
    """Draw scores against a number.

    Parameters
    ----------
    title
        Heading, and name of the image for screen readers.
    axis
        Name of the number.
    panels
        Each with its own scale of scores; of more than four lines, the fifth has the colour of the first.

    """
    values = [point.value for panel in panels for line in panel.lines for point in line.points]
    if not values:
        return nothing(title, "There are no scores.")
    names = [name for name in dict.fromkeys(line.name for panel in panels for line in panel.lines) if name]
    scale = _Scale(min(values), max(values))
    parts: list[str] = []
    for place, name in enumerate(names):
        colour = COLOURS[place % len(COLOURS)]
        parts.append(text(16 + place % 4 * 150, _TOP - 2 + place // 4 * 14, shortened(name, 146), colour=colour))
    top = _TOP + 14 * math.ceil(len(names) / 4)
    width, height = _PANEL
    for place, panel in enumerate(panels):
        row, column = divmod(place, _COLUMNS)
        left = 16 + column * (WIDTH - 32 - width) / (_COLUMNS - 1)
        box = Box(left + 34, top + row * height + 20, width - 42, height - 62)
        parts += _panel(panel, names, scale, box, axis if row == (len(panels) - 1) // _COLUMNS else "")
    subtitle = (
        "parents: mean of what ran; bars: errors; of several seeds: mean over seeds, its 95 % interval, and each seed"
    )
    rows = math.ceil(len(panels) / _COLUMNS)
    return document(title, _in_words(axis, panels), parts, top + rows * height + 8, subtitle)


class _Scale:
    """From a number to its place along the axis, 0 to 1."""

    def __init__(self, low: float, high: float) -> None:
        self._logarithmic = low > 0 and high / low >= _LOGARITHMIC
        self._low, self._high = self._of(low), self._of(high)

    def _of(self, value: float) -> float:
        return math.log(value) if self._logarithmic else value

    def place(self, value: float) -> float:
        span = self._high - self._low
        return (self._of(value) - self._low) / span if span else 0.5


def _panel(panel: Panel, names: Sequence[str], scale: _Scale, box: Box, axis: str) -> Iterator[str]:
    yield text(box.left - 34, box.top - 8, shortened(panel.name, _PANEL[0]), weight="bold")
    points = [point for line in panel.lines for point in line.points]
    bounds = [bound for each in points for bound in (each.score, each.low, each.high, *each.each) if known(bound)]
    ticks = ticks_between(min(bounds), max(bounds), _TICKS)

    def x(value: float) -> float:
        return box.left + 6 + (box.width - 12) * scale.place(value)

    def y(score: float) -> float:
        return box.bottom - box.height * (score - ticks[0]) / (ticks[-1] - ticks[0])

    for tick in ticks:
        yield f'<path d="M{coordinate(box.left)} {coordinate(y(tick))}H{coordinate(box.right)}" stroke="{LINE}"/>'
        yield text(box.left - 4, y(tick) + 4, f"{tick:.6g}", anchor="end", size=9, colour=SOFT)
    yield frame(box)
    shown = -math.inf
    values = sorted({point.value for point in points})
    for value in values:
        last = x(values[-1])
        if value == values[-1] or (x(value) - shown >= 28 and last - x(value) >= 28):
            shown = x(value)
            yield text(shown, box.bottom + 12, f"{value:.6g}", anchor="middle", size=9, colour=SOFT)
    if axis:
        yield text(box.left + box.width / 2, box.bottom + 25, axis, anchor="middle", size=10, colour=SOFT)
    for line in panel.lines:
        colour = COLOURS[names.index(line.name) % len(COLOURS) if line.name in names else 0]
        yield f'<g stroke="{colour}" fill="{colour}">'
        way = "L".join(f"{coordinate(x(each.value))} {coordinate(y(each.score))}" for each in line.points)
        yield f'<path d="M{way}" fill="none" stroke-width="1.5"/>'
        for each in line.points:
            at = coordinate(x(each.value))
            if known(each.low) and known(each.high):
                yield f'<path d="M{at} {coordinate(y(each.low))}V{coordinate(y(each.high))}" fill="none"/>'
            yield f'<circle cx="{at}" cy="{coordinate(y(each.score))}" r="2.5"/>'
            for score in each.each:
                yield f'<circle cx="{at}" cy="{coordinate(y(score))}" r="1.5" fill="none" stroke-width=".7"/>'
        yield "</g>"


def _in_words(axis: str, panels: Sequence[Panel]) -> str:
    told = [
        f"{safe(panel.name)}{f', {safe(line.name)}' if line.name else ''}: "
        + ", ".join(f"{axis} {point.value:.6g} {number(point.score)}" for point in line.points)
        for panel in panels
        for line in panel.lines
    ]
    return ". ".join(told)
