"""Correlation between the two halves of many ways to halve the repetitions of a recording."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Stimuli averaged at a time, so that what is computed from them stays in the second-level cache.
_BLOCK = 64


def spearman_brown(correlation: ArrayLike) -> NDArray[np.float64]:
    """Predict the reliability of all repetitions from the correlation of their halves: 2r / (1 + r).

    Spearman (1910) and Brown (1910). NaN stays NaN; -1 gives minus infinity.
    """
    halves = np.asarray(correlation, dtype=np.float64)
    with np.errstate(divide="ignore"):
        corrected: NDArray[np.float64] = np.asarray(2 * halves / (1 + halves))
    return corrected


def split_half_correlation(responses: NDArray[np.generic], first_half: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Correlate, over stimuli, the mean response of one half of the repetitions with that of the other half.

    Every response is read once for all splits: sums over repetitions are one matrix product, and the other half is the
    whole minus the first.

    Parameters
    ----------
    responses
        Shape (repetition, stimulus, neuroid); NaN where a stimulus was not shown or a neuroid not recorded.
    first_half
        Which repetitions are in the first half: shape (split, repetition), or (split, repetition, stimulus) where it
        differs between stimuli.

    Returns
    -------
    Pearson correlation, shape (split, neuroid). A stimulus counts for a split and neuroid if both halves have a
    response. NaN with fewer than two such stimuli, or where a half does not vary over stimuli.

    """
    repetitions, stimuli, neuroids = responses.shape
    offset = _typical_response(responses)
    moments = np.zeros((6, len(first_half), neuroids))
    for start in range(0, stimuli, _BLOCK):
        block = np.asarray(responses[:, start : start + _BLOCK], dtype=np.float64)
        if first_half.ndim == 2 and np.isfinite(total := block.sum(axis=0)).all():
            moments += _moments_of_complete(block, total, offset, first_half.astype(np.float64))
        else:
            halves = first_half if first_half.ndim == 2 else first_half[:, :, start : start + _BLOCK]
            moments += _moments(block, offset, halves)
    count, first, second, first_squares, second_squares, products = moments
    correlation = np.full(count.shape, np.nan)
    counted = np.maximum(count, 1)
    first_variation = first_squares - first**2 / counted
    second_variation = second_squares - second**2 / counted
    # Equal responses differ from their offset by rounding in every repetition.
    rounding = count * (repetitions * np.finfo(np.float64).eps * offset) ** 2
    varied = (count > 1) & (np.minimum(first_variation, second_variation) > rounding)
    np.divide(
        products - first * second / counted,
        np.sqrt(first_variation * second_variation, where=varied, out=np.ones_like(count)),
        out=correlation,
        where=varied,
    )
    clipped: NDArray[np.float64] = np.clip(correlation, -1, 1)
    return clipped


def _typical_response(responses: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return a value near the mean of every neuroid; sums of squares of what is left lose no digits to the mean."""
    one = np.asarray(responses[0], dtype=np.float64)
    present = np.isfinite(one)
    mean: NDArray[np.float64] = np.where(present, one, 0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    return mean


def _moments_of_complete(
    block: NDArray[np.float64],
    total: NDArray[np.float64],
    offset: NDArray[np.float64],
    first_half: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum moments where no response is missing: from the first half and the whole alone."""
    (repetitions, stimuli, neuroids), splits = block.shape, len(first_half)
    first_size = first_half.sum(axis=1, keepdims=True)
    second_size = repetitions - first_size
    total = total - repetitions * offset
    first = (first_half @ block.reshape(repetitions, -1)).reshape(splits, stimuli, neuroids)
    first -= (first_size * offset)[:, None]
    sums, total_sum = first.sum(axis=1), total.sum(axis=0)
    squares = np.einsum("psn,psn->pn", first, first)
    products = np.einsum("psn,sn->pn", first, total)
    total_squares = np.einsum("sn,sn->n", total, total)
    return np.stack(
        [
            np.full_like(sums, stimuli),
            sums / first_size,
            (total_sum - sums) / second_size,
            squares / first_size**2,
            (total_squares - 2 * products + squares) / second_size**2,
            (products - squares) / (first_size * second_size),
        ]
    )


def _moments(
    block: NDArray[np.float64], offset: NDArray[np.float64], first_half: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Sum moments of the mean responses of both halves over the stimuli for which both halves have a response."""
    present = np.isfinite(block)
    deviations = np.where(present, block - offset, 0).transpose(1, 0, 2)
    # One count per stimulus serves where all neuroids were recorded together.
    together = present[:, :, :1] if (present == present[:, :, :1]).all() else present
    weights = together.astype(np.float64).transpose(1, 0, 2)
    in_first = first_half.astype(np.float64)
    in_first = in_first if in_first.ndim == 2 else in_first.transpose(2, 0, 1)
    first_count = in_first @ weights
    second_count = weights.sum(axis=1, keepdims=True) - first_count
    counts = (first_count > 0) & (second_count > 0)
    first = in_first @ deviations
    second = deviations.sum(axis=1, keepdims=True) - first
    first = np.where(counts, first / np.maximum(first_count, 1), 0)
    second = np.where(counts, second / np.maximum(second_count, 1), 0)
    return np.stack(
        [
            np.broadcast_to(counts.sum(axis=0), first.shape[1:]),
            first.sum(axis=0),
            second.sum(axis=0),
            np.einsum("spn,spn->pn", first, first),
            np.einsum("spn,spn->pn", second, second),
            np.einsum("spn,spn->pn", first, second),
        ]
    )
