"""Do two observers err on the same stimuli, beyond what their accuracies make them?

Cohen's kappa of the correctness of two observers: Geirhos, Meding & Wichmann (2020), arXiv 2006.16736; with its
aggregation over conditions and subjects as in the benchmarks of Geirhos et al. (2021), arXiv 2106.07411.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.behavior.by_condition import (
    ConditionValues,
    both_answered,
    check_observers,
    compare_by_condition,
    mean_over_conditions,
    pairs_answered,
    subject_pairs,
)


class ErrorConsistency(NamedTuple):
    """An error consistency, with what it came from."""

    value: float
    """Absolute value of `signed`, 0 to 1, as published; NaN if there is no kappa at all."""
    signed: float
    """Mean over pairs of the mean over conditions, -1 to 1. Below 0 the observers err on different stimuli."""
    deviation: float
    """Standard deviation (ddof 0) of all defined kappas, published as the error. It is not a standard error."""
    kappas: NDArray[np.float64]
    """Shape (condition, pair): kappa of every pair of observers, NaN where undefined."""
    conditions: NDArray[np.generic]
    """Sorted conditions, shape (condition,)."""


def cohen_kappa(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Cohen's kappa of the correctness of two observers.

    kappa = (observed - expected) / (1 - expected) with the observed share of stimuli on which both are right or both
    wrong, and the share expected of independent observers with the same accuracies a and b, a b + (1 - a)(1 - b).

    Parameters
    ----------
    first, second
        Whether each stimulus was answered correctly: booleans, shape (..., stimulus), the same stimuli in the same
        order; leading axes are broadcast.

    Returns
    -------
    Kappa, shape (...), -1 to 1. NaN (0 / 0) where both observers are always right or both always wrong.

    Raises
    ------
    ValueError
        If the values are not boolean, the numbers of stimuli differ, or there are no stimuli.

    """
    one, other = np.asarray(first), np.asarray(second)
    if one.dtype != np.bool_ or other.dtype != np.bool_ or one.ndim == 0 or other.ndim == 0:
        raise ValueError(f"Correctness of types {one.dtype} and {other.dtype} has no kappa: give booleans twice.")
    stimuli = one.shape[-1]
    if stimuli != other.shape[-1] or stimuli == 0:
        raise ValueError(
            f"Correctness of {stimuli} and of {other.shape[-1]} stimuli has no kappa: give the same, at least one."
        )
    return kappa_of_counts(one.sum(axis=-1), other.sum(axis=-1), (one == other).sum(axis=-1), stimuli)


def kappa_of_counts(
    right: ArrayLike, other_right: ArrayLike, same: ArrayLike, stimuli: int | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Cohen's kappa from counts, as `cohen_kappa` from the answers.

    Parameters
    ----------
    right, other_right
        Number of stimuli that the first and the second observer answered correctly, shape (...).
    same
        Number of stimuli that both answered correctly, or neither, shape (...).
    stimuli
        Number of all stimuli, or one for each comparison.

    Returns
    -------
    Kappa, shape (...), -1 to 1; NaN where both are always right or both always wrong.

    """
    one, other, agreed = np.asarray(right), np.asarray(other_right), np.asarray(same)
    # All in counts, stimuli**2 times the shares: 0 is exact.
    expected = np.asarray(one * other + (stimuli - one) * (stimuli - other))
    observed = stimuli * agreed
    kappa = np.full(expected.shape, np.nan)
    np.divide(observed - expected, stimuli**2 - expected, out=kappa, where=expected < stimuli**2)
    return kappa


def error_consistency(
    model: ArrayLike,
    subjects: ArrayLike,
    conditions: ArrayLike | None = None,
    *,
    answered: ArrayLike | None = None,
    subjects_answered: ArrayLike | None = None,
) -> ErrorConsistency:
    """Error consistency of a model with human subjects.

    Kappas are averaged over conditions, then over subjects. An undefined kappa is left out, not counted as 0 or 1;
    a subject without any drops out.

    Parameters
    ----------
    model
        Whether the model answered each stimulus correctly: booleans, shape (stimulus,).
    subjects
        The same of every subject: booleans, shape (subject, stimulus).
    conditions
        Condition of every stimulus, shape (stimulus,); None if there is only one.
    answered, subjects_answered
        Whether the model, shape (stimulus,), and every subject, shape (subject, stimulus), answered at all; each is
        compared on the stimuli that both did (Kato & He 2026). None: always.

    Returns
    -------
    The `ErrorConsistency`, its pairs being (model, subject) in the order of the subjects.

    Raises
    ------
    ValueError
        If the values are not boolean, the shapes do not fit, or anything is empty.

    """
    one, others = check_observers(model, subjects)
    both = both_answered(answered, subjects_answered, others.shape)
    return _aggregate(compare_by_condition(kappa_of_counts, one, others, conditions, both))


def error_consistency_ceiling(
    subjects: ArrayLike, conditions: ArrayLike | None = None, *, answered: ArrayLike | None = None
) -> ErrorConsistency:
    """Error consistency of human subjects with one another: the ceiling of `error_consistency`.

    Parameters
    ----------
    subjects
        Whether each subject answered each stimulus correctly: booleans, shape (subject, stimulus).
    conditions
        Condition of every stimulus, shape (stimulus,); None if there is only one.
    answered
        Whether each subject answered at all, shape (subject, stimulus); None: always.

    Returns
    -------
    The `ErrorConsistency` over all unordered pairs of subjects, in the order of `itertools.combinations`.

    Raises
    ------
    ValueError
        If there are fewer than two subjects, or as in `error_consistency`.

    """
    left, right = subject_pairs(subjects)
    return _aggregate(
        compare_by_condition(kappa_of_counts, left, right, conditions, pairs_answered(answered, subjects))
    )


def _aggregate(kappas: ConditionValues) -> ErrorConsistency:
    """Average over conditions, then over pairs."""
    if np.isnan(kappas.values).all():
        return ErrorConsistency(float("nan"), float("nan"), float("nan"), *kappas)
    signed = float(np.nanmean(mean_over_conditions(kappas.values)))
    return ErrorConsistency(abs(signed), signed, float(np.nanstd(kappas.values)), *kappas)
