"""Correlation between two recordings of the same stimuli, for all neuroids at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from pytest_brainscore.metrics.splits import Split


def pearson_correlation(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Pearson correlation over stimuli, neuroid by neuroid.

    Parameters
    ----------
    first, second
        Responses, shape (..., stimulus, neuroid), the same stimuli in the same order in both.

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
    constant = (one == one[..., :1, :]).all(axis=-2) | (other == other[..., :1, :]).all(axis=-2)
    one = one - one.mean(axis=-2, keepdims=True)
    other = other - other.mean(axis=-2, keepdims=True)
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


def spearman_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman rank correlation of two series, with tied values at their mean rank.

    Parameters
    ----------
    first, second
        Values, shape (value,), in the same order.

    Returns
    -------
    Correlation, -1 to 1; NaN if a series is constant or has a NaN.

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
    return float(pearson_correlation(rankdata(one)[:, None], rankdata(other)[:, None])[0])
