"""Size of the receptive field and its surround, and how much the surround suppresses.

Cavanaugh, Bair & Movshon (2002), Nature and interaction of signals from the receptive field center and surround in
macaque V1 neurons, Journal of Neurophysiology 88(5), 2530-2546, https://doi.org/10.1152/jn.00692.2001.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.gratings import (
    modulation_components,
    preferred_condition,
    responsive_units,
)
from pytest_brainscore.benchmarks.marques2020.stimuli import RADII
from pytest_brainscore.metrics.tuning.size_tuning import size_tuning


def properties(rates: NDArray[np.float64], baseline: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the properties of all units that exceed the baseline by 5 spikes per second.

    The response is the mean above baseline or the first harmonic, whichever is larger at its best stimulus; the size
    curve is taken at the preferred spatial frequency and orientation.

    Parameters
    ----------
    rates
        Spikes per second, shape (unit, radius, spatial frequency, orientation, phase).
    baseline
        Spikes per second in response to the blank, shape (unit,).

    Returns
    -------
    dict
        ``surround_suppression_index``, ``strongly_suppressed`` (0 or 1), and, NaN where the index is not above .1,
        ``grating_summation_field`` and ``surround_diameter`` in degrees and
        ``surround_grating_summation_field_ratio``. All of shape (responsive unit,).

    Raises
    ------
    NoNumber
        When no unit is responsive.

    """
    responses = modulation_components(rates, baseline)
    responses = responses[responsive_units(responses, np.zeros_like(baseline))]
    _, frequency, orientation, component = preferred_condition(responses)
    curves = responses[np.arange(len(responses)), :, frequency, orientation, component]
    return size_tuning(curves, RADII)._asdict()
