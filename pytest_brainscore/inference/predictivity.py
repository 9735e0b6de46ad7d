"""Bootstrap values of neural predictivity, from held-out predictions: nothing is fitted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.inference.draws import FloatArray, Units
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.inference.weighted import (
    pairs,
    row_medians,
    weighted_correlations,
    weighted_means,
    weighted_medians,
)

_TOGETHER: Final = 2**22
"""Correlations (draws x neuroids) computed at a time: 32 MiB for each of a few sums."""


def predictivity_design(
    predictions: Sequence[FloatArray],
    tests: Sequence[NDArray[np.intp]],
    responses: FloatArray,
    stimuli: Units,
    neuroids: Units,
    *,
    average: Literal["median", "mean"] = "median",
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
    average
        Over neuroids: the median, as published; or, to attribute a difference to stimuli, the mean, since a median
        jumps from neuroid to neuroid and no stimulus has a share in it.

    Returns
    -------
    The design: stimuli and neuroids. Neuroids or splits without a number are left out, as in the score.

    Notes
    -----
    What was fitted is held fixed, so that the error does not know how the fit depends on the stimuli; simulated
    recordings say what this costs (``python -m tests.statistics.coverage``).

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

    def across(correlations: FloatArray, weights: FloatArray | None = None) -> FloatArray:
        if average == "mean":
            return weighted_means(np.ones((1, neuroids.order.size)) if weights is None else weights, correlations)
        return row_medians(correlations) if weights is None else weighted_medians(weights, correlations)

    step = max(1, _TOGETHER // neuroids.order.size)

    def by_stimuli(weights: FloatArray) -> FloatArray:
        return _few_at_a_time(
            lambda drawn: _mean([across(weighted_correlations(drawn[:, rows], series)) for rows, series in tested]),
            (weights,),
            step,
        )

    def by_neuroids(weights: FloatArray) -> FloatArray:
        return _mean([across(of_split, weights) for of_split in correlations])

    def by_both(weights: tuple[FloatArray, ...]) -> FloatArray:
        return _few_at_a_time(
            lambda drawn, counted: _mean(
                [across(weighted_correlations(drawn[:, rows], series), counted) for rows, series in tested]
            ),
            weights,
            step,
        )

    return Design((Level(stimuli, by_stimuli), Level(neuroids, by_neuroids)), by_both)


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
