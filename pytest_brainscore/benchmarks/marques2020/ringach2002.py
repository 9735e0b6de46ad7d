"""Orientation tuning, modulation and response magnitude.

Ringach, Shapley & Hawken (2002), Orientation selectivity in macaque V1: diversity and laminar dependence, Journal of
Neuroscience 22(13), 5639-5651, https://doi.org/10.1523/JNEUROSCI.22-13-05639.2002.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.gratings import preferred_condition, responsive_units
from pytest_brainscore.benchmarks.marques2020.stimuli import ORIENTATIONS
from pytest_brainscore.metrics.tuning.orientation_tuning import (
    circular_variance,
    orientation_bandwidth,
    orthogonal_preferred_ratio,
)
from pytest_brainscore.metrics.tuning.response_modulation import first_harmonic, mean_response

BANDWIDTH_THRESHOLD: Final = 0.707
"""Fraction of the peak at which the paper measures the (half) bandwidth: 1 / sqrt(2)."""


def properties(rates: NDArray[np.float64], baseline: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the properties of all units whose preferred response exceeds the baseline by 5 spikes per second.

    Preferred are the cycles, spatial frequency and orientation with the largest mean over phases; the baseline is not
    subtracted. The tuning curve is taken at the preferred cycles and spatial frequency.

    Parameters
    ----------
    rates
        Spikes per second, shape (unit, cycles, spatial frequency, orientation, phase).
    baseline
        Spikes per second in response to the blank, shape (unit,).

    Returns
    -------
    dict
        Property to values, each of shape (responsive unit,). ``max_dc``, ``max_ac``, ``min_dc`` and ``baseline`` are in
        spikes per second, ``bandwidth`` (half width) in degrees, NaN where the curve does not fall to .707 of its peak
        on both sides; so are the ratios to the bandwidth. ``orientation_selective`` is 1 where there is a bandwidth.

    Raises
    ------
    NoNumber
        When no unit is responsive.

    """
    mean = mean_response(rates)
    responsive = responsive_units(mean, baseline)
    rates, mean, baseline = rates[responsive], mean[responsive], baseline[responsive]
    unit = np.arange(len(mean))
    cycles, frequency, orientation = preferred_condition(mean)
    curves = mean[unit, cycles, frequency]
    max_dc = curves[unit, orientation]
    max_ac = first_harmonic(rates[unit, cycles, frequency, orientation])
    variance = circular_variance(curves, ORIENTATIONS)
    ratio = orthogonal_preferred_ratio(curves)
    bandwidth = orientation_bandwidth(
        curves, ORIENTATIONS, smoothing="hanning", threshold=BANDWIDTH_THRESHOLD, half=True
    ).bandwidth
    return {
        "baseline": baseline,
        "max_dc": max_dc,
        "min_dc": curves.min(axis=1),
        "max_ac": max_ac,
        "modulation_ratio": max_ac / max_dc,
        "circular_variance": variance,
        "bandwidth": bandwidth,
        "orthogonal_preferred_ratio": ratio,
        "orientation_selective": np.isfinite(bandwidth).astype(np.float64),
        "circular_variance_bandwidth_ratio": variance / bandwidth,
        "orthogonal_preferred_ratio_circular_variance_difference": ratio - variance,
        "orthogonal_preferred_ratio_bandwidth_ratio": ratio / bandwidth,
    }
