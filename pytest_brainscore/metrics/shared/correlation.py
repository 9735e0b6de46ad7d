"""Correlation between two recordings of the same stimuli, for all neuroids at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.shared.splits import Split

# Differences this small against the largest value are rounding, of values that were computed: correlations, means.
ROUNDING = 1e-12
# Of values whose squares are summed as they are, as a power of two.
_LARGEST_EXPONENT = 400


def pearson_correlation(first: ArrayLike, second: ArrayLike, *, rounding: float = 0.0) -> NDArray[np.float64]:
    """Pearson correlation over stimuli, neuroid by neuroid.

    Parameters
    ----------
    first, second
        Responses, shape (..., stimulus, neuroid), the same stimuli in the same order in both.
    rounding
        Responses that differ by no more than this share of the largest magnitude are constant: 0 for what was
        recorded, `ROUNDING` for what was computed.

    Returns
    -------
    Correlation, shape (..., neuroid), -1 to 1. NaN where one of the two responses is constant over stimuli or has a
    NaN.

    Raises
    ------
    ValueError
        If the shapes differ or there are fewer than two stimuli.

    """
    one = np.asarray(first, dtype=np.float64)
    other = np.asarray(second, dtype=np.float64)
    if one.shape != other.shape or one.ndim < 2 or one.shape[-2] < 2:
        raise ValueError(
            f"Responses of shapes {one.shape} and {other.shape} cannot be correlated: "
            "give (stimulus, neuroid) twice, with the same two or more stimuli."
        )
    # Subtracting the mean can leave rounding noise in a constant response, and two noises correlate.
    constant = _constant(one, rounding) | _constant(other, rounding)
    one = _brought_near_one(one - one.mean(axis=-2, keepdims=True))
    other = _brought_near_one(other - other.mean(axis=-2, keepdims=True))
    covariance = np.einsum("...sn,...sn->...n", one, other)
    norms = np.sqrt(np.einsum("...sn,...sn->...n", one, one)) * np.sqrt(np.einsum("...sn,...sn->...n", other, other))
    correlation = np.full(covariance.shape, np.nan)
    np.divide(covariance, norms, out=correlation, where=~constant & (norms > 0))
    clipped: NDArray[np.float64] = np.clip(correlation, -1, 1)
    return clipped


def correlate_predictions(
    predictions: Iterable[NDArray[np.float64]], responses: NDArray[np.float64], splits: Sequence[Split]
) -> NDArray[np.float64]:
    """Correlate predicted with recorded responses to the test stimuli of each split.

    Parameters
    ----------
    predictions
        One per split, shape (test stimulus, neuroid).
    responses
        To all stimuli, shape (stimulus, neuroid).
    splits
        Row numbers of the test stimuli.

    Returns
    -------
    Pearson correlation, shape (split, neuroid); NaN where prediction or response is constant over the test stimuli.

    """
    return np.stack(
        [
            pearson_correlation(prediction, responses[split.test])
            for prediction, split in zip(predictions, splits, strict=True)
        ]
    )


def spearman_correlation(first: ArrayLike, second: ArrayLike, *, rounding: float = 0.0) -> float:
    """Spearman rank correlation of two series, with tied values at their mean rank.

    Parameters
    ----------
    first, second
        Values, shape (value,), in the same order.
    rounding
        Neighbouring values are tied that differ by no more than this share of the largest magnitude: 0 for what was
        measured, `ROUNDING` for what was computed, such as dissimilarities, whose rounding must not be ranked.

    Returns
    -------
    Correlation, -1 to 1; NaN if a series is constant (all of it tied) or has a NaN.

    Raises
    ------
    ValueError
        If the lengths differ or there are fewer than two values.

    """
    one = np.asarray(first, dtype=np.float64)
    other = np.asarray(second, dtype=np.float64)
    if one.ndim != 1 or one.shape != other.shape or one.size < 2:
        raise ValueError(
            f"Series of shapes {one.shape} and {other.shape} cannot be ranked against each other: "
            "give two or more values each, equally many."
        )
    if np.isnan(one).any() or np.isnan(other).any():
        return float("nan")
    return float(pearson_correlation(_ranks(one, rounding)[:, None], _ranks(other, rounding)[:, None])[0])


def _brought_near_one(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply neuroids whose squares float64 does not hold by a power of two, which changes no digit."""
    exponents = np.frexp(np.abs(values).max(axis=-2, keepdims=True))[1]
    far = np.abs(exponents) > _LARGEST_EXPONENT
    return np.ldexp(values, np.where(far, -exponents, 0)) if far.any() else values


def _constant(responses: NDArray[np.float64], rounding: float) -> NDArray[np.bool_]:
    constant: NDArray[np.bool_] = (responses == responses[..., :1, :]).all(axis=-2)
    if rounding:
        constant |= np.ptp(responses, axis=-2) <= rounding * np.abs(responses).max(axis=-2)
    return constant


def _ranks(values: NDArray[np.float64], rounding: float) -> NDArray[np.float64]:
    order = np.argsort(values, kind="stable")
    largest = np.abs(values[np.isfinite(values)]).max(initial=0)
    with np.errstate(invalid="ignore"):  # infinite values are equal, and their difference is NaN
        steps = np.diff(values[order]) > rounding * largest
    groups = np.empty(values.size, dtype=np.intp)
    groups[order] = np.concatenate([[0], np.cumsum(steps)])
    sizes = np.bincount(groups)
    return np.asarray((np.cumsum(sizes) - (sizes - 1) / 2)[groups], dtype=np.float64)
