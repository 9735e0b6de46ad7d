"""How near is one number to another, on a scale from 0 to 1?"""

from __future__ import annotations

import math


def value_delta(model: float, human: float, scale: float = 1.0) -> float:
    """Similarity of two numbers that falls exponentially with their distance: exp(-scale |model - human|).

    As in the visual search benchmarks of Ferguson, Ngo, Lee, DiCarlo & Schrimpf (2024), doi 10.17605/OSF.IO/5BA3N,
    which take a scale of 0.75.

    Parameters
    ----------
    model, human
        The two numbers, in the same unit; which is which does not matter.
    scale
        Above 0, in the inverse of that unit.

    Returns
    -------
    Similarity, 0 to 1: 1 for equal numbers. NaN if one is NaN or both are the same infinity; 0 if one is infinite.

    Raises
    ------
    ValueError
        If the scale is not a finite number above 0.

    """
    if not (math.isfinite(scale) and scale > 0):
        raise ValueError(f"A scale of {scale} gives no similarity: give a finite number above 0.")
    return math.exp(-scale * abs(model - human))
