"""Do accuracies rise and fall over conditions as they do for human subjects?

As in the behavioral benchmark of Coggan & Tong (2024) of the published system, whose conditions are kinds of
occluders.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.shared.correlation import ROUNDING, pearson_correlation


class ConditionWiseSimilarity(NamedTuple):
    """A similarity of accuracies over conditions, with what it came from."""

    value: float
    """Mean over the subjects for whom it is defined, -1 to 1; NaN if it is for none."""
    error: float
    """Standard error over these subjects: deviation (ddof 1) / sqrt(number of subjects)."""
    similarities: NDArray[np.float64]
    """Shape (subject,): NaN for a subject for whom one of the two accuracies is the same in all conditions."""


def condition_wise_accuracy_similarity(model: ArrayLike, subjects: ArrayLike) -> ConditionWiseSimilarity:
    """Correlate the accuracies of a model over conditions with those of each subject, and average over subjects.

    Parameters
    ----------
    model
        Accuracy of the model on the stimuli that each subject saw, shape (subject, condition).
    subjects
        Accuracy of each subject, shape (subject, condition).

    Raises
    ------
    ValueError
        If the shapes differ or there are fewer than two conditions.

    """
    return _aggregate(subject_similarities(model, subjects))


def condition_wise_accuracy_ceiling(subjects: ArrayLike) -> ConditionWiseSimilarity:
    """Correlate the accuracies of each subject with the mean of all others: a lower bound of what can be explained.

    Parameters
    ----------
    subjects
        As in `condition_wise_accuracy_similarity`.

    Raises
    ------
    ValueError
        If there are fewer than two subjects or conditions.

    """
    accuracies = np.asarray(subjects, dtype=np.float64)
    if accuracies.ndim != 2 or len(accuracies) < 2:
        raise ValueError(
            f"Accuracies of shape {accuracies.shape} have no ceiling: give (subject, condition) of at least two."
        )
    others = (accuracies.sum(axis=0) - accuracies) / (len(accuracies) - 1)
    return _aggregate(subject_similarities(others, accuracies))


def subject_similarities(model: ArrayLike, subjects: ArrayLike) -> NDArray[np.float64]:
    """Pearson correlation over conditions, subject by subject.

    Parameters
    ----------
    model, subjects
        Accuracies, shape (..., subject, condition).

    Returns
    -------
    Correlation, shape (..., subject); NaN where one of the two is the same in all conditions.

    Raises
    ------
    ValueError
        If the shapes differ or there are fewer than two conditions.

    """
    one, other = np.asarray(model, dtype=np.float64), np.asarray(subjects, dtype=np.float64)
    if one.ndim < 2 or one.shape != other.shape or one.shape[-1] < 2:
        raise ValueError(
            f"Accuracies of shapes {one.shape} and {other.shape} cannot be compared: give (subject, condition) twice, "
            "with the same two or more conditions."
        )
    return pearson_correlation(np.swapaxes(one, -1, -2), np.swapaxes(other, -1, -2), rounding=ROUNDING)


def _aggregate(similarities: NDArray[np.float64]) -> ConditionWiseSimilarity:
    defined = similarities[~np.isnan(similarities)]
    error = defined.std(ddof=1) / np.sqrt(defined.size) if defined.size > 1 else float("nan")
    return ConditionWiseSimilarity(float(defined.mean()) if defined.size else float("nan"), float(error), similarities)
