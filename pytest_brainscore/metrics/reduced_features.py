"""Features made small without loss, for regressions that treat all directions of feature space alike.

PLS, ridge and minimum-norm least squares give the same predictions, and PLS the same iterates, for any features with
the same inner products between stimuli; n features suffice for n stimuli.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpstrf, dtpqrt

from pytest_brainscore.metrics.one_thread import one_thread
from pytest_brainscore.metrics.regression_data import centred_blocks, upper_gram
from pytest_brainscore.metrics.tiled_matrix import TiledMatrix

# The Gram matrix of n stimuli costs n^2 operations per feature. Below this ratio of features to stimuli that is more
# than it saves (measured for 3200 stimuli, 168 targets and ten splits).
_FEATURES_PER_STIMULUS = 2
# Features are rotated into each other only where their lengths are within this ratio, so that the rounding of a long
# one does not cover a short one. Single precision has seven digits, and double precision as many below these.
_LIKE_LENGTH = 1e-4
# Columns of a reflection that are applied together, for the speed of matrix products.
_REFLECTIONS = 32


class ReducedFeatures(NamedTuple):
    """Centred features, or fewer columns with the same inner products between stimuli."""

    matrix: TiledMatrix
    """Shape (stimulus, column)."""
    groups: NDArray[np.intp]
    """Number of the group whose features were rotated into each column, shape (column,): their rounding is common."""
    precise: bool
    """Whether the rounding is the machine precision; else it is its square root."""


def reduced_features(features: NDArray[np.generic], *, precise: bool = False) -> ReducedFeatures:
    """Centre features over stimuli and, where they far outnumber the stimuli, rotate them into few columns.

    Parameters
    ----------
    features
        Shape (stimulus, feature), any real dtype, for instance a memory-mapped float32 file. Read in blocks of columns.
    precise
        How to rotate. False: by the pivoted Cholesky factor of their Gram matrix, which loses directions in which the
        features vary 10^8 times less than in the largest. True: by reflections (a QR decomposition), which keep
        all that double precision holds, also of features of very different lengths, at twice the cost.

    Returns
    -------
    float64 features, shape (stimulus, feature), or for more than 2 features per stimulus (stimulus, at most stimulus)
    for each group of features of like length. Zero columns where all features are constant.

    Raises
    ------
    ValueError
        If a feature is NaN or infinite.

    """
    stimuli, count = features.shape
    if count <= _FEATURES_PER_STIMULUS * stimuli:
        matrix = TiledMatrix(stimuli, count)
        for columns, block in centred_blocks(features):
            matrix.values[:, columns] = block
        return ReducedFeatures(matrix, np.arange(count), True)
    if precise:
        return _by_reflections(features)
    gram = upper_gram(features)
    if not gram.any():
        return ReducedFeatures(TiledMatrix(stimuli, 1), np.zeros(1, dtype=np.intp), True)
    with one_thread():
        factor, pivots, rank, _ = dpstrf(gram, overwrite_a=1)
    matrix = TiledMatrix(stimuli, rank)
    real = pivots <= stimuli
    matrix.values[pivots[real] - 1] = factor[:rank, real].T
    return ReducedFeatures(matrix, np.zeros(rank, dtype=np.intp), False)


def _by_reflections(features: NDArray[np.generic]) -> ReducedFeatures:
    """Rotate features of like length into a triangle each."""
    stimuli, count = features.shape
    lengths = np.empty(count)
    for columns, block in centred_blocks(features):
        lengths[columns] = np.sqrt(np.einsum("pf,pf->f", block, block))
    parts = [np.zeros((stimuli, int(not lengths.any())))]
    left = lengths > 0
    while left.any():
        group = left & (lengths >= _LIKE_LENGTH * lengths[left].max())
        left &= ~group
        triangle = np.zeros((stimuli, stimuli), order="F")
        for columns, block in centred_blocks(features):
            rows = block[:, group[columns]].T
            if len(rows):
                with one_thread():
                    triangle = dtpqrt(0, min(_REFLECTIONS, stimuli), triangle, rows, overwrite_a=1, overwrite_b=1)[0]
        parts.append(triangle[triangle.any(axis=1)].T)
    matrix = TiledMatrix(stimuli, sum(part.shape[1] for part in parts))
    np.concatenate(parts, axis=1, out=matrix.values)
    return ReducedFeatures(matrix, np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts]), True)
