"""Is a model as accurate as human subjects, whichever stimuli it errs on?

As in the behavioral benchmarks of BMD2024, Scialom2024 and Lonnqvist2024 of the published system.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.behavior.by_condition import (
    ConditionValues,
    Correctness,
    check_observers,
    compare_by_condition,
    mean_over_conditions,
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


def accuracy_distance(model: ArrayLike, subjects: ArrayLike, conditions: ArrayLike | None = None) -> AccuracySimilarity:
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

    Returns
    -------
    The `AccuracySimilarity`, its pairs being (model, subject) in the order of the subjects.

    Raises
    ------
    ValueError
        If the values are not boolean, the shapes do not fit, or anything is empty.

    """
    one, others = check_observers(model, subjects)
    return _aggregate(compare_by_condition(_similarity, one, others, conditions))


def accuracy_distance_ceiling(subjects: ArrayLike, conditions: ArrayLike | None = None) -> AccuracySimilarity:
    """Similarity of the accuracies of human subjects with one another: the ceiling of `accuracy_distance`.

    Parameters
    ----------
    subjects
        Whether each subject answered each stimulus correctly: booleans, shape (subject, stimulus). The order matters:
        in every pair the first subject takes the place of the model, and the similarity is not symmetric.
    conditions
        As in `accuracy_distance`.

    Returns
    -------
    The `AccuracySimilarity` over all unordered pairs of subjects, in the order of `itertools.combinations`.

    Raises
    ------
    ValueError
        If there are fewer than two subjects, or as in `accuracy_distance`.

    """
    left, right = subject_pairs(subjects)
    return _aggregate(compare_by_condition(_similarity, left, right, conditions))


def accuracy_similarity(accuracy: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """Similarity of an accuracy a to a target b, 1 - |a - b| / max(b, 1 - b), 0 to 1; shapes are broadcast."""
    a, b = np.asarray(accuracy, dtype=np.float64), np.asarray(target, dtype=np.float64)
    return np.asarray(1 - np.abs(a - b) / np.maximum(b, 1 - b))


def _similarity(model: Correctness, subject: Correctness) -> NDArray[np.float64]:
    """Compare the accuracies of two observers, (..., stimulus) to (...)."""
    return accuracy_similarity(model.mean(axis=-1), subject.mean(axis=-1))


def _aggregate(similarities: ConditionValues) -> AccuracySimilarity:
    """Average over conditions, then over pairs."""
    pairs = mean_over_conditions(similarities.values)
    return AccuracySimilarity(float(pairs.mean()), float(pairs.std()), *similarities)
