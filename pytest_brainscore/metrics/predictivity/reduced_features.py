"""Features made small without loss, for regressions that treat all directions of feature space alike.

PLS, ridge and minimum-norm least squares give the same predictions, and PLS the same iterates, for any features with
the same inner products between stimuli; n features suffice for n stimuli.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.linalg.lapack import dpstrf, dtpqrt

from pytest_brainscore.metrics.predictivity.regression_data import centred_blocks, upper_gram
from pytest_brainscore.metrics.predictivity.tiled_matrix import TiledMatrix
from pytest_brainscore.one_thread import one_thread

# The Gram matrix of n stimuli costs n^2 operations per feature. Below this ratio of features to stimuli that is more
# than it saves (measured for 3200 stimuli, 168 targets and ten splits).
_FEATURES_PER_STIMULUS = 2
# Features are rotated into each other only where their lengths are within this ratio, so that the rounding of a long
# one does not cover a short one. Single precision has seven digits, and double precision as many below these.
_LIKE_LENGTH = 1e-4
# Rounding of features as they are is a millionth part of this share, of their Gram matrix a billionth: of the digits of
# double precision, the Gram matrix loses one for each digit of the share, and features half of one.
_SMALLEST_SHARE = 1e-8
_SMALLEST_SHARE_OF_GRAM = 1e-6
# Columns of a reflection that are applied together, for the speed of matrix products.
_REFLECTIONS = 32


class ReducedFeatures(NamedTuple):
    """Centred features, or fewer columns with the same inner products between stimuli."""

    matrix: TiledMatrix
    """Shape (stimulus, column)."""
    groups: NDArray[np.intp]
    """Number of the group whose features were rotated into each column, shape (column,): their rounding is common."""
    smallest_share: float
    """Share of the squares of features below which what is left of them is less precise than by reflections."""


def reduced_features(features: NDArray[np.generic], *, precise: bool = False) -> ReducedFeatures:
    """Centre features over stimuli and, where they far outnumber the stimuli, rotate them into few columns.

    Parameters
    ----------
    features
        Shape (stimulus, feature), any real dtype, for instance a memory-mapped float32 file. Read in blocks of columns.
    precise
        How to rotate. False: by the pivoted Cholesky factor of their Gram matrix, which loses directions in which the
        features vary 10^8 times less than in the largest, and only if there are more than 2 features per stimulus.
        True: in any case, by reflections (a QR decomposition), at twice the cost. They keep all that double precision
        holds, also of features of very different lengths, and leave what features have in common in few columns, so
        that the rounding of others is small when these are used up.

    Returns
    -------
    float64 features, shape (stimulus, feature), or if rotated (stimulus, at most stimulus), for reflections as many for
    each group of features of like length. Zero columns where all features are constant.

    Raises
    ------
    ValueError
        If a feature is NaN or infinite.

    """
    stimuli, count = features.shape
    if precise:
        return _by_reflections(features)
    if count <= _FEATURES_PER_STIMULUS * stimuli:
        matrix = TiledMatrix(stimuli, count)
        for columns, block in centred_blocks(features):
            matrix.values[:, columns] = block
        return ReducedFeatures(matrix, np.arange(count), _SMALLEST_SHARE)
    gram = upper_gram(features)
    if not gram.any():
        return ReducedFeatures(TiledMatrix(stimuli, 1), np.zeros(1, dtype=np.intp), 0.0)
    with one_thread():
        factor, pivots, rank, _ = dpstrf(gram, overwrite_a=1)
    matrix = TiledMatrix(stimuli, rank)
    real = pivots <= stimuli
    matrix.values[pivots[real] - 1] = factor[:rank, real].T
    return ReducedFeatures(matrix, np.zeros(rank, dtype=np.intp), _SMALLEST_SHARE_OF_GRAM)


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
        rows = (block[:, group[columns]].T for columns, block in centred_blocks(features))
        with one_thread():
            if group.sum() <= stimuli:
                triangle = qr(np.concatenate(list(rows)), mode="r", overwrite_a=True, check_finite=False)[0]
            else:
                triangle = np.zeros((stimuli, stimuli), order="F")
                for some in rows:
                    if len(some):
                        triangle = dtpqrt(0, min(_REFLECTIONS, stimuli), triangle, some, overwrite_a=1, overwrite_b=1)[
                            0
                        ]
        parts.append(triangle[triangle.any(axis=1)].T)
    matrix = TiledMatrix(stimuli, sum(part.shape[1] for part in parts))
    np.concatenate(parts, axis=1, out=matrix.values)
    return ReducedFeatures(matrix, np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts]), 0.0)
