"""Is it easier to find A among B than B among A, for few and for many distractors?

As in the visual search benchmarks of Ferguson, Ngo, Lee, DiCarlo & Schrimpf (2024), doi 10.17605/OSF.IO/5BA3N, as
scored by the published system.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

SET_SIZES = (1, 5, 11)
"""Number of distractors in the displays of these experiments."""
# The published integral is rounded to as many decimals.
_DECIMALS = 4


def lapse_corrected(accuracy: ArrayLike, lapse_rate: float) -> NDArray[np.float64]:
    """Accuracy without the trials in which an observer guesses, whatever is shown: (a - L/2) / (1 - L).

    Parameters
    ----------
    accuracy
        Share of right answers out of two alternatives, any shape.
    lapse_rate
        Share L of trials that are guessed, 0 to below 1.

    Returns
    -------
    Corrected accuracy, of the same shape; above 1 for an observer who lapses less than L.

    Raises
    ------
    ValueError
        If the lapse rate is outside of [0, 1).

    """
    if not 0 <= lapse_rate < 1:
        raise ValueError(f"A lapse rate of {lapse_rate} leaves no trial to correct: give at least 0 and less than 1.")
    return np.asarray((np.asarray(accuracy, dtype=np.float64) - lapse_rate / 2) / (1 - lapse_rate))


def asymmetry_integral(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Area between the accuracies of two search tasks over the number of distractors, by the trapezoidal rule.

    Parameters
    ----------
    first, second
        Accuracy in the first and in the second block (target and distractor change their roles) for 1, 5 and 11
        distractors, shape (..., 3).

    Returns
    -------
    Integral of second minus first from 1 to 11 distractors, shape (...), rounded to 4 decimals as published; -10 to
    10 for accuracies of 0 to 1.

    Raises
    ------
    ValueError
        If there are not three accuracies.

    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != other.shape or one.ndim == 0 or one.shape[-1] != len(SET_SIZES):
        raise ValueError(
            f"Accuracies of shapes {one.shape} and {other.shape} have no integral: give one for each of "
            f"{', '.join(map(str, SET_SIZES))} distractors, twice."
        )
    delta = other - one
    means = (delta[..., 1:] + delta[..., :-1]) / 2
    return np.asarray(np.round(means @ np.diff(SET_SIZES), _DECIMALS))
