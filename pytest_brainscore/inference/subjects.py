"""Bootstrap values of scores that are means over subjects.

Of predictivity with one fixed split nothing is fitted again. Of representational similarity,
`similarity.similarity_design` ranks all pairs of stimuli anew in every draw, which for 1000 stimuli and eight subjects
takes minutes. Here the rank correlation is linear in the weights of pairs: its exact derivative, ties included, is
computed once for each subject (an infinitesimal jackknife, Efron 1982), and a draw is a product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.inference.draws import FloatArray, Units
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.inference.similarity import TIMES
from pytest_brainscore.inference.weighted import (
    Pairs,
    Ranked,
    pairs,
    ranked,
    row_medians,
    weighted_correlations,
    weighted_means,
    weighted_medians,
)

_TOGETHER: Final = 1024
"""Neuroids whose correlations are computed at a time: of 1000 draws, 40 MiB of sums."""

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

    return Design((Level(stimuli, by_stimuli), Level(neuroids, by_neuroids)), by_both)


def first_order_design(model: ArrayLike, targets: ArrayLike, stimuli: Units, subjects: Units) -> Design:
    """Return what the mean over subjects of rank correlations above the diagonal generalises over.

    Parameters
    ----------
    model
        Dissimilarities, shape (stimulus, stimulus).
    targets
        The same of every subject, shape (subject, stimulus, stimulus).
    stimuli, subjects
        Pairs of stimuli count as in `similarity_design`: as often as their two stimuli, added up; or, where subjects
        are drawn, too, multiplied.

    Returns
    -------
    The design: stimuli and subjects.

    """
    one = np.asarray(model, dtype=np.float64)[np.ix_(stimuli.order, stimuli.order)]
    matrices = subjects.sort(np.asarray(targets, dtype=np.float64))
    above = np.triu_indices(len(one), 1)
    first = ranked(one[above])
    values = np.empty(len(matrices))
    of_pairs = np.zeros((len(matrices), *one.shape), dtype=np.float32)
    for number, matrix in enumerate(matrices):
        second = ranked(matrix[np.ix_(stimuli.order, stimuli.order)][above])
        values[number], of_pairs[number][above] = rank_correlation_and_derivative(first, second)
    of_stimuli = of_pairs.sum(axis=2, dtype=np.float64) + of_pairs.sum(axis=1, dtype=np.float64)

    def linear(weights: FloatArray) -> FloatArray:
        """Return correlations, (draw, stimulus) to (draw, subject)."""
        return np.asarray(values + (weights - 1.0) @ of_stimuli.T)

    def jointly(weights: tuple[FloatArray, ...]) -> FloatArray:
        more = weights[0] - 1.0
        product = np.stack([np.einsum("ds,ds->d", more @ each, more) for each in of_pairs], axis=1)
        return weighted_means(weights[1], linear(weights[0]) + product)

    def by_stimuli(weights: FloatArray) -> FloatArray:
        return np.asarray(linear(weights).mean(axis=1))

    levels = Level(stimuli, by_stimuli), Level(subjects, lambda weights: weighted_means(weights, values))
    return Design(levels, jointly, times=TIMES)


def rank_correlation_and_derivative(first: Ranked, second: Ranked) -> tuple[float, FloatArray]:
    """Return a rank correlation, and how it changes with the weight of each value where all weights are 1.

    Returns
    -------
    The correlation, and its derivative, shape (value,); both NaN where all is tied.

    """
    one, other = _centred_ranks(first), _centred_ranks(second)
    covariance, variance, of_other = one @ other, one @ one, other @ other
    if not variance * of_other > 0:
        return float("nan"), np.full(one.size, np.nan)
    scale = np.sqrt(variance * of_other)
    correlation = covariance / scale
    # A value that counts more moves the ranks of all above it, too.
    of_covariance = one * other + _above(first, other) + _above(second, one)
    of_variance = one**2 + 2 * _above(first, one)
    of_other_variance = other**2 + 2 * _above(second, other)
    share = of_variance / variance + of_other_variance / of_other
    return float(correlation), np.asarray(of_covariance / scale - correlation / 2 * share)


def _parts(predicted: FloatArray, observed: FloatArray) -> list[Pairs]:
    """Prepare some neuroids at a time."""
    return [
        pairs(predicted[:, start : start + _TOGETHER], observed[:, start : start + _TOGETHER])
        for start in range(0, observed.shape[1], _TOGETHER)
    ]


def _correlations(weights: FloatArray, parts: Sequence[Pairs]) -> FloatArray:
    return np.concatenate([weighted_correlations(weights, part) for part in parts], axis=1)


def _mean(by_subject: Sequence[NDArray[np.float64]]) -> FloatArray:
    """Average over subjects, as the score does: a subject without a number leaves none."""
    return np.asarray(np.mean(by_subject, axis=0))


def _centred_ranks(series: Ranked) -> FloatArray:
    """Return mean ranks minus their mean, shape (value,)."""
    sizes = np.diff(np.append(series.starts, series.order.size))
    ranks = series.starts + sizes / 2 - series.order.size / 2
    return np.asarray(ranks[series.group])


def _above(series: Ranked, values: FloatArray) -> FloatArray:
    """Sum, for each place of a series, the values at higher ones, and half of those that are tied with it."""
    in_group = np.add.reduceat(values[series.order], series.starts)
    return np.asarray((in_group.sum() - np.cumsum(in_group) + in_group / 2)[series.group])
