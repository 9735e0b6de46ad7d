"""Similarity of stimuli over the units that respond most, compared with similarities in subjects.

The analysis of Coggan & Tong (2024) as the published system has it: units are chosen and z-scored as voxels were.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.shared.correlation import ROUNDING, pearson_correlation
from pytest_brainscore.one_thread import one_thread

# Units are kept whose mean response is beyond so many standard deviations of the mean responses of all units.
THRESHOLD = 3.1


def responsive_units(responses: NDArray[np.generic]) -> NDArray[np.intp]:
    """Choose the units that vary over stimuli and have an extreme mean response.

    Parameters
    ----------
    responses
        Shape (stimulus, unit), finite.

    Returns
    -------
    Numbers of the units whose absolute mean response exceeds 3.1 standard deviations (ddof 0) of the mean responses
    of all units that vary. The mean over units is not subtracted: where all responses are positive, as behind a
    rectification, many units can be chosen. May be empty.

    """
    values = np.asarray(responses, dtype=np.float64)
    varied = varied_units(values)
    if not varied.size:
        return varied
    means = values[:, varied].mean(axis=0)
    chosen: NDArray[np.intp] = varied[np.abs(means) > THRESHOLD * means.std()]
    return chosen


def varied_units(responses: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return the numbers of the units that vary over stimuli, of responses (stimulus, unit)."""
    return np.flatnonzero((responses != responses[:1]).any(axis=0))


@one_thread()
def representational_similarity(responses: NDArray[np.generic]) -> NDArray[np.float64]:
    """Correlate all pairs of stimuli over units that are z-scored over stimuli.

    Parameters
    ----------
    responses
        Shape (stimulus, unit); every unit varies over stimuli.

    Returns
    -------
    Pearson correlation, shape (stimulus, stimulus), symmetric, 1 on the diagonal. With two units all are 1 or -1.

    Raises
    ------
    ValueError
        If there are fewer than two units.

    """
    values = np.asarray(responses, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError(
            f"Responses of shape {values.shape} have no similarities: give (stimulus, unit), two units up."
        )
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    correlation: NDArray[np.float64] = np.corrcoef(scaled)
    return correlation


def similarity_to_subjects(similarities: ArrayLike, subjects: ArrayLike) -> NDArray[np.float64]:
    """Compare one matrix of similarities with that of every subject: Pearson correlation off the diagonal.

    Parameters
    ----------
    similarities
        Shape (stimulus, stimulus).
    subjects
        Shape (subject, stimulus, stimulus), the same stimuli in the same order.

    Returns
    -------
    Correlation over all entries off the diagonal, both triangles, shape (subject,). NaN where one does not vary, but
    for rounding.

    Raises
    ------
    ValueError
        If shapes do not fit.

    """
    matrix, matrices = _off_diagonal(np.asarray(similarities)[np.newaxis]), _off_diagonal(subjects)
    if matrix.shape[1] != matrices.shape[1]:
        raise ValueError("Similarities of different numbers of stimuli cannot be compared: give the same stimuli.")
    return np.array([pearson_of_pairs(matrix[0], each) for each in matrices])


def leave_one_out_similarity(subjects: ArrayLike) -> NDArray[np.float64]:
    """Compare the matrix of every subject with the mean of the others: a lower bound of the ceiling.

    Parameters
    ----------
    subjects
        Shape (subject, stimulus, stimulus).

    Returns
    -------
    Pearson correlation over all entries off the diagonal, shape (subject,).

    Raises
    ------
    ValueError
        If there is one subject.

    """
    matrices = _off_diagonal(subjects)
    if len(matrices) < 2:
        raise ValueError("One subject has no ceiling: give the similarities of two or more.")
    others = (matrices.sum(axis=0) - matrices) / (len(matrices) - 1)
    return np.array([pearson_of_pairs(one, rest) for one, rest in zip(matrices, others, strict=True)])


def _off_diagonal(matrices: ArrayLike) -> NDArray[np.float64]:
    """Return what is off the diagonal of each matrix, shape (matrix, entry)."""
    array = np.asarray(matrices, dtype=np.float64)
    if array.ndim != 3 or array.shape[1] != array.shape[2] or array.shape[1] < 3:
        raise ValueError(f"Similarities of shape {array.shape} cannot be compared: give square ones, three stimuli up.")
    return array[:, ~np.eye(array.shape[1], dtype=bool)]


def pearson_of_pairs(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Correlate the entries of two matrices, (pair,) each; NaN where one does not vary but for rounding."""
    return float(pearson_correlation(first[:, np.newaxis], second[:, np.newaxis], rounding=ROUNDING)[0])
