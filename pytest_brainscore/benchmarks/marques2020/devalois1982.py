"""Preferred orientation and preferred spatial frequency.

De Valois, Yund & Hepler (1982), The orientation and direction selectivity of cells in macaque visual cortex, Vision
Research 22(5), 531-544, https://doi.org/10.1016/0042-6989(82)90112-2; and
De Valois, Albrecht & Thorell (1982), Spatial frequency selectivity of cells in macaque visual cortex, Vision Research
22(5), 545-559, https://doi.org/10.1016/0042-6989(82)90113-4.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.gratings import (
    modulation_components,
    preferred_condition,
    responsive_units,
)
from pytest_brainscore.benchmarks.marques2020.stimuli import ORIENTATIONS, SPATIAL_FREQUENCIES
from pytest_brainscore.metrics.tuning.orientation_tuning import orientation_bandwidth
from pytest_brainscore.metrics.tuning.response_modulation import mean_response
from pytest_brainscore.metrics.tuning.spatial_frequency_tuning import spatial_frequency_tuning

LAST_ORIENTATION: Final = 157.5
"""Upper edge of the published histogram in degrees: orientations from here on count as -22.5 and more."""
ORIENTATION_THRESHOLD: Final = 0.5
"""Fraction of the peak at which this paper measures bandwidth; the preferred orientation does not depend on it."""
SPATIAL_FREQUENCY_THRESHOLD: Final = 0.707
"""Fraction of the peak at which bandwidth is measured; the peak does not depend on it."""


def preferred_orientation(rates: NDArray[np.float64], baseline: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the preferred orientation of all units that exceed the baseline by 5 spikes per second.

    Parameters
    ----------
    rates
        Spikes per second, shape (unit, cycles, spatial frequency, orientation, phase).
    baseline
        Spikes per second in response to the blank, shape (unit,).

    Returns
    -------
    dict
        ``preferred_orientation`` in degrees, -22 to 157, shape (responsive unit,).

    Raises
    ------
    NoNumber
        When no unit is responsive.

    """
    mean = mean_response(rates)
    mean = mean[responsive_units(mean, baseline)]
    cycles, frequency, _ = preferred_condition(mean)
    curves = mean[np.arange(len(mean)), cycles, frequency]
    preferred = orientation_bandwidth(
        curves, ORIENTATIONS, smoothing="smooth", threshold=ORIENTATION_THRESHOLD, half=False
    ).preferred_orientation
    return {"preferred_orientation": np.where(preferred >= LAST_ORIENTATION, preferred - 180, preferred)}


def peak_spatial_frequency(rates: NDArray[np.float64], baseline: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the preferred spatial frequency of all units that exceed the baseline by 5 spikes per second.

    The response is the mean above baseline or the first harmonic, whichever is larger at its best stimulus.

    Parameters
    ----------
    rates
        Spikes per second, shape (unit, radius, spatial frequency, orientation, phase).
    baseline
        Spikes per second in response to the blank, shape (unit,).

    Returns
    -------
    dict
        ``peak_spatial_frequency`` in cycles per degree, shape (responsive unit,).

    Raises
    ------
    NoNumber
        When no unit is responsive.

    """
    responses = modulation_components(rates, baseline)
    responses = responses[responsive_units(responses, np.zeros_like(baseline))]
    radius, _, orientation, component = preferred_condition(responses)
    curves = responses[np.arange(len(responses)), radius, :, orientation, component]
    tuning = spatial_frequency_tuning(
        curves, SPATIAL_FREQUENCIES, smoothing="smooth", threshold=SPATIAL_FREQUENCY_THRESHOLD
    )
    return {"peak_spatial_frequency": tuning.peak}
