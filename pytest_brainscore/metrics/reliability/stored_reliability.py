"""Ceilings from reliabilities that publishers store with a recording, where single repetitions are not distributed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

DRAWS = 1000
SEED = 0


class StoredReliability(NamedTuple):
    """A ceiling, with how well it is known."""

    value: float
    """Median over neuroids; NaN where none has a reliability."""
    error: float
    """Deviation (ddof 0) of the medians of neuroids drawn with replacement."""


def stored_reliability(reliabilities: ArrayLike, *, draws: int = DRAWS, seed: int = SEED) -> StoredReliability:
    """Ceiling from one reliability for each neuroid: their median, as for Li2026.

    Parameters
    ----------
    reliabilities
        For example Spearman-Brown-corrected correlations of halves, shape (neuroid,). NaN are left out.
    draws, seed
        Of NumPy's legacy generator, for the error.

    Returns
    -------
    The `StoredReliability`; NaN twice where no neuroid has a reliability.

    Raises
    ------
    ValueError
        If there is not one axis.

    """
    values = _one_each(reliabilities)
    known = values[np.isfinite(values)]
    if not known.size:
        return StoredReliability(float("nan"), float("nan"))
    generator = np.random.RandomState(seed)
    medians = [np.median(generator.choice(known, size=known.size)) for _ in range(draws)]
    return StoredReliability(float(np.median(known)), float(np.std(medians)))


def noise_ceiling_correlations(percent: ArrayLike) -> NDArray[np.float32]:
    """Largest correlation that noise ceilings allow: the square root of the share of variance that is no noise.

    Parameters
    ----------
    percent
        Noise ceiling of each voxel in percent, shape (voxel,) (Allen et al. 2022); cut to 0 and 100.

    Returns
    -------
    0 to 1, in single precision, as published; NaN stays NaN.

    Raises
    ------
    ValueError
        If there is not one axis.

    """
    share = np.clip(_one_each(percent).astype(np.float32), 0, 100) / np.float32(100)
    return np.asarray(np.sqrt(share), dtype=np.float32)


def _one_each(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"Reliabilities of shape {array.shape} are not one each: give (neuroid,).")
    return array
