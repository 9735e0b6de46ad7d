"""From one number per split and neuroid to one score: median over neuroids, mean over splits.

The aggregation of Schrimpf, Kubilius et al. (2018), doi 10.1101/407007, for every metric that is computed per neuroid.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.shared.splits import Split

FEWEST_FOR_ERROR: Final = 10
"""Fewest things (units, stimuli, splits) whose spread says how exact a number is: the deviation of ten
is known to a quarter, 1 / sqrt(2 (n - 1)); that of fewer, which may agree by chance, is no error to report."""


def credible(error: float, count: int) -> float:
    """Return an error that was estimated from the spread of some things, or NaN where these are too few."""
    return error if count >= FEWEST_FOR_ERROR else math.nan


class SplitScore(NamedTuple):
    """A score over splits, with what it came from."""

    value: float
    """Mean over splits of the median over neuroids; NaN if there is no number at all."""
    error: float
    """Standard error of the mean over splits: standard deviation (ddof 0) / sqrt(number of splits)."""
    medians: NDArray[np.float64]
    """Median over neuroids of every split, shape (split,)."""
    values: NDArray[np.float64]
    """What was aggregated, shape (split, neuroid)."""
    fitted: Mapping[str, int] = MappingProxyType({})
    """Counts of what was fitted, where that is not what was asked for."""

    def counts(self) -> dict[str, int]:
        """Count what was fitted otherwise, and neuroids and splits without any number, by their names in `n`."""
        missing = np.isnan(self.values)
        found = {"undefined_neuroids": missing.all(axis=0).sum(), "undefined_splits": missing.all(axis=1).sum()}
        return {name: int(count) for name, count in found.items() if count} | dict(self.fitted)


def aggregate_splits(values: ArrayLike) -> SplitScore:
    """Aggregate one number per split and neuroid.

    NaN are left out, not counted as 0: a neuroid without a number drops out of the median of its split, a split
    without a number out of the mean.

    Parameters
    ----------
    values
        For instance correlations, shape (split, neuroid).

    Returns
    -------
    The `SplitScore`. With one split the error is 0, which says nothing: callers report no error then.

    Raises
    ------
    ValueError
        If there are no splits or no neuroids.

    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"Values of shape {array.shape} cannot be aggregated: give (split, neuroid), not empty.")
    medians = np.full(len(array), np.nan)
    scored = ~np.isnan(array).all(axis=1)
    if not scored.any():
        return SplitScore(float("nan"), float("nan"), medians, array)
    medians[scored] = np.nanmedian(array[scored], axis=1)
    with np.errstate(invalid="ignore"):  # the deviation of infinite medians is NaN
        error = np.nanstd(medians) / np.sqrt(len(medians))
    return SplitScore(float(np.nanmean(medians)), float(error), medians, array)


def defined_mean(values: ArrayLike) -> NDArray[np.float64]:
    """Return the mean over the last axis of what has a number, as published: NaN are left out; NaN if there is none."""
    array = np.asarray(values, dtype=np.float64)
    defined = ~np.isnan(array)
    count = defined.sum(axis=-1)
    mean = np.full(count.shape, np.nan)
    np.divide(np.where(defined, array, 0).sum(axis=-1), count, out=mean, where=count > 0)
    return mean


def score_subsets(
    metric: Callable[[NDArray[np.generic], NDArray[np.generic]], float],
    first: NDArray[np.generic],
    second: NDArray[np.generic],
    splits: Sequence[Split],
) -> SplitScore:
    """Score random parts of the stimuli with a metric that fits nothing, for an error over parts.

    The published system takes ten parts of 90 %: ``shuffle_splits(n, train_size=None, test_size=0.9)``.

    Parameters
    ----------
    metric
        Takes the responses of both to the same stimuli.
    first, second
        Responses, shape (stimulus, neuroid) each, the same stimuli in the same order.
    splits
        The test stimuli of each are scored.

    Returns
    -------
    The `SplitScore`, of one value per split.

    """
    return aggregate_splits([[metric(first[split.test], second[split.test])] for split in splits])
