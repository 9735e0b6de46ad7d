"""Features and targets of a regression: what is checked before fitting, and how features are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg.blas import dgemm, dsyrk

from pytest_brainscore.metrics.predictivity.tiled_matrix import TILE
from pytest_brainscore.metrics.shared.splits import Split
from pytest_brainscore.one_thread import one_thread

# Features are read in blocks of columns of about this size, so that memory does not grow with features.
_BLOCK_BYTES = 2**25


class StackedRows:
    """Rows of several matrices below one another, which stay where they are: features on disk, in several files.

    For the functions of this room it is the matrix (stimulus, feature); columns are read when they are asked for.

    Parameters
    ----------
    parts
        Matrices with the same number of columns, any real dtype; may be memory-mapped.

    Raises
    ------
    ValueError
        If their columns differ.

    """

    ndim = 2

    def __init__(self, *parts: NDArray[np.generic]) -> None:
        columns = {part.shape[1:] for part in parts}
        if len(columns) != 1 or any(part.ndim != 2 for part in parts):
            shapes = " and ".join(str(part.shape) for part in parts)
            raise ValueError(f"Features of shapes {shapes} are not of the same units: give (stimulus, feature) each.")
        self._parts = parts
        self.shape = (sum(len(part) for part in parts), parts[0].shape[1])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: tuple[slice, slice | NDArray[np.intp]]) -> NDArray[np.generic]:
        rows, columns = key
        return np.concatenate([part[:, columns] for part in self._parts])[rows]


def checked_targets(features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split]) -> NDArray[np.float64]:
    """Return targets as float64 after checking that features, targets and splits belong together.

    Parameters
    ----------
    features
        Shape (stimulus, feature). Their values are not looked at here: they may be larger than memory.
    targets
        Responses, shape (stimulus, neuroid), in the same order of stimuli.
    splits
        Row numbers of training and test stimuli.

    Raises
    ------
    ValueError
        If the shapes do not fit, a target is NaN or infinite, or a split is empty, repeats a training row or names a
        row that does not exist.

    """
    responses = np.asarray(targets, dtype=np.float64)
    if features.ndim != 2 or responses.ndim != 2 or len(features) != len(responses) or 0 in responses.shape:
        raise ValueError(
            f"Features of shape {features.shape} and targets of shape {responses.shape} do not fit: "
            "give (stimulus, feature) and (stimulus, neuroid) with the same stimuli in the same order."
        )
    silent = np.flatnonzero(np.isnan(responses).all(axis=0))
    if silent.size:
        raise ValueError(
            f"{silent.size} of {responses.shape[1]} neuroids are NaN for all stimuli, the first in column {silent[0]}: "
            "drop these neuroids before fitting."
        )
    broken = np.flatnonzero(~np.isfinite(responses).all(axis=1))
    if broken.size:
        raise ValueError(
            f"Targets are NaN or infinite for {broken.size} of {len(responses)} stimuli, the first in row {broken[0]}: "
            "drop these stimuli or these neuroids before fitting."
        )
    if not splits:
        raise ValueError("There are no splits to fit: give at least one.")
    for number, split in enumerate(splits):
        train, test = np.asarray(split.train), np.asarray(split.test)
        rows = np.concatenate([train, test])
        if min(train.size, test.size) == 0 or rows.min() < 0 or rows.max() >= len(responses):
            raise ValueError(
                f"Split {number} does not fit {len(responses)} stimuli: "
                f"give it training and test rows between 0 and {len(responses) - 1}."
            )
        if np.unique(train).size < train.size:
            raise ValueError(f"Split {number} has a training row twice: name every row once.")
    return responses


def gram_matrix(features: NDArray[np.generic]) -> NDArray[np.float64]:
    """Inner products between the stimuli after centring features over stimuli, shape (stimulus, stimulus).

    Summed over blocks of columns; features may be memory-mapped. Raises ValueError if a feature is NaN or infinite.
    """
    gram = upper_gram(features)[: len(features), : len(features)]
    mirror_upper(gram)
    return gram


def mirror_upper(square: NDArray[np.float64]) -> None:
    """Write the entries above the diagonal of a square matrix below it, in place and in tiles: it can be large."""
    for start in range(0, len(square), TILE):
        stop = start + TILE
        corner = np.triu(square[start:stop, start:stop])
        square[start:stop, start:stop] = corner + np.triu(corner, 1).T
        square[stop:, start:stop] = square[start:stop, stop:].T


def gram_of_split(features: NDArray[np.generic], split: Split) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Inner products of training stimuli, and of test with training stimuli, after centring over all stimuli.

    Of one split less than the matrix of all stimuli. Summed over blocks of columns; features may be memory-mapped.

    Parameters
    ----------
    features
        Shape (stimulus, feature).
    split
        Rows of training and test stimuli.

    Returns
    -------
    Shapes (training stimulus, training stimulus) and (test stimulus, training stimulus).

    Raises
    ------
    ValueError
        If a feature is NaN or infinite.

    """
    seen, unseen = len(split.train), len(split.test)
    gram = np.zeros((-(-seen // TILE) * TILE,) * 2, order="F")
    cross = np.zeros((unseen, seen), order="F")
    for _, block in centred_blocks(features):
        train = np.zeros((len(gram), block.shape[1]))  # padded as in `upper_gram`
        train[:seen] = block[split.train]
        gram = dsyrk(1.0, train.T, beta=1.0, c=gram, trans=1, overwrite_c=1)
        with one_thread():  # what threads share is added up in another order; test stimuli are few
            cross = dgemm(1.0, block[split.test].T, train[:seen].T, beta=1.0, c=cross, trans_a=1, overwrite_c=1)
    mirror_upper(gram)
    return gram[:seen, :seen], cross


def centred_blocks(features: NDArray[np.generic]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Read features, shape (stimulus, feature), in blocks of columns, as float64 with the mean 0 over stimuli.

    Raises ValueError if a feature is NaN or infinite.
    """
    stimuli, count = features.shape
    width = max(1, _BLOCK_BYTES // (8 * stimuli))
    for start in range(0, count, width):
        columns = slice(start, min(start + width, count))
        yield columns, _centred(features, columns)


def upper_gram(features: NDArray[np.generic]) -> NDArray[np.float64]:
    """Sum the upper triangle of the Gram matrix, padded with zeros to a multiple of the tile as in `square`.

    Features, shape (stimulus, feature), are centred over stimuli. Raises ValueError if one is NaN or infinite.
    """
    stimuli = len(features)
    padded = -(-stimuli // TILE) * TILE
    gram = np.zeros((padded, padded), order="F")
    for _, block in centred_blocks(features):
        rows = np.zeros((padded, block.shape[1]))
        rows[:stimuli] = block
        del block  # the next one is read before this name would be free
        gram = dsyrk(1.0, rows.T, beta=1.0, c=gram, trans=1, overwrite_c=1)
        del rows
    return gram


def _centred(features: NDArray[np.generic], columns: slice) -> NDArray[np.float64]:
    block = np.array(features[:, columns], dtype=np.float64)
    mean = block.mean(axis=0)
    if not np.isfinite(mean).all():
        column = columns.start + int(np.flatnonzero(~np.isfinite(mean))[0])
        raise ValueError(
            f"Features are NaN or infinite, first in column {column}: drop these stimuli or these features."
        )
    block -= mean
    # The mean of equal values need not be their value; what is left of them is equal.
    alike = np.flatnonzero(block[0] == block[-1])
    block[:, alike[(block[:, alike] == block[0, alike]).all(axis=0)]] = 0
    return block
