"""How a number is written: one string for one number, in the terminal, on pages and in every other report."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

DECIMALS: Final = 3
"""Decimals of a score, as on the published pages."""
_DIGITS_OF_A_MEAN: Final = 9
"""A mean of published digits such as .1325 is a little less in float64; nine decimals give such a mean its digits."""
_LONGEST: Final = 1e6
"""Numbers from here on, which are no scores of anything, are written with an exponent."""


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


def signed(difference: float | None, decimals: int = DECIMALS) -> str:
    """Return a difference with its sign, for example ``-.031`` or ``+.000``; empty where there is none."""
    if difference is None:
        return ""
    text = number(difference, decimals)
    return text if text.startswith(("-", "X")) else f"+{text}"
