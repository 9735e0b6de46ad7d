"""Is the difference of two models real? Interval and p of a difference from bootstrap values with common draws."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from pytest_brainscore.inference.draws import FloatArray
from pytest_brainscore.inference.levels import Replicates


class Difference(NamedTuple):
    """A paired difference of two scores, second minus first."""

    value: float
    low: float
    """Lower end of the interval; NaN where there is none."""
    high: float
    centre: float
    """Of the interval: the mean difference of bootstrap values. It varies less than `value` where that is a median or a
    largest distance, which jump; elsewhere the two are nearly equal."""
    error: float
    """Standard error of the difference; 0 where both have the same bootstrap values."""
    p: float
    """Two-sided, of no difference; 1 where there is none at all, NaN where it cannot be told."""
    level: float
    """Of the interval, for example .95."""
    freedom: float = math.inf
    """Degrees of freedom of the error: few where it comes from few people."""


def paired_difference(
    first: Replicates, second: Replicates, *, level: float = 0.95, rounding: float = 0.0
) -> Difference:
    """Compare two models on the same draws.

    Parameters
    ----------
    first, second
        Bootstrap values with the same draws.
    level
        Of the interval, above 0 and below 1.
    rounding
        A difference up to this is none, for scores that were stored with few digits.

    Returns
    -------
    The `Difference`, with the interval of Student's t, which is the normal one but for few units, about the mean of the
    bootstrap values (Efron 2014, doi 10.1080/01621459.2013.823775): of simulated recordings it covers the truth as
    often as it should (``python -m tests.statistics.coverage``), it goes together with p, and p can be as small as many
    comparisons need.
    NaN where half of the draws have no number.

    Raises
    ------
    ValueError
        If the two do not have equally many bootstrap values, or the level is none.

    """
    if first.values.shape != second.values.shape or first.parts.shape != second.parts.shape:
        raise ValueError(
            f"{first.values.size} and {second.values.size} bootstrap values are not of the same draws: score both "
            "models with the same number of them."
        )
    if not 0 < level < 1:
        raise ValueError(f"An interval of level {level} cannot be given: choose one between 0 and 1, such as 0.95.")
    value = second.score - first.score
    value = 0.0 if abs(value) <= rounding else value
    error = paired_error(first, second)
    if np.isnan(error) or np.isnan(value):
        nan = float("nan")
        return Difference(value, nan, nan, nan, nan, nan, level)
    # From the scores as they were when the bootstrap values were drawn about them.
    shift = np.nanmean(_exact(second)[0] - _exact(first)[0]) - (second.score - first.score)
    centre = value + float(shift) if error else value
    freedom = _freedom(error, _exact(second)[1] - _exact(first)[1])
    reach = quantile((1 + level) / 2, freedom) * error
    p = 2 * tail(-abs(centre), error, freedom)
    return Difference(value, centre - reach, centre + reach, centre, error, p, level, freedom)


def paired_error(first: Replicates, second: Replicates) -> float:
    """Return the standard error of a difference; NaN where half of the draws have no number."""
    (values, parts), (others, of_others) = _exact(first), _exact(second)
    return _error(others - values, of_others - parts)


def score_error(replicates: Replicates) -> float:
    """Return the standard error of a score; NaN where half of the draws have no number."""
    return _error(*_exact(replicates))


def tail(value: float, error: float, freedom: float = math.inf) -> float:
    """Return how likely a deviation of this error is at or below a value; 0.5 where both are 0."""
    if error == 0:
        return 0.5 if value == 0 else float(value > 0)
    return float(ndtr(value / error) if math.isinf(freedom) else stdtr(freedom, value / error))


def quantile(probability: float, freedom: float = math.inf) -> float:
    """Return what a deviation of error 1 is below with this probability."""
    return float(ndtri(probability) if math.isinf(freedom) else stdtrit(freedom, probability))


def _freedom(error: float, parts: FloatArray) -> float:
    """Return the degrees of freedom of an error: those of its parts that come from few units (Satterthwaite)."""
    uncertain = float(np.sum(np.mean(parts[1:] ** 2, axis=1) ** 2)) if len(parts) > 1 else 0.0
    return max(error**4 / uncertain, 1.0) if uncertain > 0 else math.inf


def _exact(replicates: Replicates) -> tuple[FloatArray, FloatArray]:
    """Return values and parts in double precision, which may have been stored with less."""
    return np.asarray(replicates.values, dtype=np.float64), np.asarray(replicates.parts, dtype=np.float64)


def _error(values: FloatArray, parts: FloatArray) -> float:
    defined = values[np.isfinite(values)]
    if defined.size < max(2, values.size / 2):
        return float("nan")
    variance = float(defined.var())
    # What is counted twice is at most half of what was counted.
    return float(np.sqrt(max(variance - float(np.mean(parts[:1] ** 2)), variance / 2)))
