"""Bootstrap values of predictivity with one fixed split, averaged over subjects: nothing is fitted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.inference.draws import FloatArray, Units
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.inference.weighted import (
    Pairs,
    correlations_without_each,
    pairs,
    row_medians,
    weighted_correlations,
    weighted_means,
    weighted_medians,
)

_TOGETHER: Final = 2**20
"""Correlations (draws x neuroids) computed at a time: 40 MiB of sums."""

Scale = Callable[[FloatArray], FloatArray]


def subject_predictivity_design(
    predictions: Sequence[FloatArray],
    responses: Sequence[FloatArray],
    scales: Sequence[Scale],
    stimuli: Units,
    neuroids: Units,
) -> Design:
    """Return what a mean over subjects of a function of the median correlation generalises over.

    Parameters
    ----------
    predictions, responses
        Of each subject, shape (test stimulus, neuroid).
    scales
        From the median correlation of each subject to what is averaged, at its fixed ceiling.
    stimuli
        The test stimuli, which all subjects saw.
    neuroids
        Those of all subjects, one after the other; drawn within the strata, which are to be the subjects.

    Returns
    -------
    The design: stimuli and neuroids. Its statistic is the score. Neuroids without a number are left out, as in the
    score; fits and subjects are held fixed.

    """
    ends = np.cumsum([each.shape[1] for each in responses])
    rows = np.split(np.arange(int(ends[-1])), ends[:-1])
    places = [neuroids.place(each) for each in rows]
    series = [
        _parts(stimuli.sort(np.asarray(one, dtype=np.float64)), stimuli.sort(np.asarray(other, dtype=np.float64)))
        for one, other in zip(predictions, responses, strict=True)
    ]
    alone = [_correlations(np.ones((1, len(stimuli))), each)[0] for each in series]

    def by_stimuli(weights: FloatArray) -> FloatArray:
        return _mean(
            [scale(row_medians(_correlations(weights, each))) for scale, each in zip(scales, series, strict=True)]
        )

    def by_neuroids(weights: FloatArray) -> FloatArray:
        return _mean(
            [
                scale(weighted_medians(weights[:, place], each))
                for scale, place, each in zip(scales, places, alone, strict=True)
            ]
        )

    def by_both(weights: tuple[FloatArray, ...]) -> FloatArray:
        drawn, counted = weights
        return _mean(
            [
                scale(weighted_medians(counted[:, place], _correlations(drawn, each)))
                for scale, place, each in zip(scales, places, series, strict=True)
            ]
        )

    value = float(by_stimuli(np.ones((1, len(stimuli))))[0])
    medians = [row_medians(each[np.newaxis]) for each in alone]
    means = [_mean_of_neuroids(each[np.newaxis]) for each in alone]

    def without_stimuli() -> FloatArray:
        left = [
            _mean_of_neuroids(np.concatenate([correlations_without_each(part) for part in each], axis=1))
            for each in series
        ]
        return _mean(
            [
                scale(median + change - mean)
                for scale, median, change, mean in zip(scales, medians, left, means, strict=True)
            ]
        )

    def without_neuroids() -> FloatArray:
        left = np.full(len(neuroids), value)
        for scale, place, median, of_subject in zip(scales, places, medians, alone, strict=True):
            defined = np.isfinite(of_subject)
            others = np.maximum(defined.sum() - 1, 1)
            mean = of_subject[defined].mean() if defined.any() else np.nan
            change = np.where(defined, (mean - of_subject) / others, 0.0)
            left[place] += (scale(median + change) - scale(median)) / len(alone)
        return left

    # A median jumps from neuroid to neuroid: what each contributes is what it would to the mean over neuroids.
    return Design(
        (Level(stimuli, by_stimuli, without_stimuli), Level(neuroids, by_neuroids, without_neuroids, by_stratum=True)),
        by_both,
    )


def _mean_of_neuroids(correlations: FloatArray) -> FloatArray:
    return weighted_means(np.ones((1, correlations.shape[1])), correlations)


def _parts(predicted: FloatArray, observed: FloatArray) -> list[Pairs]:
    """Prepare some neuroids at a time."""
    width = max(1, _TOGETHER // 1024)
    return [
        pairs(predicted[:, start : start + width], observed[:, start : start + width])
        for start in range(0, observed.shape[1], width)
    ]


def _correlations(weights: FloatArray, parts: Sequence[Pairs]) -> FloatArray:
    return np.concatenate([weighted_correlations(weights, part) for part in parts], axis=1)


def _mean(by_subject: Sequence[NDArray[np.float64]]) -> FloatArray:
    """Average over subjects, as the score does: a subject without a number leaves none."""
    return np.asarray(np.mean(by_subject, axis=0))
