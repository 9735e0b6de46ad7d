"""The error of an i2n score: how much does it depend on which images were shown?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_ROUNDING = 1e-12


class _Sums(NamedTuple):
    """Weighted sums within each pair of shown and other object, shape (draw, pair)."""

    entries: FloatArray
    first: FloatArray
    second: FloatArray
    first_squares: FloatArray
    second_squares: FloatArray
    products: FloatArray


def resampled_correlation(
    first: FloatArray, second: FloatArray, shown: NDArray[np.intp]
) -> Callable[[FloatArray], FloatArray]:
    """Return the i2n correlation of two patterns as a function of how often each image counts.

    What i2n does again for every draw is to subtract the mean d' of all images with the same object against the same
    distractor. The false alarm rate is the same for all these images, so that this takes it out as well, and it need
    not be computed again (but for d' cut at 5).

    Parameters
    ----------
    first, second
        d' before that mean is subtracted, shape (image, object), the same images and objects in the same order; NaN
        where undefined. Only entries that are defined in both correlate.
    shown
        Object in each image, as a column number, shape (image,).

    Returns
    -------
    Function from weights, shape (draw, image), to Pearson correlations, shape (draw,); NaN where one side is constant.

    """
    objects = first.shape[1]
    both = ~np.isnan(first) & ~np.isnan(second)
    member = np.equal.outer(shown, np.arange(objects)).astype(np.float64)
    rows = np.flatnonzero(both.any(axis=1))

    def by_pair(values: FloatArray) -> FloatArray:
        """Spread (image, object) to (image, shown object x object)."""
        return (member[rows, :, np.newaxis] * values[rows, np.newaxis, :]).reshape(rows.size, -1)

    x, y = np.where(both, first, 0.0), np.where(both, second, 0.0)
    shared = [by_pair(values) for values in (both.astype(np.float64), x, y, x * x, y * y, x * y)]
    own = [
        (by_pair((~np.isnan(values)).astype(np.float64)), by_pair(np.nan_to_num(values, nan=0.0)))
        for values in (first, second)
    ]

    def correlation(weights: FloatArray) -> FloatArray:
        drawn = weights[:, rows]
        sums = _Sums(*(drawn @ values for values in shared))
        centres = [drawn @ values / np.maximum(drawn @ defined, 1.0) for defined, values in own]
        return _pearson(sums, *centres)

    return correlation


def _pearson(sums: _Sums, first_centre: FloatArray, second_centre: FloatArray) -> FloatArray:
    """Correlate all entries after the centre of their pair was subtracted."""
    count = sums.entries.sum(axis=1)
    x = (sums.first - first_centre * sums.entries).sum(axis=1)
    y = (sums.second - second_centre * sums.entries).sum(axis=1)
    xx = (sums.first_squares - 2 * first_centre * sums.first + first_centre**2 * sums.entries).sum(axis=1)
    yy = (sums.second_squares - 2 * second_centre * sums.second + second_centre**2 * sums.entries).sum(axis=1)
    xy = sums.products - first_centre * sums.second - second_centre * sums.first
    xy = (xy + first_centre * second_centre * sums.entries).sum(axis=1)
    first, second = count * xx - x**2, count * yy - y**2
    # Differences of sums: less than this of what is subtracted from is rounding.
    varied = first > _ROUNDING * count * sums.first_squares.sum(axis=1)
    varied &= second > _ROUNDING * count * sums.second_squares.sum(axis=1)
    correlation = np.full(count.shape, np.nan)
    np.divide(count * xy - x * y, np.sqrt(np.where(varied, first * second, 1)), out=correlation, where=varied)
    return correlation
