"""Is a model as accurate as human subjects, whichever stimuli it errs on?

As in the behavioral benchmarks of BMD2024, Scialom2024 and Lonnqvist2024 of the published system.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.behavior.by_condition import (
    ConditionValues,
    Counts,
    both_answered,
    check_observers,
    compare_by_condition,
    mean_over_conditions,
    pairs_answered,
    subject_pairs,
)


class AccuracySimilarity(NamedTuple):
    """A similarity of accuracies, with what it came from."""

    value: float
    """Mean over pairs of the mean over conditions, 0 to 1."""
    deviation: float
    """Standard deviation (ddof 0) over pairs, published as the error. It is not a standard error."""
    similarities: NDArray[np.float64]
    """Shape (condition, pair)."""
    conditions: NDArray[np.generic]
    """Sorted conditions, shape (condition,)."""


def accuracy_distance(
    model: ArrayLike,
    subjects: ArrayLike,
    conditions: ArrayLike | None = None,
    *,
    answered: ArrayLike | None = None,
    subjects_answered: ArrayLike | None = None,
) -> AccuracySimilarity:
    """Similarity of the accuracy of a model with that of human subjects; the name is that of the published system.

    For a model of accuracy a and a subject of accuracy b it is 1 - |a - b| / max(b, 1 - b): 1 for the same accuracy,
    0 for the one as far from b as can be. Averaged over conditions, then over subjects.

    Parameters
    ----------
    model
        Whether the model answered each stimulus correctly: booleans, shape (stimulus,).
    subjects
        The same of every subject: booleans, shape (subject, stimulus).
    conditions
        Condition of every stimulus, shape (stimulus,), for instance a combination of several variables; None to
        compare the accuracies over all stimuli.
    answered, subjects_answered
        Whether the model, shape (stimulus,), and every subject, shape (subject, stimulus), answered at all; accuracies
        are those on the stimuli that both did (Kato & He 2026). None: always.

    Returns
    -------
    The `AccuracySimilarity`, its pairs being (model, subject) in the order of the subjects.

    Raises
    ------
    ValueError
        If the values are not boolean, the shapes do not fit, or anything is empty.

    """
    one, others = check_observers(model, subjects)
    both = both_answered(answered, subjects_answered, others.shape)
    return _aggregate(compare_by_condition(similarity_of_counts, one, others, conditions, both))


def accuracy_distance_ceiling(
    subjects: ArrayLike, conditions: ArrayLike | None = None, *, answered: ArrayLike | None = None
) -> AccuracySimilarity:
    """Similarity of the accuracies of human subjects with one another: the ceiling of `accuracy_distance`.

    Parameters
    ----------
    subjects
        Whether each subject answered each stimulus correctly: booleans, shape (subject, stimulus). The order matters:
        in every pair the first subject takes the place of the model, and the similarity is not symmetric.
    conditions
        As in `accuracy_distance`.
    answered
        Whether each subject answered at all, shape (subject, stimulus); None: always.

    Returns
    -------
    The `AccuracySimilarity` over all unordered pairs of subjects, in the order of `itertools.combinations`.

    Raises
    ------
    ValueError
        If there are fewer than two subjects, or as in `accuracy_distance`.

    """
    left, right = subject_pairs(subjects)
    both = pairs_answered(answered, subjects)
    return _aggregate(compare_by_condition(similarity_of_counts, left, right, conditions, both))


def accuracy_similarity(accuracy: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """Similarity of an accuracy a to a target b, 1 - |a - b| / max(b, 1 - b), 0 to 1; shapes are broadcast."""
    a, b = np.asarray(accuracy, dtype=np.float64), np.asarray(target, dtype=np.float64)
    return np.asarray(1 - np.abs(a - b) / np.maximum(b, 1 - b))


def similarity_of_counts(right: Counts, other_right: Counts, same: Counts, stimuli: Counts) -> NDArray[np.float64]:
    """Compare accuracies by counts of stimuli, as `kappa_of_counts` compares errors; NaN where there is no stimulus."""
    some = np.where(stimuli > 0, stimuli, np.nan)
    return accuracy_similarity(right / some, other_right / some)


def _aggregate(similarities: ConditionValues) -> AccuracySimilarity:
    """Average over conditions, then over pairs."""
    pairs = mean_over_conditions(similarities.values)
    defined = pairs[~np.isnan(pairs)]
    if not defined.size:
        return AccuracySimilarity(float("nan"), float("nan"), *similarities)
    return AccuracySimilarity(float(defined.mean()), float(defined.std()), *similarities)
