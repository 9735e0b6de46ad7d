"""Does a model mistake the same categories for one another as people do?

As in the benchmark of Maniquet, Op de Beeck & Costantino (2024), doi 10.1101/2024.04.02.587669, of the published
system.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.shared.correlation import pearson_correlation


def confusion_counts(truth: ArrayLike, answers: ArrayLike, labels: ArrayLike) -> NDArray[np.int64]:
    """Count the answers to the stimuli of every category.

    Parameters
    ----------
    truth, answers
        Category and answer of every trial, shape (trial,).
    labels
        The categories that count, shape (label,), distinct. Trials with another category or answer are left out.

    Returns
    -------
    Counts, shape (label, label): rows are categories, columns are answers, both in the order of the labels.

    Raises
    ------
    ValueError
        If the lengths differ or a label occurs twice.

    """
    shown, given, names = np.asarray(truth), np.asarray(answers), np.asarray(labels)
    if shown.ndim != 1 or shown.shape != given.shape:
        raise ValueError(
            f"Answers of shape {given.shape} do not fit categories of shape {shown.shape}: give both for every trial."
        )
    order = np.argsort(names)
    ordered = names[order]
    if names.ndim != 1 or names.size == 0 or (ordered[1:] == ordered[:-1]).any():
        raise ValueError("Labels must be distinct and at least one: give every category once.")
    counted = np.isin(shown, names) & np.isin(given, names)
    rows, columns = (order[np.searchsorted(ordered, values[counted])] for values in (shown, given))
    counts = np.zeros((names.size, names.size), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts


def confusion_similarity(model: ArrayLike, human: ArrayLike) -> NDArray[np.float64]:
    """Pearson correlation of the counts of mistakes: what lies off the diagonal of two confusion matrices.

    Parameters
    ----------
    model, human
        `confusion_counts`, shape (..., label, label), with the same labels in the same order; leading axes are
        broadcast.

    Returns
    -------
    Correlation, shape (...), -1 to 1; NaN where all mistakes are equally frequent, for instance where there are none.

    Raises
    ------
    ValueError
        If the matrices are not square and equally large, with two labels or more.

    """
    one, other = np.asarray(model, dtype=np.float64), np.asarray(human, dtype=np.float64)
    size = one.shape[-1] if one.ndim > 1 else 0
    if size < 2 or one.shape[-2:] != (size, size) or other.shape[-2:] != (size, size):
        raise ValueError(
            f"Confusions of shapes {one.shape} and {other.shape} cannot be compared: give two square matrices of the "
            "same labels, two or more."
        )
    mistakes = ~np.eye(size, dtype=np.bool_)
    first, second = np.broadcast_arrays(one[..., mistakes], other[..., mistakes])
    return np.asarray(pearson_correlation(first[..., np.newaxis], second[..., np.newaxis])[..., 0])
