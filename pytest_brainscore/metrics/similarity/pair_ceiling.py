"""How alike subjects are to one another, pair by pair: a ceiling for what a model has in common with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.metrics.similarity.cka import cka

Similarity = Callable[[NDArray[np.generic], NDArray[np.generic]], float]
"""Compares the responses of two populations to the same stimuli."""


class PairCeiling(NamedTuple):
    """A mean over pairs of subjects, with what it came from."""

    value: float
    error: float
    """Standard error over pairs (ddof 1), which are not independent; 0 for one pair, as published."""
    pairs: NDArray[np.float64]
    """In the order of `itertools.combinations`, shape (pair,)."""


def pair_ceiling(subjects: Sequence[NDArray[np.generic]], similarity: Similarity = cka) -> PairCeiling:
    """Compare all unordered pairs of subjects.

    Parameters
    ----------
    subjects
        Responses of each, shape (stimulus, neuroid), the same stimuli in the same order.
    similarity
        What compares two, for example `cka` or `cka_biased`.

    Returns
    -------
    The `PairCeiling`. Unbiased similarities can be negative.

    Raises
    ------
    ValueError
        If there are fewer than two subjects, and whatever the similarity raises.

    """
    if len(subjects) < 2:
        raise ValueError(f"{len(subjects)} subjects make no pair: give the responses of two or more.")
    pairs = np.array([similarity(*pair) for pair in combinations(subjects, 2)])
    error = float(pairs.std(ddof=1) / np.sqrt(pairs.size)) if pairs.size > 1 else 0.0
    return PairCeiling(float(pairs.mean()), error, pairs)
