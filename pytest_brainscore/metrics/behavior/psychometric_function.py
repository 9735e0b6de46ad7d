"""Accuracy as a function of the strength of a stimulus.

The function is that of Wichmann & Hill (2001), doi 10.3758/BF03194544, equation 1; fit and trimming are those of the
published system.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import ndtr, ndtri

from pytest_brainscore.one_thread import one_thread

GUESS_RATE = 0.5
"""Chance in a task of two alternatives."""
# The starts and the bounds of the published fit.
_FIRST_SLOPES = np.logspace(-3, 1, 50)
_LAPSE_RATES = (0.03, 0.5)


class PsychometricFit(NamedTuple):
    """A fitted psychometric function."""

    slope: float
    """In the inverse of the unit of the strength. It is not bounded: negative for accuracies that fall."""
    midpoint: float
    """Strength at which the normal distribution is at 1/2."""
    lapse_rate: float
    """Share of wrong answers to the strongest stimuli, 0.03 to 0.5."""
    r_squared: float
    """Share of variance of the accuracies that the function explains; NaN if they are all the same."""


def psychometric_function(strength: ArrayLike, slope: float, midpoint: float, lapse_rate: float) -> NDArray[np.float64]:
    """Accuracy by strength, g + (1 - g - l) Phi(slope (x - midpoint)), Phi being the cumulative normal distribution.

    Parameters
    ----------
    strength
        Any shape.
    slope, midpoint
        In the inverse of the unit of the strength, and in this unit.
    lapse_rate
        Shares l and g; the accuracies are from g to 1 - l.

    Returns
    -------
    Accuracies, of the shape of the strength.

    """
    x = np.asarray(strength, dtype=np.float64)
    return np.asarray(GUESS_RATE + (1 - GUESS_RATE - lapse_rate) * ndtr(slope * (x - midpoint)))


def inverse_psychometric_function(
    accuracy: ArrayLike, slope: float, midpoint: float, lapse_rate: float
) -> NDArray[np.float64]:
    """Strength at which `psychometric_function` takes an accuracy; its parameters.

    Returns
    -------
    Strengths, of the shape of the accuracy; infinite at g and 1 - l, NaN beyond; not finite for a flat function.

    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.divide(np.asarray(accuracy, dtype=np.float64) - GUESS_RATE, 1 - GUESS_RATE - lapse_rate)
        return np.asarray(midpoint + np.divide(ndtri(share), slope))


def points_before_decline(accuracies: ArrayLike) -> int:
    """Count the first points of a curve, those before it falls for good.

    An experimenter would not have shown stimuli so strong that they are harder again. A curve falls for good after its
    (first) maximum, where it and all that follows are at least one standard deviation (ddof 0) off the maximum.

    Parameters
    ----------
    accuracies
        Ordered by strength, shape (point,).

    Returns
    -------
    Number of points to retain, from 1 to all. Of a flat curve one point is retained.

    Raises
    ------
    ValueError
        If there is no point.

    """
    values = np.asarray(accuracies, dtype=np.float64)
    best = int(values.argmax())
    if np.ptp(values) == 0:  # the deviation of equal values need not be 0
        return 1
    near = np.flatnonzero(np.abs(values - values[best]) < values.std())
    return int(near.max(initial=best)) + 1


@one_thread()
def fit_psychometric_function(strengths: ArrayLike, accuracies: ArrayLike) -> PsychometricFit | None:
    """Fit slope, midpoint and lapse rate by maximum likelihood.

    The least of -sum(y log F + (1 - y) log(1 - F)) by L-BFGS-B with its default differences and tolerances, from 50
    slopes of 0.001 to 10 times all strengths as the midpoint, and 1 - max(y) as the lapse rate. Every strength counts
    the same, however many trials it has. Takes a second for ten points.

    Parameters
    ----------
    strengths, accuracies
        Shape (point,) each; accuracies from 0 to 1.

    Returns
    -------
    The `PsychometricFit`, or None if no start led to a likelihood.

    Raises
    ------
    ValueError
        If the shapes do not fit, there is no point, or a number is out of its range.

    """
    x, y = np.asarray(strengths, dtype=np.float64), np.asarray(accuracies, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or x.size == 0:
        raise ValueError(f"Strengths {x.shape} and accuracies {y.shape} do not fit: give one of each per point.")
    if not (np.isfinite(x).all() and ((y >= 0) & (y <= 1)).all()):
        raise ValueError("Strengths or accuracies are out of range: give finite strengths and accuracies of 0 to 1.")

    def negative_log_likelihood(parameters: NDArray[np.float64]) -> float:
        # With these guess and lapse rates F is from 0.5 to 0.97, so that both logarithms are finite.
        expected = psychometric_function(x, *parameters)
        return float(-np.sum(y * np.log(expected) + (1 - y) * np.log(1 - expected)))

    least, best = math.inf, None
    # The published start is outside of the bounds for y > 0.97; L-BFGS-B starts from the nearest bound there.
    lapse_rate = float(np.clip(1 - y.max(), *_LAPSE_RATES))
    for slope in _FIRST_SLOPES:
        for midpoint in x:
            result = minimize(
                negative_log_likelihood,
                np.array([slope, midpoint, lapse_rate]),
                method="L-BFGS-B",
                bounds=((None, None), (None, None), _LAPSE_RATES),
            )
            if result.fun < least:
                least, best = float(result.fun), result.x
    if best is None:
        return None
    variation = np.sum((y - y.mean()) ** 2)
    residual = np.sum((y - psychometric_function(x, *best)) ** 2)
    r_squared = math.nan if np.ptp(y) == 0 else float(1 - residual / variation)
    return PsychometricFit(float(best[0]), float(best[1]), float(best[2]), r_squared)
