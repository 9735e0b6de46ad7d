"""Statistics of rows that count more than once: what a bootstrap computes again and again, for many draws at once.

Where all weights are 1, each is what the score is made of, for example a Pearson correlation.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.inference.draws import FloatArray

_ROUNDING: Final = 1e-12
"""Of a difference of sums, against what is subtracted from; and of values that were computed."""


class Pairs(NamedTuple):
    """Two series per neuroid, whose correlation is wanted for many weights; made by `pairs`."""

    sums: FloatArray
    """What is summed: both, their squares and their product, side by side, shape (row, 5 x neuroid)."""
    defined: NDArray[np.bool_]
    """Whether a neuroid has a correlation at all, shape (neuroid,)."""


def pairs(first: FloatArray, second: FloatArray) -> Pairs:
    """Prepare two series of shape (row, neuroid)."""
    one, defined = _standardised(first)
    other, also = _standardised(second)
    return Pairs(np.concatenate([one, other, one * one, other * other, one * other], axis=1), defined & also)


def weighted_correlations(weights: FloatArray, series: Pairs) -> FloatArray:
    """Return Pearson correlations, (draw, row) to (draw, neuroid); NaN where what was drawn does not vary."""
    # Weights are whole numbers mostly: their sum is exact, so that a draw of one row alone has no variance.
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    sums = weights @ series.sums
    sums /= total
    return _of_means(sums, series.defined)


def correlations_without_each(series: Pairs) -> FloatArray:
    """Return Pearson correlations without each row in turn, shape (row, neuroid)."""
    means = (series.sums.sum(axis=0) - series.sums) / max(len(series.sums) - 1, 1)
    return _of_means(means, series.defined)


def _of_means(means: FloatArray, defined: NDArray[np.bool_]) -> FloatArray:
    neuroids = defined.size
    x, y, xx, yy, xy = (means[:, neuroids * part : neuroids * (part + 1)] for part in range(5))
    first, second = xx - x * x, yy - y * y
    varied = (first > _ROUNDING * xx) & (second > _ROUNDING * yy) & defined
    correlation = np.full(xx.shape, np.nan)
    np.divide(xy - x * y, np.sqrt(np.where(varied, first * second, 1.0)), out=correlation, where=varied)
    return np.clip(correlation, -1, 1, out=correlation)


def row_medians(values: FloatArray) -> FloatArray:
    """Return the median of each row, NaN left out; NaN where there is nothing else."""
    if not np.isnan(values).any():
        return np.asarray(np.median(values, axis=1))
    medians = np.full(len(values), np.nan)
    some = ~np.isnan(values).all(axis=1)
    medians[some] = np.nanmedian(values[some], axis=1)
    return medians


def weighted_medians(weights: FloatArray, values: FloatArray) -> FloatArray:
    """Return the median of values that count more than once, (draw, value) and (value,) or (draw, value) to (draw,).

    As of a list in which each value is repeated: between the two middle ones of an even number. NaN are left out.
    """
    of_draw = np.broadcast_to(values, weights.shape)
    order = np.argsort(values, axis=-1, kind="stable")
    ascending = np.take_along_axis(of_draw, np.broadcast_to(order, weights.shape), axis=1)
    counted = np.take_along_axis(weights, np.broadcast_to(order, weights.shape), axis=1)
    below = np.cumsum(np.where(np.isnan(ascending), 0.0, counted), axis=1)
    half = below[:, -1:] / 2
    tolerance = _ROUNDING * below[:, -1:]
    rows = np.arange(len(weights))
    lower = ascending[rows, (below >= half - tolerance).argmax(axis=1)]
    upper = ascending[rows, (below > half + tolerance).argmax(axis=1)]
    return np.where(below[:, -1] > 0, (lower + upper) / 2, np.nan)


def weighted_means(weights: FloatArray, values: FloatArray) -> FloatArray:
    """Return the mean of values that count more than once, (draw, value) and (value,) or (draw, value) to (draw,).

    NaN are left out; NaN where there is nothing else.
    """
    defined = ~np.isnan(values)
    total = (weights * defined).sum(axis=1)
    means = np.full(total.shape, np.nan)
    np.divide((weights * np.where(defined, values, 0.0)).sum(axis=1), total, out=means, where=total > 0)
    return means


class Ranked(NamedTuple):
    """A series whose ranks are wanted for many weights; made by `ranked`."""

    order: NDArray[np.intp]
    """Ascending, shape (value,)."""
    starts: NDArray[np.intp]
    """Where groups of tied values begin in that order, shape (group,)."""
    group: NDArray[np.intp]
    """Group of each value, in the order of the series, shape (value,)."""


def ranked(values: FloatArray) -> Ranked:
    """Prepare a series of shape (value,); neighbours that differ by rounding are tied, as in the score."""
    order = np.argsort(values, kind="stable")
    steps = np.diff(values[order]) > _ROUNDING * np.abs(values).max(initial=0)
    starts = np.concatenate([[0], np.flatnonzero(steps) + 1])
    group = np.empty(values.size, dtype=np.intp)
    group[order] = np.concatenate([[0], np.cumsum(steps)])
    return Ranked(order, starts, group)


def weighted_ranks(weights: FloatArray, series: Ranked) -> FloatArray:
    """Return the mean ranks, from 0, of a list in which each value is repeated, shape (draw, value)."""
    if series.starts.size == series.order.size:
        in_group = weights[:, series.order]
    else:
        in_group = np.add.reduceat(weights[:, series.order], series.starts, axis=1)
    ranks = np.cumsum(in_group, axis=1)
    ranks -= in_group / 2
    return np.take(ranks, series.group, axis=1)


def weighted_spearman(weights: FloatArray, first: Ranked, second: Ranked) -> FloatArray:
    """Return rank correlations, (draw, value) to (draw,), with ranks among what was drawn; NaN where all is tied."""
    one, other = weighted_ranks(weights, first), weighted_ranks(weights, second)
    total = np.maximum(weights.sum(axis=1), 1e-300)
    one -= (np.einsum("dv,dv->d", weights, one) / total)[:, np.newaxis]
    other -= (np.einsum("dv,dv->d", weights, other) / total)[:, np.newaxis]
    covariance = np.einsum("dv,dv,dv->d", weights, one, other)
    variances = np.einsum("dv,dv,dv->d", weights, one, one) * np.einsum("dv,dv,dv->d", weights, other, other)
    correlation = np.full(len(weights), np.nan)
    np.divide(covariance, np.sqrt(variances), out=correlation, where=variances > 0)
    return np.clip(correlation, -1, 1, out=correlation)


def _standardised(values: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Scale neuroids to the mean 0 and deviation 1 over rows, and say which vary."""
    with np.errstate(invalid="ignore"):
        deviation = values.std(axis=0)
        defined = (values != values[:1]).any(axis=0) & (deviation > 0) & np.isfinite(deviation)
        scaled = (values - values.mean(axis=0)) / np.where(defined, deviation, 1.0)
    return np.where(defined, scaled, 0.0), defined
