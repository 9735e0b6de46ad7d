"""Similarity of two distributions of a response property, from the Kolmogorov-Smirnov distance of their histograms.

The metric of Marques, Schrimpf & DiCarlo (2021), doi 10.1101/2021.03.01.433495.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# With a larger fraction of bootstraps without a number, the published system gives the score 0.
_TOLERATED_NAN_FRACTION = 0.1


class KSSimilarity(NamedTuple):
    """Bootstrapped similarity of two distributions."""

    value: float
    """Mean similarity, 1 for equal distributions, at most 1, not below 0."""
    error: float
    """Standard deviation over the bootstraps (ddof 0)."""
    samples: NDArray[np.float64]
    """Similarity of every bootstrap, shape (bootstraps,); NaN where a bootstrap drew nothing but NaN."""


def distribution_similarity(model_distribution: ArrayLike, data_distribution: ArrayLike) -> NDArray[np.float64]:
    """Similarity of histograms: 1 - D / D_max with the Kolmogorov-Smirnov distance D = max |cumulative difference|.

    D_max is the distance from the data to the farther one of two extremes: all mass in the first bin, and all mass in
    the last bin.

    Parameters
    ----------
    model_distribution
        One or more histograms with the sum 1, shape (..., bin).
    data_distribution
        The histogram to compare with, with the sum 1, shape (bin,).

    Returns
    -------
    Similarity, shape (...), 0 to 1. It is not symmetric. NaN where a histogram has a NaN, and where there is but one
    bin.

    Raises
    ------
    ValueError
        If the histograms do not have the same bins.

    """
    model = np.asarray(model_distribution, dtype=np.float64)
    data = np.asarray(data_distribution, dtype=np.float64)
    if data.ndim != 1 or data.size == 0 or model.shape[-1:] != data.shape:
        raise ValueError(
            f"Histograms of shapes {model.shape} and {data.shape} cannot be compared: give (..., bin) and (bin,)."
        )
    data_cumulative = np.cumsum(data)
    distance = np.abs(np.cumsum(model, axis=-1) - data_cumulative).max(axis=-1)
    all_in_first_bin = np.ones_like(data)
    all_in_last_bin = np.zeros_like(data)
    all_in_last_bin[-1] = 1
    largest_distance = np.abs([all_in_first_bin - data_cumulative, all_in_last_bin - data_cumulative]).max()
    with np.errstate(invalid="ignore", divide="ignore"):
        similarity: NDArray[np.float64] = np.asarray(1 - distance / largest_distance)
    return similarity


def ks_similarity(
    model_values: ArrayLike,
    data_values: ArrayLike,
    bins: ArrayLike,
    random_state: np.random.RandomState,
    bootstraps: int = 1000,
) -> KSSimilarity:
    """Compare the distribution of a property over model units with its distribution over recorded neurons.

    Values outside the bins count in the first and the last bin. Every bootstrap draws, with replacement, as many model
    values as there are data values (NaN included on both sides) and compares the histograms with
    `distribution_similarity`. NaN fall into no bin.

    Parameters
    ----------
    model_values
        The property of every model unit, shape (m,), NaN where it is undefined.
    data_values
        The property of every recorded neuron, shape (n,), NaN where it is undefined. Neither array is changed.
    bins
        Edges of the bins, strictly ascending, shape (k + 1,); bins include their left edge, the last one both edges.
    random_state
        Generator of the draws. The published system uses the global legacy generator of NumPy, unseeded; a
        `RandomState` with the seed of that generator gives the same numbers.
    bootstraps
        Number of draws; 1000 in the published system.

    Returns
    -------
    Mean and standard deviation over the bootstraps, those without a number left out. When more than a tenth of them
    have none, value and error are 0: all model values, or all data values, are NaN, or nearly so.

    Raises
    ------
    ValueError
        If there is no model value or no data value (a model without a responsive unit has no distribution: the caller
        says what that means), if the bins do not ascend, or if `bootstraps` is not positive.

    """
    model = np.asarray(model_values, dtype=np.float64)
    data = np.asarray(data_values, dtype=np.float64)
    edges = np.asarray(bins, dtype=np.float64)
    if model.ndim != 1 or data.ndim != 1 or not model.size or not data.size:
        raise ValueError(
            f"{model.size} model values cannot be compared with {data.size} data values: give at least one of each."
        )
    if edges.ndim != 1 or len(edges) < 2 or not (np.diff(edges) > 0).all():
        raise ValueError(f"The bins must be at least two strictly ascending edges, not {edges}.")
    if bootstraps < 1:
        raise ValueError(f"The number of bootstraps must be positive, not {bootstraps}.")

    draws = random_state.randint(0, len(model), size=(bootstraps, len(data)))
    data_distribution = _distributions(_bin_numbers(data, edges)[np.newaxis], len(edges) - 1)[0]
    model_distributions = _distributions(_bin_numbers(model, edges)[draws], len(edges) - 1)
    samples = distribution_similarity(model_distributions, data_distribution)
    if np.isnan(samples).sum() > _TOLERATED_NAN_FRACTION * bootstraps:
        return KSSimilarity(value=0.0, error=0.0, samples=samples)
    return KSSimilarity(value=float(np.nanmean(samples)), error=float(np.nanstd(samples)), samples=samples)


def _bin_numbers(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the bin of every value, from 0; NaN get the number behind the last bin."""
    bins = len(edges) - 1
    numbers = np.searchsorted(edges, np.clip(values, edges[0], edges[-1]), side="right") - 1
    return np.where(np.isnan(values), bins, np.minimum(numbers, bins - 1))


def _distributions(bin_numbers: NDArray[np.intp], bins: int) -> NDArray[np.float64]:
    """Return the histogram of every row, divided by its sum; NaN where no value of a row is in a bin."""
    rows = np.arange(len(bin_numbers))[:, np.newaxis] * (bins + 1)
    counts = np.bincount((bin_numbers + rows).ravel(), minlength=len(bin_numbers) * (bins + 1))
    counts_in_bins = counts.reshape(-1, bins + 1)[:, :bins]
    with np.errstate(invalid="ignore"):
        distributions: NDArray[np.float64] = counts_in_bins / counts_in_bins.sum(axis=1, keepdims=True)
    return distributions
