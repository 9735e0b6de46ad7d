"""What a comparison says, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection

from pytest_brainscore.inference.differences import Difference


def number(value: float) -> str:
    """Return a number with three decimals and without the zero before the point, as the field writes scores."""
    text = f"{value:.3f}"
    text = "0" if float(text) == 0 else text
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def in_words(
    leaf: str,
    models: tuple[str, str],
    difference: Difference,
    *,
    p: float | None = None,
    level: float = 0.05,
    show: Callable[[float], str] = number,
) -> str:
    """Say how two models compare on a leaf: ``V4: B is better by .021 [.008, .035]``.

    Parameters
    ----------
    leaf
        Name of the benchmark or parent.
    models
        First and second; the difference is second minus first.
    difference
        From `paired_difference`.
    p
        Adjusted for a family; by default that of the difference alone.
    level
        At or below which p tells the models apart.
    show
        Writes a number.

    """
    first, second = models
    p = difference.p if p is None else p
    if math.isnan(p):
        return f"{leaf}: {first} and {second} cannot be compared"
    if difference.value == 0 and difference.error == 0:
        return f"{leaf}: {first} and {second} are the same"
    low, high, value = difference.low, difference.high, difference.value
    if p > level:
        return f"{leaf}: {first} and {second} cannot be told apart ({show(value)} [{show(low)}, {show(high)}])"
    if value < 0:
        low, high, value = -high, -low, -value
    return f"{leaf}: {second if difference.value > 0 else first} is better by {show(value)} [{show(low)}, {show(high)}]"


def count_in_words(adjusted: Collection[float], *, level: float = 0.05, method: str = "Holm") -> str:
    """Say how many leaves differ: ``3 of 11 leaves differ after Holm``."""
    known = [p for p in adjusted if not math.isnan(p)]
    differ = sum(p <= level for p in known)
    leaves, verb = "leaf" if len(known) == 1 else "leaves", "differs" if differ == 1 else "differ"
    return f"{differ} of {len(known)} {leaves} {verb} after {method}"
