"""Spatial-frequency tuning: preferred frequency and bandwidth.

The measures are those of De Valois, Albrecht & Thorell (1982), Vision Res. 22:545, and Schiller, Finlay & Volman
(1976), J. Neurophysiol. 39:1334, computed as in Marques, Schrimpf & DiCarlo (2021), doi 10.1101/2021.03.01.433495.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.tuning.tuning_curve import as_curves, sample_spline, smooth_curves, threshold_flanks

# The published system samples the spline at this many frequencies, equally spaced in octaves.
_SAMPLES = 100


class SpatialFrequencyTuning(NamedTuple):
    """Spatial-frequency tuning of every neuroid."""

    peak: NDArray[np.float64]
    """Preferred spatial frequency, in the unit of the frequencies (cycles per degree), shape (neuroid,)."""
    bandwidth: NDArray[np.float64]
    """Low cut as a percentage of the high cut, 0 to 100, shape (neuroid,): the smaller, the broader the tuning."""
    goodness_of_fit: NDArray[np.float64]
    """Variance of the responses that the smoothed curve explains (R squared, at most 1), shape (neuroid,)."""


def spatial_frequency_tuning(
    responses: ArrayLike,
    spatial_frequencies: ArrayLike,
    *,
    smoothing: Literal["smooth", "triangle"],
    threshold: float,
) -> SpatialFrequencyTuning:
    """Preferred frequency and ratio bandwidth from a spline through the smoothed curve.

    The curve is smoothed with a normalised five-point kernel (its ends repeated), interpolated by a cubic spline over
    the logarithm of the frequency, and sampled at 100 points. The peak is the largest sample; the cuts are the nearest
    samples below and above it that are at or below `threshold` times the peak.

    Parameters
    ----------
    responses
        Responses, shape (neuroid, frequency).
    spatial_frequencies
        Positive frequencies, strictly ascending, at least 4, usually in cycles per degree, shape (frequency,).
    smoothing
        Kernel (before normalisation): ``smooth`` 0, .2, 1, .2, 0; ``triangle`` .5, .75, 1, .75, .5.
    threshold
        Fraction of the peak at which the cuts are taken, for example .707.

    Returns
    -------
    All of shape (neuroid,). The bandwidth is NaN where a cut is missing (the neuroid is not selective) or the value at
    the peak is not positive. A constant curve (all-zero included) has no peak, no bandwidth and no goodness of fit: all
    NaN, where the published system reports rounding noise. All are NaN where a response is not finite.

    Raises
    ------
    ValueError
        If the shapes do not fit, the frequencies are not positive, do not ascend, or are fewer than 4, or the kernel is
        unknown.

    """
    curves, frequencies = as_curves(responses, spatial_frequencies)
    if frequencies[0] <= 0:
        raise ValueError(f"Spatial frequencies must be positive, but the lowest one is {frequencies[0]}.")
    octaves = np.log2(frequencies)
    sampled_octaves = np.linspace(octaves[0], octaves[-1], _SAMPLES)
    smoothed = smooth_curves(curves, smoothing, ends="repeated")
    sampled = sample_spline(octaves, smoothed, sampled_octaves)

    peak = sampled.argmax(axis=1)
    before, after = threshold_flanks(sampled, peak, threshold)
    octaves_per_sample = (octaves[-1] - octaves[0]) / (_SAMPLES - 1)
    bandwidth = 100 * 2 ** ((before - after) * octaves_per_sample)

    # The spline passes through the smoothed responses, so they are the fitted values.
    with np.errstate(invalid="ignore", divide="ignore"):
        unexplained = ((curves - smoothed) ** 2).sum(axis=1)
        total = ((curves - curves.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        goodness_of_fit = 1 - unexplained / total
    defined = np.isfinite(curves).all(axis=1) & (curves.max(axis=1) > curves.min(axis=1))
    return SpatialFrequencyTuning(
        peak=np.where(defined, 2 ** sampled_octaves[peak], np.nan),
        bandwidth=np.where(defined, bandwidth, np.nan),
        goodness_of_fit=np.where(defined, goodness_of_fit, np.nan),
    )
