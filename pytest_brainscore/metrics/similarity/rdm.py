"""Representational dissimilarity: which stimuli a population of units tells apart, compared between populations.

Kriegeskorte, Mur & Bandettini (2008), doi 10.3389/neuro.06.004.2008; ceiling after Nili et al. (2014),
doi 10.1371/journal.pcbi.1003553.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg.blas import dsyrk

from pytest_brainscore.metrics.predictivity.regression_data import mirror_upper
from pytest_brainscore.metrics.shared.correlation import ROUNDING, spearman_correlation
from pytest_brainscore.one_thread import one_thread

# Responses are read in blocks of neuroids of about this size, so that memory does not grow with neuroids.
_BLOCK_BYTES = 2**25
# The published system asks for a diagonal of 0 to seven decimals.
_DIAGONAL_TOLERANCE = 1.5e-7


class RSACeiling(NamedTuple):
    """How similar the matrices of subjects are to what they have in common."""

    upper: float
    """Mean over subjects of the similarity to the mean matrix of all of them: the published ceiling."""
    lower: float
    """Mean over subjects of the similarity to the mean matrix of the others."""


@one_thread()
def representational_dissimilarity(responses: NDArray[np.generic]) -> NDArray[np.float64]:
    """Dissimilarity of all pairs of stimuli: 1 - Pearson correlation over neuroids.

    Parameters
    ----------
    responses
        Shape (stimulus, neuroid), any real dtype; may be memory-mapped.

    Returns
    -------
    Shape (stimulus, stimulus), symmetric, 0 to 2, 0 on the diagonal. NaN in the row and the column of a stimulus that
    has a NaN, or the same response in all neuroids.

    Raises
    ------
    ValueError
        If there are fewer than two stimuli or neuroids.

    """
    if responses.ndim != 2 or min(responses.shape) < 2:
        raise ValueError(
            f"Responses of shape {responses.shape} have no dissimilarities: "
            "give (stimulus, neuroid), with two or more of each."
        )
    stimuli, neuroids = responses.shape
    means = responses.mean(axis=1, dtype=np.float64, keepdims=True)
    products = np.zeros((stimuli, stimuli), order="F")
    step = max(1, _BLOCK_BYTES // (8 * stimuli))
    for start in range(0, neuroids, step):
        block = np.asarray(responses[:, start : start + step], dtype=np.float64) - means
        products = dsyrk(1.0, block.T, beta=1.0, c=products, trans=1, lower=1, overwrite_c=1)
    products = products.T  # in C order, above the diagonal
    lengths = np.sqrt(products.diagonal())
    lengths[responses.max(axis=1) == responses.min(axis=1)] = np.nan
    # In place: of many stimuli, each copy of the matrix takes as long as a block.
    products /= lengths
    products /= lengths[:, None]
    np.clip(products, -1, 1, out=products)
    dissimilarity: NDArray[np.float64] = np.subtract(1, products, out=products)
    mirror_upper(dissimilarity)
    np.fill_diagonal(dissimilarity, np.where(np.isnan(lengths), np.nan, 0))
    return dissimilarity


def rdm_similarity(first: ArrayLike, second: ArrayLike) -> float:
    """Compare two dissimilarity matrices: Spearman correlation of their entries above the diagonal.

    Parameters
    ----------
    first, second
        Shape (stimulus, stimulus), the same stimuli in the same order.

    Returns
    -------
    Similarity, -1 to 1. Dissimilarities that differ by rounding, at most 10^-12 of the largest one, are tied. NaN if an
    entry above a diagonal is NaN, or all are tied.

    Raises
    ------
    ValueError
        If the matrices have different stimuli or fewer than three, or a diagonal that is not 0.

    """
    entries, others = _entries(first), _entries(second)
    if entries.shape != others.shape:
        raise ValueError("Dissimilarities of different numbers of stimuli cannot be compared: give the same stimuli.")
    return spearman_correlation(entries, others, rounding=ROUNDING)


def rsa_ceiling(dissimilarities: ArrayLike) -> RSACeiling:
    """Bounds on how similar any matrix can be to those of the subjects.

    The upper bound is too high for few subjects, because the mean contains the subject it is compared with.

    Parameters
    ----------
    dissimilarities
        One matrix per subject, shape (subject, stimulus, stimulus).

    Returns
    -------
    The `RSACeiling`. NaN if an entry above a diagonal is NaN. Of one subject the upper bound is 1, as it is compared
    with itself, and the lower one NaN.

    Raises
    ------
    ValueError
        If there is no subject, and for matrices that `rdm_similarity` does not take.

    """
    matrices = np.asarray(dissimilarities, dtype=np.float64)
    if not len(matrices):
        raise ValueError("Nobody has no ceiling: give the dissimilarities of at least one subject.")
    entries = np.stack([_entries(matrix) for matrix in matrices])
    mean = entries.mean(axis=0)
    upper = float(np.mean([spearman_correlation(one, mean, rounding=ROUNDING) for one in entries]))
    if len(entries) == 1:
        return RSACeiling(upper, float("nan"))
    others = (entries.sum(axis=0) - entries) / (len(entries) - 1)
    lower = [spearman_correlation(*pair, rounding=ROUNDING) for pair in zip(entries, others, strict=True)]
    return RSACeiling(upper, float(np.mean(lower)))


def _entries(matrix: ArrayLike) -> NDArray[np.float64]:
    """Return the entries above the diagonal of a dissimilarity matrix."""
    square = np.asarray(matrix, dtype=np.float64)
    if square.ndim != 2 or square.shape[0] != square.shape[1] or len(square) < 3:
        raise ValueError(
            f"Dissimilarities of shape {square.shape} cannot be compared: "
            "give (stimulus, stimulus) with three or more stimuli."
        )
    if np.abs(np.nan_to_num(square.diagonal())).max() > _DIAGONAL_TOLERANCE:
        raise ValueError("A stimulus is dissimilar to itself: give dissimilarities with a diagonal of 0.")
    return square[np.triu_indices(len(square), 1)]
