"""How well a recording predicts itself: the ceiling of neural predictivity.

Repetitions are halved at random, each half is averaged, and the halves are correlated over stimuli for every neuroid;
the Spearman-Brown formula extrapolates to all repetitions. The ceiling is the mean over splits of the median over
neuroids (Schrimpf, Kubilius et al. 2018, doi 10.1101/407007).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.reliability.split_half import spearman_brown, split_half_correlation
from pytest_brainscore.metrics.shared.aggregation import SplitScore, aggregate_splits
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, DEFAULT_SPLITS, shuffle_splits

# The published predictor consistency does not score a split with fewer stimuli.
_FEWEST_STIMULI = 10


def internal_consistency(responses: NDArray[np.generic], *, seed: int = DEFAULT_SEED) -> SplitScore:
    """Ceiling of a recording: the same repetitions of all stimuli make a half.

    Parameters
    ----------
    responses
        Shape (repetition, stimulus, neuroid), repetitions in the order of their sorted labels; NaN where a response
        is missing. See `by_repetition` for presentations in rows.
    seed
        Of the ten halvings; 1 in the published system. Of an odd number of repetitions the first half gets the smaller
        part.

    Returns
    -------
    The `SplitScore` of reliabilities, shape (split, neuroid). A stimulus without a response in one of the halves is
    left out of that split; a neuroid that does not vary has NaN and is left out of the median.

    Raises
    ------
    ValueError
        If there are fewer than two repetitions or stimuli.

    """
    _check(responses)
    halves = np.zeros((DEFAULT_SPLITS, len(responses)), dtype=bool)
    for half, split in zip(halves, shuffle_splits(len(responses), train_size=0.5, seed=seed), strict=True):
        half[split.train] = True
    return aggregate_splits(spearman_brown(split_half_correlation(responses, halves)))


def even_odd_consistency(responses: NDArray[np.generic], repetitions: ArrayLike | None = None) -> SplitScore:
    """Ceiling of a recording whose stimuli were repeated unequally often: even against odd repetitions.

    There is one such halving, so all splits are the same, and their error is 0 (Cowley et al. 2026).

    Parameters
    ----------
    responses
        Shape (repetition, stimulus, neuroid); NaN where a response is missing.
    repetitions
        Whole number of each repetition, shape (repetition,); from 0 where None.

    Returns
    -------
    The `SplitScore` of reliabilities, shape (split, neuroid), as of `internal_consistency`.

    Raises
    ------
    ValueError
        If a stimulus has no response in one of the halves, numbers are not whole, or there are fewer than two
        repetitions or stimuli.

    """
    _check(responses)
    numbers = np.arange(len(responses)) if repetitions is None else np.asarray(repetitions)
    if numbers.shape != (len(responses),) or numbers.dtype.kind not in "iu":
        raise ValueError(
            f"{numbers.size} repetitions of type {numbers.dtype} are neither even nor odd: give a whole number for "
            f"each of {len(responses)}."
        )
    present = ~np.isnan(responses)
    halves = np.full((2, *responses.shape[1:]), np.nan)
    for half, parity in zip(halves, (0, 1), strict=True):
        mine = numbers % 2 == parity
        count = present[mine].sum(axis=0)
        np.divide(np.where(present[mine], responses[mine], 0).sum(axis=0), count, out=half, where=count > 0)
    lacking = np.isnan(halves).all(axis=2).any(axis=0)
    if lacking.any():
        raise ValueError(
            f"{lacking.sum()} of {lacking.size} stimuli, the first in row {lacking.argmax()}, have repetitions with "
            "even numbers only, or with odd ones: give both of every stimulus."
        )
    return internal_consistency(halves)


def predictor_consistency(responses: NDArray[np.generic], *, seed: int = 0) -> SplitScore:
    """Ceiling of a recording that serves as predictor (reverse predictivity): every stimulus is halved on its own.

    Parameters
    ----------
    responses
        Shape (repetition, stimulus, neuroid), stimuli in the order of their sorted ids; a repetition is missing for a
        stimulus where all neuroids are NaN.
    seed
        Of NumPy's default generator, for ten halvings; 0 in the published system.

    Returns
    -------
    The `SplitScore` of reliabilities, shape (split, neuroid). Stimuli with one repetition are left out; with fewer
    than ten others there is no number.

    Raises
    ------
    ValueError
        If there are fewer than two repetitions or stimuli.

    """
    _check(responses)
    shown = [np.flatnonzero(column) for column in np.isfinite(responses).any(axis=2).T]
    generator = np.random.default_rng(seed)
    halves = np.zeros((DEFAULT_SPLITS, *responses.shape[:2]), dtype=bool)
    for half in halves:
        for stimulus, repetitions in enumerate(shown):
            if repetitions.size >= 2:
                half[generator.permutation(repetitions)[: repetitions.size // 2], stimulus] = True
    correlation = split_half_correlation(responses, halves)
    if sum(repetitions.size >= 2 for repetitions in shown) < _FEWEST_STIMULI:
        correlation[:] = np.nan
    score = aggregate_splits(spearman_brown(correlation))
    scored = np.count_nonzero(~np.isnan(score.medians))
    return score._replace(error=float(score.error * np.sqrt(DEFAULT_SPLITS / scored)) if scored else float("nan"))


def by_repetition(
    presentations: NDArray[np.generic], stimulus_ids: ArrayLike, repetitions: ArrayLike
) -> NDArray[np.float64]:
    """Arrange presentations in rows by their repetition and stimulus.

    Parameters
    ----------
    presentations
        Responses, shape (presentation, neuroid).
    stimulus_ids, repetitions
        Which stimulus was shown for which time, shape (presentation,) each.

    Returns
    -------
    Shape (repetition, stimulus, neuroid), both sorted by their labels; NaN where a stimulus has no such repetition.

    Raises
    ------
    ValueError
        If lengths differ, or a stimulus has the same repetition twice.

    """
    ids, times = np.asarray(stimulus_ids), np.asarray(repetitions)
    if presentations.ndim != 2 or not len(presentations) == ids.size == times.size:
        raise ValueError(
            f"Presentations of shape {presentations.shape} do not fit {ids.size} stimulus ids and {times.size} "
            "repetitions: give (presentation, neuroid) and one of each per presentation."
        )
    distinct_ids, stimulus = np.unique(ids, return_inverse=True)
    distinct_times, repetition = np.unique(times, return_inverse=True)
    place = repetition.ravel() * distinct_ids.size + stimulus.ravel()
    taken, first, count = np.unique(place, return_index=True, return_counts=True)
    if taken.size < place.size:
        twice = first[count.argmax()]
        raise ValueError(
            f"Stimulus {ids[twice]} has repetition {times[twice]} twice: number the presentations of each stimulus."
        )
    arranged = np.full((distinct_times.size * distinct_ids.size, presentations.shape[1]), np.nan)
    arranged[place] = presentations
    return arranged.reshape(distinct_times.size, distinct_ids.size, -1)


def _check(responses: NDArray[np.generic]) -> None:
    if responses.ndim != 3 or responses.shape[1] < 2:
        raise ValueError(
            f"Responses of shape {responses.shape} have no consistency: "
            "give (repetition, stimulus, neuroid) with two or more stimuli."
        )
    if responses.shape[0] < 2:
        raise ValueError("A recording with one repetition has no ceiling: give two or more repetitions of the stimuli.")
