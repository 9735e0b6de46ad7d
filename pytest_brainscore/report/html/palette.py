"""The colours of scores, which everybody can tell apart."""

from __future__ import annotations

from typing import Final

# Low, middle and high, as red, green and blue. Orange and blue stay apart for protanopes, deuteranopes and tritanopes,
# and all of them have a contrast of at least 3:1 to both the white and the near-black background of the page
# (WCAG 2.1, 1.4.11).
_STOPS: Final = ((196, 96, 26), (132, 126, 120), (42, 116, 190))


def colour_of_score(score: float) -> str:
    """Return the colour of a score, which is cut to [0, 1], as six hexadecimal digits after a ``#``.

    Between the stops, which are evenly spaced, red, green and blue are interpolated.
    """
    place = min(max(score, 0.0), 1.0) * (len(_STOPS) - 1)
    index = min(int(place), len(_STOPS) - 2)
    share = place - index
    channels = (a + (b - a) * share for a, b in zip(_STOPS[index], _STOPS[index + 1], strict=True))
    return "#" + "".join(f"{round(channel):02x}" for channel in channels)
