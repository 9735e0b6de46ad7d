"""Where in the visual field a neuroid responds (Marques, Schrimpf & DiCarlo, 2021, doi 10.1101/2021.03.01.433495)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.one_thread import one_thread

# A map may be as large as the memory (a memory map): this many neuroids at a time, on 21 x 21 positions, take 14 MB.
_NEUROIDS_AT_ONCE = 4096


@one_thread()
def receptive_field_centres(
    response_map: NDArray[np.floating], y_degrees: ArrayLike, x_degrees: ArrayLike, threshold: float = 0.05
) -> NDArray[np.float64]:
    """Centroid of the positions at which a small stimulus drives a neuroid.

    Positions count with their response, and only where it is above `threshold` times the largest one. The centroid is
    taken in steps of the grid and interpolated linearly to degrees.

    Parameters
    ----------
    response_map
        Responses above the blank, shape (y, x, neuroid), float32 or float64. It may be a memory map: it is read once, a
        few thousand neuroids at a time, and not changed. Negative responses never count.
    y_degrees, x_degrees
        Positions of the grid in visual degrees, shapes (y,) and (x,).
    threshold
        Fraction of the neuroid's largest response, 0 to 1; .05 is the published value.

    Returns
    -------
    Centres (y, x) in degrees, shape (neuroid, 2). A constant positive map has its centre in the middle of the grid.
    NaN where the largest response is not positive (all-zero and negative maps) or not finite, or a response is NaN.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    """
    y_positions = np.asarray(y_degrees, dtype=np.float64)
    x_positions = np.asarray(x_degrees, dtype=np.float64)
    if response_map.ndim != 3 or response_map.shape[:2] != (y_positions.size, x_positions.size):
        raise ValueError(
            f"A response map of shape {response_map.shape} does not fit {y_positions.size} x {x_positions.size} "
            "positions: give (y, x, neuroid)."
        )
    y_index = np.arange(y_positions.size, dtype=np.float64)
    x_index = np.arange(x_positions.size, dtype=np.float64)
    neuroids = response_map.shape[2]
    centres = np.empty((neuroids, 2))
    for start in range(0, neuroids, _NEUROIDS_AT_ONCE):
        block = slice(start, start + _NEUROIDS_AT_ONCE)
        responses = np.asarray(response_map[:, :, block], dtype=np.float64)
        weights = np.where(responses > threshold * responses.max(axis=(0, 1)), responses, 0)
        total = weights.sum(axis=(0, 1))
        # Nothing is above the threshold of a map without a positive response: 0 / 0 is the NaN that is wanted.
        with np.errstate(invalid="ignore"):
            centres[block, 0] = np.interp(y_index @ weights.sum(axis=1) / total, y_index, y_positions)
            centres[block, 1] = np.interp(x_index @ weights.sum(axis=0) / total, x_index, x_positions)
    return centres
