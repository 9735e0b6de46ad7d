"""How much does a number depend on which stimuli were shown? A bootstrap over stimuli, for the error of a score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.shared.aggregation import defined_mean
from pytest_brainscore.one_thread import one_thread

SEED: Final = 0
"""Seed of the bootstrap."""
DRAWS: Final = 1000
"""Draws of the bootstrap; their deviation is then known to 2 %."""
_BLOCK_WEIGHTS: Final = 2**21
"""Weights in memory at a time: 16 MiB."""

FloatArray = NDArray[np.float64]


def bootstrap(
    statistic: Callable[[FloatArray], FloatArray], strata: ArrayLike, *, draws: int = DRAWS, seed: int = SEED
) -> FloatArray:
    """Recompute a statistic for random draws of the stimuli, with replacement, as many from each stratum as it has.

    Parameters
    ----------
    statistic
        Called with how often each stimulus was drawn, shape (some draws, stimulus); returns shape (some draws,).
    strata
        Stratum of every stimulus, shape (stimulus,): stimuli are drawn within conditions that the experiment fixed.
    draws
        Number of draws.
    seed
        Seed of the generator. The same seed and strata give the same draws.

    Returns
    -------
    The statistic of every draw, shape (draw,).

    Raises
    ------
    ValueError
        If there are no stimuli.

    """
    labels = np.asarray(strata)
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"Strata of shape {labels.shape} have nothing to draw from: give one for each stimulus.")
    codes = np.unique(labels, return_inverse=True)[1].ravel()
    members = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    generator = np.random.default_rng(seed)
    block = max(1, _BLOCK_WEIGHTS // labels.size)
    values = []
    for start in range(0, draws, block):
        weights = np.empty((min(block, draws - start), labels.size))
        for stimuli in members:
            share = np.full(stimuli.size, 1 / stimuli.size)
            weights[:, stimuli] = generator.multinomial(stimuli.size, share, size=len(weights))
        with one_thread():
            values.append(statistic(weights))
    return np.concatenate(values)


def error_of_mean(values: ArrayLike, *, draws: int = DRAWS, seed: int = SEED) -> float:
    """Return the deviation of the mean of some values over draws of them, as the published system does for subjects.

    Parameters
    ----------
    values
        One for each subject or fold, shape (value,). NaN are drawn, and left out of the mean.
    draws, seed
        Of NumPy's default generator; published wrappers of several subjects take 200 draws.

    Returns
    -------
    The standard deviation (ddof 1) of those means that have a number; NaN where fewer than two have.

    """
    array = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    means = [defined_mean(array[generator.integers(array.size, size=array.size)]) for _ in range(draws)]
    defined = np.array([mean for mean in means if np.isfinite(mean)])
    return float(defined.std(ddof=1)) if defined.size > 1 else float("nan")


def deviation(draws: FloatArray) -> float:
    """Return the standard deviation of those draws that have a number; NaN where none has."""
    defined = draws[np.isfinite(draws)]
    return float(defined.std()) if defined.size else float("nan")
