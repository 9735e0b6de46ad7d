"""Which neuroids respond alike, again and again, to the same stimuli?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Of the domain transfer benchmark of Igusti Bagus et al. (2022), SVRHM workshop, in the published system.
DEFAULT_THRESHOLD = 0.7


def reliable_neuroids(reliabilities: ArrayLike, *, threshold: float = DEFAULT_THRESHOLD) -> NDArray[np.bool_]:
    """Find the neuroids with a reliability above a threshold, on average over splits of the repetitions.

    Parameters
    ----------
    reliabilities
        For instance the values of `internal_consistency`, shape (split, neuroid). NaN are left out of the mean.
    threshold
        A reliability that is not enough; .7 in the published system.

    Returns
    -------
    True for reliable neuroids, shape (neuroid,); False for a neuroid without any reliability.

    Raises
    ------
    ValueError
        If there are no splits.

    """
    values = np.asarray(reliabilities, dtype=np.float64)
    if values.ndim != 2 or len(values) == 0:
        raise ValueError(f"Reliabilities of shape {values.shape} select nothing: give (split, neuroid), not empty.")
    known = ~np.isnan(values)
    counts = known.sum(axis=0)
    means = np.where(known, values, 0).sum(axis=0) / np.maximum(counts, 1)
    return np.asarray((counts > 0) & (means > threshold))
