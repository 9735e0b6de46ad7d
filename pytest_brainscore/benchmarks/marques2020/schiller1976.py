"""Selectivity for spatial frequency, and its bandwidth.

Schiller, Finlay & Volman (1976), Quantitative studies of single-cell properties in monkey striate cortex. III. Spatial
frequency, Journal of Neurophysiology 39(6), 1334-1351, https://doi.org/10.1152/jn.1976.39.6.1334.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.gratings import preferred_condition, responsive_units
from pytest_brainscore.benchmarks.marques2020.stimuli import SPATIAL_FREQUENCIES
from pytest_brainscore.metrics.tuning.response_modulation import mean_response
from pytest_brainscore.metrics.tuning.spatial_frequency_tuning import spatial_frequency_tuning

BANDWIDTH_THRESHOLD: Final = 0.707
"""Fraction of the peak at which the low and the high cut-off frequency are taken: 1 / sqrt(2)."""


def properties(rates: NDArray[np.float64], baseline: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the properties of all units whose preferred response exceeds the baseline by 5 spikes per second.

    The response is the mean over phases, baseline not subtracted; the tuning curve is taken at the preferred radius
    and orientation.

    Parameters
    ----------
    rates
        Spikes per second, shape (unit, radius, spatial frequency, orientation, phase).
    baseline
        Spikes per second in response to the blank, shape (unit,).

    Returns
    -------
    dict
        ``spatial_frequency_bandwidth``: low cut-off frequency in per cent of the high one, NaN where the curve does not
        fall to .707 of its peak on both sides; ``spatial_frequency_selective``: 1 where there is a bandwidth, else 0.
        Both of shape (responsive unit,).

    Raises
    ------
    NoNumber
        When no unit is responsive.

    """
    mean = mean_response(rates)
    mean = mean[responsive_units(mean, baseline)]
    radius, _, orientation = preferred_condition(mean)
    curves = mean[np.arange(len(mean)), radius, :, orientation]
    bandwidth = spatial_frequency_tuning(
        curves, SPATIAL_FREQUENCIES, smoothing="smooth", threshold=BANDWIDTH_THRESHOLD
    ).bandwidth
    return {
        "spatial_frequency_selective": np.isfinite(bandwidth).astype(np.float64),
        "spatial_frequency_bandwidth": bandwidth,
    }
