"""Bootstrap values of neural predictivity, from held-out predictions: nothing is fitted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.inference.draws import FloatArray, Units
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.inference.weighted import (
    correlations_without_each,
    pairs,
    ranked,
    row_medians,
    weighted_correlations,
    weighted_means,
    weighted_medians,
    weighted_spearman,
)

_TOGETHER: Final = 2**22
"""Correlations (draws x neuroids) computed at a time: 32 MiB for each of a few sums."""


def predictivity_design(
    predictions: Sequence[FloatArray],
    tests: Sequence[NDArray[np.intp]],
    responses: FloatArray,
    stimuli: Units,
    neuroids: Units,
) -> Design:
    """Return what a mean over splits of the median over neuroids of correlations generalises over.

    Parameters
    ----------
    predictions
        One per split, shape (test stimulus, neuroid).
    tests
        Rows of the test stimuli of each split, in the order of its predictions.
    responses
        Shape (stimulus, neuroid).
    stimuli
        Drawn in the strata of the splits. A stimulus counts in each split that tests it.
    neuroids
        Those of the recording.

    Returns
    -------
    The design: stimuli and neuroids. Neuroids or splits without a number are left out, as in the score.

    Notes
    -----
    What was fitted is held fixed, so that the error does not know how the fit depends on the stimuli; simulated
    recordings say what this costs (``python -m tests.statistics.coverage``).

    A median jumps from neuroid to neuroid, and most stimuli and neuroids have no part in it. What each of them
    contributes is what it would to the mean over neuroids.

    """
    observed = stimuli.sort(neuroids.sort(responses, axis=1))
    tested = []
    for prediction, rows in zip(predictions, tests, strict=True):
        places = stimuli.place(rows)
        ascending = np.argsort(places)
        rows_tested = places[ascending]
        predicted = neuroids.sort(np.asarray(prediction, dtype=np.float64), axis=1)[ascending]
        tested.append((rows_tested, pairs(predicted, observed[rows_tested])))
    correlations = np.stack([weighted_correlations(np.ones((1, len(rows))), series)[0] for rows, series in tested])

    step = max(1, _TOGETHER // neuroids.order.size)

    def by_stimuli(weights: FloatArray) -> FloatArray:
        return _few_at_a_time(
            lambda drawn: _mean(
                [row_medians(weighted_correlations(drawn[:, rows], series)) for rows, series in tested]
            ),
            (weights,),
            step,
        )

    def by_neuroids(weights: FloatArray) -> FloatArray:
        return _mean([weighted_medians(weights, of_split) for of_split in correlations])

    def by_both(weights: tuple[FloatArray, ...]) -> FloatArray:
        return _few_at_a_time(
            lambda drawn, counted: _mean(
                [weighted_medians(counted, weighted_correlations(drawn[:, rows], each)) for rows, each in tested]
            ),
            weights,
            step,
        )

    value = float(by_stimuli(np.ones((1, stimuli.order.size)))[0])
    means = [_mean_of_neuroids(of_split[np.newaxis])[0] for of_split in correlations]
    splits = max(int(np.isfinite(means).sum()), 1)

    def without_stimuli() -> FloatArray:
        change = np.zeros(stimuli.order.size)
        for (rows, series), mean in zip(tested, means, strict=True):
            left = _mean_of_neuroids(correlations_without_each(series))
            change[rows] += np.where(np.isfinite(left - mean), left - mean, 0.0) / splits
        return np.asarray(value + np.bincount(stimuli.unit_of_row, weights=change), dtype=np.float64)

    def without_neuroids() -> FloatArray:
        # One neuroid at a time, from the sum of all.
        defined = np.isfinite(correlations)
        count, known = defined.sum(axis=1, keepdims=True), np.where(defined, correlations, 0.0)
        left = np.full(known.shape, np.nan)
        np.divide(known.sum(axis=1, keepdims=True) - known, count - defined, out=left, where=count > defined)
        change = _mean(list(left - np.array(means)[:, np.newaxis]))
        return value + change

    return Design(
        (Level(stimuli, by_stimuli, without_stimuli), Level(neuroids, by_neuroids, without_neuroids)), by_both
    )


def rank_design(
    predictions: Sequence[FloatArray], tests: Sequence[NDArray[np.intp]], target: FloatArray, stimuli: Units
) -> Design:
    """Return what a mean over splits of rank correlations of one number per stimulus generalises over.

    Parameters
    ----------
    predictions
        One per split, shape (test stimulus,); NaN where there is none, which is left out.
    tests
        Rows of the test stimuli of each split, in the order of its predictions.
    target
        Shape (stimulus,); NaN likewise.
    stimuli
        A stimulus counts in each split that tests it, among those that were drawn.

    """
    wanted = stimuli.sort(np.asarray(target, dtype=np.float64))
    tested = []
    for prediction, rows in zip(predictions, tests, strict=True):
        places = stimuli.place(rows)
        known = np.isfinite(prediction) & np.isfinite(wanted[places])
        ascending = np.argsort(places[known])
        both = places[known][ascending]
        if both.size > 1:
            tested.append((both, ranked(np.asarray(prediction)[known][ascending]), ranked(wanted[both])))

    def by_stimuli(weights: FloatArray) -> FloatArray:
        return _mean([weighted_spearman(weights[:, rows], one, other) for rows, one, other in tested])

    return Design((Level(stimuli, by_stimuli),))


def _mean_of_neuroids(correlations: FloatArray) -> FloatArray:
    return weighted_means(np.ones((1, correlations.shape[1])), correlations)


def _few_at_a_time(statistic: Callable[..., FloatArray], weights: tuple[FloatArray, ...], step: int) -> FloatArray:
    """Compute a statistic for some draws at a time: one correlation each of draws and many neuroids fills memory."""
    draws = len(weights[0])
    parts = [statistic(*(each[start : start + step] for each in weights)) for start in range(0, draws, step)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _mean(by_split: list[FloatArray]) -> FloatArray:
    """Average over splits that have a number."""
    values = np.stack(by_split)
    defined = ~np.isnan(values)
    mean = np.full(values.shape[1], np.nan)
    np.divide(np.where(defined, values, 0.0).sum(axis=0), defined.sum(axis=0), out=mean, where=defined.any(axis=0))
    return mean
