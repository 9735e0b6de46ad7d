"""In how many dimensions of a representation is a factor of the stimuli, such as shape or texture?

Two stimuli that share a factor and differ in all else are alike in the dimensions that encode it. The share of the
variance that pairs have in common says how many: Islam et al. (2021), https://openreview.net/forum?id=NcFEZOi-rLa.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Units are read in blocks of about this size, so that memory does not grow with units.
_BLOCK_BYTES = 2**25


class FactorDimensionality(NamedTuple):
    """Shares of the dimensions of a representation."""

    shares: dict[str, float]
    """Share of the dimensions of each factor, 0 to 1, a multiple of one dimension."""
    residual: float
    """Share of the dimensions that are left for none of them."""
    commonality: dict[str, float]
    """Of each factor, covariance of its pairs relative to the variance of all; above or below 0."""
    dimensions: int
    """Number of units."""


class PairSums(NamedTuple):
    """What pairs add to covariance and variance, so that a bootstrap need not go through the responses again."""

    covariance: NDArray[np.float64]
    """Shape (pair,): product of both deviations from the mean of the pair's factor, summed over units."""
    variance: NDArray[np.float64]
    """Shape (pair,): mean squared deviation of both from the mean of all, summed over units."""


def factor_dimensionality(
    first: NDArray[np.generic],
    second: NDArray[np.generic],
    factors: ArrayLike,
    *,
    names: Sequence[str] = ("shape", "texture"),
) -> FactorDimensionality:
    """Estimate how many dimensions encode each factor.

    With the covariance of pairs that share a factor, summed over units, relative to the variance of both sets
    together, the shares are a softmax over factors and 1 for what is left; whole dimensions are counted.

    Parameters
    ----------
    first, second
        Responses to both stimuli of every pair, shape (pair, unit).
    factors
        The factor that each pair shares, shape (pair,).
    names
        The factors.

    Returns
    -------
    The `FactorDimensionality`; NaN in it where no unit varies.

    Raises
    ------
    ValueError
        If shapes do not fit, a factor is not among the names, or a name has no pair.

    """
    sums = pair_sums(first, second, factors, names=names)
    labels = np.asarray(factors)
    dimensions = first.shape[1]
    weights = np.ones((1, labels.size))
    common = {name: float(_commonality(weights, sums, labels == name)[0]) for name in names}
    shares = {name: float(weighted_share(weights, sums, labels, name, dimensions, names=names)[0]) for name in names}
    return FactorDimensionality(shares, 1 - sum(shares.values()), common, dimensions)


def pair_sums(
    first: NDArray[np.generic],
    second: NDArray[np.generic],
    factors: ArrayLike,
    *,
    names: Sequence[str] = ("shape", "texture"),
) -> PairSums:
    """Return what pairs add to covariance and variance; parameters and errors as in `factor_dimensionality`."""
    labels = np.asarray(factors)
    if first.ndim != 2 or first.shape != second.shape or labels.shape != first.shape[:1] or 0 in first.shape:
        raise ValueError(
            f"Responses of shape {first.shape} and {second.shape} do not fit factors of shape {labels.shape}: give "
            "(pair, unit) twice, and one factor for each pair."
        )
    return indexed_pair_sums(
        np.concatenate([first, second]), np.arange(len(first)), len(first) + np.arange(len(first)), labels, names=names
    )


def indexed_pair_sums(
    responses: NDArray[np.generic],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    factors: ArrayLike,
    *,
    names: Sequence[str] = ("shape", "texture"),
) -> PairSums:
    """Return `pair_sums` of pairs of rows: responses are read in blocks of units, and never copied as a whole.

    Parameters
    ----------
    responses
        Shape (stimulus, unit); may be memory-mapped.
    first, second
        Rows of both stimuli of every pair, shape (pair,).
    factors, names
        As in `factor_dimensionality`.

    Raises
    ------
    ValueError
        If a factor is not among the names, a name has no pair, or a response is not finite.

    """
    labels = np.asarray(factors)
    members = [np.flatnonzero(labels == name) for name in names]
    if sum(each.size for each in members) != labels.size or not all(each.size for each in members):
        raise ValueError(
            f"The pairs share {', '.join(sorted(set(labels.astype(str).tolist()))) or 'nothing'}: give pairs of "
            f"{' and of '.join(names)}, and no others."
        )
    covariance, variance = np.zeros(labels.size), np.zeros(labels.size)
    width = max(1, _BLOCK_BYTES // (8 * len(responses)))
    for start in range(0, responses.shape[1], width):
        block = np.array(responses[:, start : start + width], dtype=np.float64)
        if not np.isfinite(block).all():
            raise ValueError("Responses are NaN or infinite: drop these units or these stimuli.")
        one, other = block[first], block[second]
        mean = (one.mean(axis=0) + other.mean(axis=0)) / 2
        variance += ((one - mean) ** 2 + (other - mean) ** 2).sum(axis=1) / 2
        for rows in members:
            here, there = one[rows], other[rows]
            centre = (here.mean(axis=0) + there.mean(axis=0)) / 2
            covariance[rows] += ((here - centre) * (there - centre)).sum(axis=1)
    return PairSums(covariance, variance)


def weighted_share(
    weights: NDArray[np.float64],
    sums: PairSums,
    factors: NDArray[np.generic],
    factor: str,
    dimensions: int,
    *,
    names: Sequence[str] = ("shape", "texture"),
) -> NDArray[np.float64]:
    """Return the share of the dimensions of a factor where pairs count more than once, or not at all.

    Means are held fixed: that both are means of what is averaged makes no difference to first order.

    Parameters
    ----------
    weights
        How often each pair counts, shape (draw, pair).
    sums, factors
        Of the pairs.
    factor
        Whose share is wanted.
    dimensions
        Number of units.
    names
        All factors.

    Returns
    -------
    Shape (draw,); NaN where no unit varies.

    """
    scores = np.stack([_commonality(weights, sums, factors == name) for name in names] + [np.ones(len(weights))])
    exponents = np.exp(scores - scores.max(axis=0))
    return np.asarray(np.floor(exponents[list(names).index(factor)] / exponents.sum(axis=0) * dimensions) / dimensions)


def _commonality(weights: NDArray[np.float64], sums: PairSums, members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return covariance of a factor's pairs over variance of all, shape (draw,)."""
    counted, total = weights[:, members].sum(axis=1), weights.sum(axis=1)
    covariance = np.full(len(weights), math.nan)
    np.divide(weights[:, members] @ sums.covariance[members], counted, out=covariance, where=counted > 0)
    variance = weights @ sums.variance / total
    relative = np.full(len(weights), math.nan)
    np.divide(covariance, variance, out=relative, where=variance > 0)
    return relative
