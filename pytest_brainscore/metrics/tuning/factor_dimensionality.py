"""How many dimensions of a layer encode shape, and how many encode texture?

The estimate of Esser, Rombach & Ommer (2020), arXiv 2004.13166, as the published system applies it to pairs of images
that have only their shape or only their texture in common: Islam et al. (2021), arXiv 2101.11604.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

# What no factor accounts for competes as a factor that accounts for all of the variance.
_RESIDUAL_SCORE = 1.0


class FactorDimensionality(NamedTuple):
    """The dimensions of a layer, dealt out between factors and the rest."""

    factors: NDArray[np.generic]
    """Names of the factors, sorted, shape (factor,)."""
    shares: NDArray[np.float64]
    """Share of the neuroids that encodes each factor, 0 to 1, a multiple of 1 / neuroids; shape (factor,)."""
    residual: float
    """Share that is left, 0 to 1: all shares and this one add up to 1."""
    scores: NDArray[np.float64]
    """Covariance of the pairs of each factor, relative to the variance of all images, shape (factor,)."""


def factor_dimensionality(first: ArrayLike, second: ArrayLike, factors: ArrayLike) -> FactorDimensionality:
    """Estimate how many dimensions encode each factor, from pairs of images with that factor in common.

    A factor is encoded where the responses to both images of its pairs vary together. The covariances, summed over
    neuroids and relative to the variance of all images, go through a softmax together with a residual of 1; of the
    neuroids each factor gets its part, rounded down, and the residual gets what is left.

    Parameters
    ----------
    first, second
        Responses to the two images of each pair, shape (pair, neuroid).
    factors
        What the images of each pair have in common, for instance "shape" or "texture", shape (pair,).

    Returns
    -------
    The `FactorDimensionality`; all its numbers are NaN where no neuroid responds differently to any two images. One
    neuroid is residual unless a factor outweighs everything, since no part of it is whole. The score of a factor with
    one pair is not above 0.

    Raises
    ------
    ValueError
        If shapes differ, there are no pairs or no neuroids, or a response is NaN or infinite.

    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    shared = np.asarray(factors)
    if one.ndim != 2 or one.size == 0 or one.shape != other.shape or shared.shape != one.shape[:1]:
        raise ValueError(
            f"Responses of shapes {one.shape} and {other.shape} do not fit factors of shape {shared.shape}: give "
            "(pair, neuroid) twice and one factor per pair."
        )
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise ValueError("Responses are NaN or infinite: drop these pairs or these neuroids.")
    names = np.unique(shared)
    images = np.concatenate([one, other])
    neuroids = images.shape[1]
    if (images == images[0]).all():
        undefined = np.full(names.size, np.nan)
        return FactorDimensionality(names, undefined, float("nan"), undefined)
    variance = images.var(axis=0).sum()
    scores = np.array([_covariance(one[shared == name], other[shared == name]) for name in names]) / variance
    parts = softmax(np.append(scores, _RESIDUAL_SCORE))[:-1]
    dimensions = np.floor(parts * neuroids)
    return FactorDimensionality(names, dimensions / neuroids, float(neuroids - dimensions.sum()) / neuroids, scores)


def _covariance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Sum over neuroids the covariance of pairs, around the mean of both images."""
    mean = (one.mean(axis=0) + other.mean(axis=0)) / 2
    return float(((one - mean) * (other - mean)).mean(axis=0).sum())
