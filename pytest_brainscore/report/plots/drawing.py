"""What every plot is made of: a titled SVG document, text, axes and numbers, the same bytes for the same data.

Presentation attributes only, so that a plot can stand in a page whose content policy refuses style attributes. Every
plot brings its own white paper and is dark on it: it looks the same on light and dark pages, and in print.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, Literal, NamedTuple, TypeGuard

MODEL: Final = "#0072b2"
NEURONS: Final = "#d55e00"
"""Blue and vermilion: told apart with every common colour vision (Okabe & Ito 2008,
https://jfly.uni-koeln.de/color/). Like `INK` and `SOFT` they have a contrast of at least 3:1 to the paper (WCAG 2.1,
1.4.11)."""
INK: Final = "#1d2126"
SOFT: Final = "#5a626c"
LINE: Final = "#dfe3e8"
"""Text, second text, and lines of a grid."""
WIDTH: Final = 640
"""Width of every plot, in pixels."""
_LETTER = 0.6
"""Mean width of a sans-serif letter, as a part of the size of the type."""

Anchor = Literal["start", "middle", "end"]


class Box(NamedTuple):
    """The area between the axes, in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Lower border."""
        return self.top + self.height

    @property
    def right(self) -> float:
        """Right border."""
        return self.left + self.width


def document(title: str, description: str, parts: Iterable[str], height: float, subtitle: str = "") -> str:
    """Return a whole plot: paper, heading at the top left, and what is drawn on it.

    Parameters
    ----------
    title
        Heading, and name of the image for screen readers; cut where it is too long to be shown.
    description
        What the plot shows in words, for screen readers.
    parts
        SVG elements.
    height
        In pixels; the width is `WIDTH`.
    subtitle
        Second line.

    """
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" height="{coordinate(height)}" '
        f'viewBox="0 0 {WIDTH} {coordinate(height)}" font-family="system-ui, sans-serif" font-size="11" fill="{INK}">',
        f"<title>{safe(title)}</title>",
        f"<desc>{safe(description)}</desc>",
        f'<rect width="{WIDTH}" height="{coordinate(height)}" fill="#fff"/>',
        text(16, 24, shortened(title, WIDTH - 32, 15), size=15, weight="bold"),
    ]
    if subtitle:
        lines.append(text(16, 42, shortened(subtitle, WIDTH - 32), colour=SOFT))
    return "\n".join([*lines, *parts, "</svg>\n"])


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: Anchor = "start",
    size: float = 11,
    colour: str = INK,
    weight: str = "",
    turned: float = 0,
) -> str:
    """Return a line of text whose base line starts, has its middle or ends at a point; `turned` clockwise, degrees."""
    place = f'x="{coordinate(x)}" y="{coordinate(y)}"'
    if turned:
        place = f'transform="translate({coordinate(x)} {coordinate(y)}) rotate({coordinate(turned)})"'
    attributes = [place]
    if anchor != "start":
        attributes.append(f'text-anchor="{anchor}"')
    if size != 11:
        attributes.append(f'font-size="{coordinate(size)}"')
    if colour != INK:
        attributes.append(f'fill="{colour}"')
    if weight:
        attributes.append(f'font-weight="{weight}"')
    return f"<text {' '.join(attributes)}>{safe(words)}</text>"


def safe(words: str) -> str:
    """Return text that cannot be markup, without the control characters that XML forbids."""
    return escape("".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words))


def shortened(words: str, width: float, size: float = 11) -> str:
    """Return text cut to about `width` pixels, with an ellipsis where something was cut."""
    letters = max(1, int(width / (size * _LETTER)))
    return words if len(words) <= letters else words[: letters - 1] + "…"


def coordinate(value: float) -> str:
    """Return a number of pixels to a tenth."""
    # Adding 0 takes the sign from what is rounded to nothing.
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def known(value: float | None) -> TypeGuard[float]:
    """Tell whether there is a number."""
    return value is not None and math.isfinite(value)


def round_ticks(highest: float) -> list[float]:
    """Return about five round numbers from 0 to at least `highest`."""
    if not highest > 0:
        return [0.0, 1.0]
    least = highest / 5
    size = 10.0 ** math.floor(math.log10(least))
    size *= next(factor for factor in (1, 2, 5, 10) if factor * size >= least * (1 - 1e-9))
    return [number * size for number in range(math.ceil(highest / size - 1e-9) + 1)]


def ticks_between(low: float, high: float, count: int = 5) -> list[float]:
    """Return about `count` round numbers, at least two, from at most `low` to at least `high`."""
    span = high - low or 1.0
    size = 10.0 ** math.floor(math.log10(span / count))
    size *= next(factor for factor in (1, 2, 5, 10) if factor * size >= span / count)
    first, last = math.floor(low / size + 1e-9), max(math.ceil(high / size - 1e-9), math.floor(low / size) + 1)
    return [number * size for number in range(first, last + 1)]


def frame(box: Box) -> str:
    """Return the left and the lower axis."""
    return (
        f'<path d="M{coordinate(box.left)} {coordinate(box.top)}V{coordinate(box.bottom)}H{coordinate(box.right)}" '
        f'fill="none" stroke="{SOFT}"/>'
    )


def across(box: Box, ticks: Sequence[float], label: str, *, percent: bool = False) -> list[str]:
    """Return the grid lines, numbers and name of an upright axis that goes from the first tick to the last."""
    parts = []
    for tick in ticks:
        y = box.bottom - box.height * (tick - ticks[0]) / (ticks[-1] - ticks[0])
        number = f"{100 * tick:g} %" if percent else f"{tick:g}"
        parts.append(f'<path d="M{coordinate(box.left)} {coordinate(y)}H{coordinate(box.right)}" stroke="{LINE}"/>')
        parts.append(text(box.left - 6, y + 4, number, anchor="end", colour=SOFT))
    parts.append(text(18, box.top + box.height / 2, label, anchor="middle", turned=-90))
    return parts


def nothing(title: str, why: str) -> str:
    """Return the plot of no data: the heading, and a sentence."""
    return document(title, why, [text(16, 62, why, colour=SOFT)], 84)
