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
    # One more row that sums all repetitions.
    sets = np.concatenate([first_half, np.ones_like(first_half[:1])]).astype(np.float64)
    moments = np.zeros((6, len(first_half), neuroids))
    for start in range(0, stimuli, _BLOCK):
        block = np.asarray(responses[:, start : start + _BLOCK], dtype=np.float64)
        block_sets = sets if sets.ndim == 2 else sets[:, :, start : start + _BLOCK]
        sums, counts = _sums_and_counts(block, block_sets)
        if counts[-1].min() == repetitions and sets.ndim == 2:
            moments += _moments_of_complete(sums, counts[:, :1, 0], offset)
        else:
            moments += _moments(sums, counts, offset)
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
    present = ~np.isnan(one)
    mean: NDArray[np.float64] = np.where(present, one, 0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    return mean


def _sums_and_counts(
    block: NDArray[np.float64], sets: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum the responses (set, stimulus, neuroid) of sets of repetitions, and count those that are not missing.

    The counts have one neuroid for all where no neuroid is missing without the others, as is usual.
    """
    missing = np.isnan(block[:, :, :1])
    if np.isnan(block[missing[:, :, 0]]).all():
        sums = _sum_sets(np.where(missing, 0, block) if missing.any() else block, sets)
        if not np.isnan(sums[-1]).any():
            return sums, _sum_sets((~missing).astype(np.float64), sets)
    missing = np.isnan(block)
    return _sum_sets(np.where(missing, 0, block), sets), _sum_sets((~missing).astype(np.float64), sets)


def _sum_sets(values: NDArray[np.float64], sets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum values (repetition, stimulus, neuroid) over sets of repetitions, (set, repetition[, stimulus])."""
    if sets.ndim == 2:
        return (sets @ values.reshape(len(values), -1)).reshape(len(sets), *values.shape[1:])
    sums: NDArray[np.float64] = np.matmul(sets.transpose(2, 0, 1), values.transpose(1, 0, 2)).transpose(1, 0, 2)
    return sums


def _moments_of_complete(
    sums: NDArray[np.float64], sizes: NDArray[np.float64], offset: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum moments where no response is missing: from the first half and the whole alone."""
    sums -= (sizes * offset)[:, None]
    first, total = sums[:-1], sums[-1]
    first_size, second_size = sizes[:-1], sizes[-1] - sizes[:-1]
    first_sums, total_sums = first.sum(axis=1), total.sum(axis=0)
    squares = np.einsum("psn,psn->pn", first, first)
    products = np.einsum("psn,sn->pn", first, total)
    total_squares = np.einsum("sn,sn->n", total, total)
    return np.stack(
        [
            np.full_like(first_sums, len(total)),
            first_sums / first_size,
            (total_sums - first_sums) / second_size,
            squares / first_size**2,
            (total_squares - 2 * products + squares) / second_size**2,
            (products - squares) / (first_size * second_size),
        ]
    )


def _moments(
    sums: NDArray[np.float64], counts: NDArray[np.float64], offset: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum moments of the mean responses of both halves over the stimuli for which both halves have a response."""
    first_count, second_count = counts[:-1], counts[-1] - counts[:-1]
    both = ((first_count > 0) & (second_count > 0)).astype(np.float64)
    # Means without the offset, and 0 where one is missing.
    first = (sums[:-1] - first_count * offset) * (both / np.maximum(first_count, 1))
    second = (sums[-1] - sums[:-1] - second_count * offset) * (both / np.maximum(second_count, 1))
    return np.stack(
        [
            np.broadcast_to(both.sum(axis=1), (len(first), offset.size)),
            first.sum(axis=1),
            second.sum(axis=1),
            np.einsum("psn,psn->pn", first, first),
            np.einsum("psn,psn->pn", second, second),
            np.einsum("psn,psn->pn", first, second),
        ]
    )
