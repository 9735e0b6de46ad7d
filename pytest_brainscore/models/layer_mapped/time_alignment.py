"""Which part of which stretch of time goes into which time bin, as in the published system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.one_thread import one_thread

Stretch = tuple[float, float]
"""Start and end, in milliseconds after stimulus onset."""


def alignment_weights(
    sources: Sequence[Stretch], targets: Sequence[Stretch], mode: Literal["portion", "center"] = "portion"
) -> NDArray[np.float64]:
    """Return how much of each source goes into each target.

    Parameters
    ----------
    sources
        Stretches of time that follow upon each other without gap.
    targets
        Time bins.
    mode
        ``portion``: the share of the source that the target overlaps. ``center``: 1 for the source that holds the
        middle of the target.

    Returns
    -------
    Shape (target, source), 0 to 1; not adding up to 1.

    Raises
    ------
    ValueError
        If sources leave a gap or have no length, or a target ends before it starts, or lies outside the sources.

    """
    start, end = np.asarray(sources, np.float64).reshape(-1, 2).T
    first, last = np.asarray(targets, np.float64).reshape(-1, 2).T
    if len(start) == 0 or (end <= start).any() or (start[1:] != end[:-1]).any():
        raise ValueError(f"The stretches {list(sources)} do not follow upon each other: give them without gaps.")
    outside = (last <= first) | (first < start[0]) | (last > end[-1])
    if outside.any():
        raise ValueError(f"The time bin {targets[int(outside.argmax())]} is not within {start[0]:g} to {end[-1]:g} ms.")
    if mode == "center":
        middle = ((first + last) / 2)[:, np.newaxis]
        return ((start <= middle) & (middle < end)).astype(np.float64)
    overlap = np.minimum(last[:, np.newaxis], end) - np.maximum(first[:, np.newaxis], start)
    return np.asarray(np.maximum(overlap, 0) / (end - start))


@one_thread()
def align(
    values: ArrayLike,
    sources: Sequence[Stretch],
    targets: Sequence[Stretch],
    mode: Literal["portion", "center"] = "portion",
) -> NDArray[np.floating]:
    """Average responses over time bins.

    Parameters
    ----------
    values
        Shape (..., source).
    sources, targets, mode
        As in :func:`alignment_weights`.

    Returns
    -------
    Means weighted by :func:`alignment_weights`, shape (..., target), of the type of `values`.

    Raises
    ------
    ValueError
        As in :func:`alignment_weights`.

    """
    weights = alignment_weights(sources, targets, mode)
    array = np.asarray(values)
    averaged = array @ (weights / weights.sum(axis=1, keepdims=True)).T
    return np.asarray(averaged.astype(array.dtype))
