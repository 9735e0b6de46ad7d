"""Correlation between the two halves of many ways to halve the repetitions of a recording."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.one_thread import one_thread

# Stimuli averaged at a time, so that what is computed from them stays in the second-level cache.
_BLOCK = 64
# A variation this small against the sum of squares keeps at most twelve digits, and may be none at all: such neuroids
# are correlated again after the mean of each half was subtracted.
_CANCELLATION = 1e-4


def spearman_brown(correlation: ArrayLike) -> NDArray[np.float64]:
    """Predict the reliability of all repetitions from the correlation of their halves: 2r / (1 + r).

    Spearman (1910) and Brown (1910). NaN stays NaN; -1 gives minus infinity.
    """
    halves = np.asarray(correlation, dtype=np.float64)
    with np.errstate(divide="ignore"):
        corrected: NDArray[np.float64] = np.asarray(2 * halves / (1 + halves))
    return corrected


@one_thread()
def split_half_correlation(responses: NDArray[np.generic], first_half: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Correlate, over stimuli, the mean response of one half of the repetitions with that of the other half.

    Every response is read once for all splits: sums over repetitions are matrix products, small enough to be the same
    for any number of threads, and the other half is the whole minus the first where nothing is missing.

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
    response. NaN with fewer than two such stimuli, or where a half does not vary over stimuli, as for a neuroid that
    is silent in it: the same mean responses but for the rounding of sums over repetitions.

    """
    _, stimuli, neuroids = responses.shape
    offset = _typical_response(responses)
    first_sets = first_half.astype(np.float64)
    if first_sets.ndim == 3:
        first_sets = first_sets.transpose(2, 0, 1)
    moments = np.zeros((6, len(first_half), neuroids))
    for start in range(0, stimuli, _BLOCK):
        block = np.asarray(responses[:, start : start + _BLOCK], dtype=np.float64) - offset
        sets = first_sets if first_sets.ndim == 2 else first_sets[start : start + _BLOCK]
        missing = np.isnan(block[:, :, :1])
        # Usually all neuroids are missing together. Where others are missing than the first, NaN are left.
        if not np.isnan(block[missing[:, :, 0]]).all():
            missing = np.isnan(block)
        if sets.ndim == 2 and not missing.any():
            block_moments = _moments_of_complete(block, sets)
        else:
            block_moments = _moments(block, sets, missing)
        if np.isnan(block_moments).any():
            block_moments = _moments(block, sets, np.isnan(block))
        moments += block_moments
    count, first, second, first_squares, second_squares, products = moments
    correlation = np.full(count.shape, np.nan)
    counted = np.maximum(count, 1)
    first_variation = first_squares - first**2 / counted
    second_variation = second_squares - second**2 / counted
    varied = (first_variation > _CANCELLATION * first_squares) & (second_variation > _CANCELLATION * second_squares)
    varied &= count > 1
    np.divide(
        products - first * second / counted,
        np.sqrt(first_variation * second_variation, where=varied, out=np.ones_like(count)),
        out=correlation,
        where=varied,
    )
    for neuroid in np.flatnonzero((~varied & (count > 1)).any(axis=0)):
        again = _correlation_of(np.asarray(responses[:, :, neuroid], dtype=np.float64), first_half)
        correlation[~varied[:, neuroid], neuroid] = again[~varied[:, neuroid]]
    clipped: NDArray[np.float64] = np.clip(correlation, -1, 1)
    return clipped


def _correlation_of(responses: NDArray[np.float64], first_half: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Correlate the halves of one neuroid, (repetition, stimulus), in every split; means are subtracted first."""
    present = ~np.isnan(responses)
    deviations = np.where(present, responses - np.nanmean(responses), 0)
    rounding = 4 * len(responses) * np.finfo(np.float64).eps * np.abs(deviations).max()
    correlation = np.full(len(first_half), np.nan)
    for split, half in enumerate(first_half):
        sets = [present & (each if each.ndim == 2 else each[:, np.newaxis]) for each in (half, ~half)]
        counts = [each.sum(axis=0) for each in sets]
        both = (counts[0] > 0) & (counts[1] > 0)
        means = [(deviations * each).sum(axis=0)[both] / n[both] for each, n in zip(sets, counts, strict=True)]
        if both.sum() > 1 and min(np.ptp(each) for each in means) > rounding:
            one, other = (each - each.mean() for each in means)
            correlation[split] = (one * other).sum() / np.sqrt((one * one).sum() * (other * other).sum())
    return correlation


def _typical_response(responses: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return a value near the mean of every neuroid; sums of squares of what is left lose no digits to the mean."""
    one = np.asarray(responses[0], dtype=np.float64)
    present = ~np.isnan(one)
    mean: NDArray[np.float64] = np.where(present, one, 0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    return mean


def _moments_of_complete(block: NDArray[np.float64], first_sets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum moments where no response is missing: from the first half and the whole alone."""
    sets = np.concatenate([first_sets, np.ones_like(first_sets[:1])])
    sizes = sets.sum(axis=1, keepdims=True)
    sums = np.matmul(sets, block.transpose(1, 0, 2))
    first, total = sums[:, :-1], sums[:, -1]
    first_size, second_size = sizes[:-1], sizes[-1] - sizes[:-1]
    first_sums, total_sums = first.sum(axis=0), total.sum(axis=0)
    squares = np.einsum("spn,spn->pn", first, first)
    products = np.einsum("spn,sn->pn", first, total)
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
    block: NDArray[np.float64],
    first_sets: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Sum moments of the mean responses of both halves over the stimuli for which both halves have a response.

    What is missing has the shape (repetition, stimulus, neuroid), or (..., 1) if the same for all neuroids.
    """
    sets = np.concatenate([first_sets, 1 - first_sets], axis=-2)
    splits = first_sets.shape[-2]
    present = (~missing).astype(np.float64).transpose(1, 0, 2)
    counts = np.matmul(sets, present)  # (stimulus, both halves of every split, neuroid or 1)
    both = ((counts[:, :splits] > 0) & (counts[:, splits:] > 0)).astype(np.float64)
    factors = np.concatenate([both, both], axis=1) / np.maximum(counts, 1)
    deviations = block.copy()
    if missing.shape[2] == 1:
        deviations[missing[:, :, 0]] = 0
        means = np.matmul(sets * present[:, :, 0][:, None] * factors, deviations.transpose(1, 0, 2))
    else:
        deviations[missing] = 0
        means = np.matmul(sets, deviations.transpose(1, 0, 2)) * factors
    first, second = means[:, :splits], means[:, splits:]
    return np.stack(
        [
            np.broadcast_to(both.sum(axis=0), (splits, block.shape[2])),
            first.sum(axis=0),
            second.sum(axis=0),
            np.einsum("spn,spn->pn", first, first),
            np.einsum("spn,spn->pn", second, second),
            np.einsum("spn,spn->pn", first, second),
        ]
    )
