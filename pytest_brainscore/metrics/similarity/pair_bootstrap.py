"""How much the similarity of two matrices depends on the stimuli they were made from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.metrics.shared.correlation import ROUNDING, spearman_correlation

DRAWS: Final = 1000
"""Deviation of so many draws is known to 2 %."""

Array = NDArray[np.float64]


def pair_bootstrap(
    first: Array,
    second: Array,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    correlate: Callable[[Array, Array], float] | None = None,
) -> float:
    """Return how much the similarity of two matrices of all pairs of stimuli depends on the stimuli.

    The standard deviation over draws of the stimuli with replacement; pairs of a stimulus with itself are left out.
    Nili et al. (2014), doi 10.1371/journal.pcbi.1003553.

    Parameters
    ----------
    first, second
        Shape (stimulus, stimulus), symmetric, the same stimuli in the same order, on which the draws depend.
    seed, draws
        Of the generator, and their number.
    correlate
        Compares the entries of two series of pairs; None for the Spearman correlation.

    Returns
    -------
    NaN where fewer than two draws have a similarity, or there are fewer than ten stimuli.

    """
    compare = partial(spearman_correlation, rounding=ROUNDING) if correlate is None else correlate
    generator = np.random.default_rng(seed)
    values = np.full(draws, np.nan)
    above, beside = np.triu_indices(len(first), 1)
    for draw in range(draws):
        drawn = np.sort(generator.integers(len(first), size=len(first)))
        one, other = drawn[above], drawn[beside]
        apart = one != other
        one, other = one[apart], other[apart]
        if one.size > 1:
            values[draw] = compare(first[one, other], second[one, other])
    defined = values[np.isfinite(values)]
    return credible(float(defined.std()), len(first)) if defined.size > 1 else float("nan")
