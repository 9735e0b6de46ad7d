"""Compare which stimuli two observers answered correctly, condition by condition.

An observer is a model or a human subject. What is compared is one boolean per stimulus, not the answers themselves;
stimuli to which one of the two gave no answer can be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Correctness = NDArray[np.bool_]
"""Whether each stimulus was answered correctly: shape (..., stimulus)."""


class ConditionValues(NamedTuple):
    """One number per condition and pair of observers."""

    values: NDArray[np.float64]
    """Shape (condition, pair), NaN = undefined."""
    conditions: NDArray[np.generic]
    """Sorted conditions, shape (condition,)."""


Counts = NDArray[np.float64]
"""Numbers of stimuli, shape (...)."""
Measure = Callable[[Counts, Counts, Counts, Counts], NDArray[np.float64]]
"""Compares two observers by counts: the stimuli that the first had right, that the second had right, on which both were
right or both wrong, and all."""


def compare_by_condition(
    measure: Measure,
    first: Correctness,
    second: Correctness,
    conditions: ArrayLike | None,
    answered: Correctness | None = None,
) -> ConditionValues:
    """Apply a measure to the stimuli of every condition.

    Parameters
    ----------
    measure
        Compares two observers by counts of stimuli, shape (...) each, and returns shape (...).
    first, second
        Correctness, shape (pair, stimulus), or anything that broadcasts to it.
    conditions
        Condition of every stimulus, shape (stimulus,); None if all stimuli are of one condition.
    answered
        Whether both answered, shape (pair, stimulus); other stimuli are left out. None: all.

    Returns
    -------
    The `ConditionValues`; without conditions, one condition named 0.

    Raises
    ------
    ValueError
        If there is not one condition per stimulus.

    """
    stimuli = first.shape[-1]
    labels = np.zeros(stimuli, dtype=np.intp) if conditions is None else np.asarray(conditions)
    if labels.shape != (stimuli,):
        raise ValueError(f"Conditions of shape {labels.shape} do not fit {stimuli} stimuli: give one for each.")
    names, codes = np.unique(labels, return_inverse=True)
    both = np.ones(np.broadcast_shapes(first.shape, second.shape), bool) if answered is None else answered
    kinds = (first & both, second & both, (first == second) & both, both)
    values = [
        measure(*(each[..., codes == code].sum(axis=-1, dtype=np.float64) for each in kinds))
        for code in range(len(names))
    ]
    return ConditionValues(np.stack(values), names)


def both_answered(model: ArrayLike | None, subjects: ArrayLike | None, shape: tuple[int, int]) -> Correctness | None:
    """Return where a model and each subject answered, shape (subject, stimulus); None where they always did.

    Raises
    ------
    ValueError
        If these are no booleans of the shape of what is compared.

    """
    if model is None and subjects is None:
        return None
    one = np.ones(shape[1], bool) if model is None else check_correctness(model, ("stimulus",))
    others = np.ones(shape, bool) if subjects is None else check_correctness(subjects, ("subject", "stimulus"))
    if one.shape != shape[1:] or others.shape != shape:
        raise ValueError(
            f"Who answered, of shapes {one.shape} and {others.shape}, does not fit {shape} subjects and stimuli: give "
            "one boolean for each stimulus, of each subject."
        )
    return one & others


def check_correctness(correct: ArrayLike, axes: tuple[str, ...]) -> Correctness:
    """Return correctness as an array.

    Parameters
    ----------
    correct
        Booleans with the given axes.
    axes
        Their names, in order, as the error tells them.

    Raises
    ------
    ValueError
        If the values are not boolean, if the number of axes is another, or if there is nothing along one of them.

    """
    array = np.asarray(correct)
    if array.dtype != np.bool_ or array.ndim != len(axes) or array.size == 0:
        raise ValueError(
            f"Correctness of shape {array.shape} and type {array.dtype} cannot be compared: "
            f"give booleans ({', '.join(axes)}), not empty."
        )
    return array


def check_observers(model: ArrayLike, subjects: ArrayLike) -> tuple[Correctness, Correctness]:
    """Return the correctness of a model (stimulus,) and of subjects (subject, stimulus), on the same stimuli.

    Raises
    ------
    ValueError
        As in `check_correctness`, or if the numbers of stimuli differ.

    """
    one = check_correctness(model, ("stimulus",))
    others = check_correctness(subjects, ("subject", "stimulus"))
    if one.shape[-1] != others.shape[-1]:
        raise ValueError(
            f"A model with {one.shape[-1]} stimuli cannot be compared with subjects with {others.shape[-1]}: "
            "give the same stimuli in the same order."
        )
    return one, others


def subject_pairs(subjects: ArrayLike) -> tuple[Correctness, Correctness]:
    """Return both sides of all unordered pairs of subjects.

    Parameters
    ----------
    subjects
        Correctness, shape (subject, stimulus).

    Returns
    -------
    Two arrays (pair, stimulus), in the order of `itertools.combinations`: the first with all later ones, and so on.

    Raises
    ------
    ValueError
        As in `check_correctness`, or if there are fewer than two subjects.

    """
    correct = check_correctness(subjects, ("subject", "stimulus"))
    if len(correct) < 2:
        raise ValueError("One subject alone has no ceiling: give the correctness of at least two.")
    left, right = np.triu_indices(len(correct), k=1)
    return correct[left], correct[right]


def pairs_answered(answered: ArrayLike | None, subjects: ArrayLike) -> Correctness | None:
    """Return where both of all pairs of subjects answered, in the order of `subject_pairs`; None where all did.

    Raises
    ------
    ValueError
        If these are no booleans of the shape of the subjects' correctness.

    """
    if answered is None:
        return None
    if np.shape(answered) != np.shape(subjects):
        raise ValueError(
            f"Who answered, of shape {np.shape(answered)}, does not fit subjects of shape {np.shape(subjects)}: give "
            "one boolean for each stimulus of each subject."
        )
    left, right = subject_pairs(answered)
    return left & right


def mean_over_conditions(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average values (condition, pair) over conditions, leaving NaN out; NaN for a pair that has nothing else."""
    defined = ~np.isnan(values)
    count = defined.sum(axis=0)
    mean = np.full(values.shape[1:], np.nan)
    np.divide(np.where(defined, values, 0).sum(axis=0), count, out=mean, where=count > 0)
    return mean
