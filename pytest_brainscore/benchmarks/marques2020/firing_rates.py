"""From activations to spikes per second: one affine function for all units of a model.

The function maps the median responsive unit of the model onto the median neuron of macaque V1: its mean response to
the best grating onto the median peak rate, its response to a blank onto the median spontaneous rate. Protocol of
Marques, Schrimpf & DiCarlo (2021).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.stimuli import PHASES
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.metrics.tuning.response_modulation import mean_response

# Rates of neurons in macaque V1 in spikes per second, as published with the protocol.
MEDIAN_PEAK: Final = 33.8
MEDIAN_SPONTANEOUS: Final = 0.82
LARGEST_PEAK: Final = 243.1
RESPONSE_THRESHOLD: Final = 5.0
"""A neuron is responsive when its best response exceeds its spontaneous rate by more than this."""


class Calibration(NamedTuple):
    """rate = max(0, slope x activation + offset)."""

    slope: float
    """Spikes per second for one unit of activation, above 0."""
    offset: float
    """Spikes per second."""


def calibrate(
    orientation_responses: NDArray[np.floating], blank_responses: NDArray[np.floating], phases: int = len(PHASES)
) -> Calibration:
    """Fit the affine function to the units that respond to gratings.

    A unit is responsive when its peak (mean over phases, best over all else) exceeds its blank response by more than
    5 / 243.1 of the largest such difference: the threshold of the neurons, relative to the strongest neuron.

    Parameters
    ----------
    orientation_responses
        Activations to ``Marques2020_orientation``, shape (1152, unit).
    blank_responses
        Activations to the blank, shape (unit,).
    phases
        Phases of the orientation stimuli, which vary fastest.

    Raises
    ------
    NoNumber
        When no unit responds more to a grating than to the blank.

    """
    activations = _rectified(orientation_responses).reshape(-1, phases, blank_responses.size)
    peak = mean_response(np.moveaxis(activations, 1, -1)).max(axis=0)
    blank = _rectified(blank_responses)
    difference = peak - blank
    responsive = difference > RESPONSE_THRESHOLD / LARGEST_PEAK * difference.max()
    if not responsive.any():
        raise NoNumber(
            f"None of the {difference.size} V1 units at the position of the stimuli responds more to a grating, "
            "averaged over its phases, than to a blank image; check the layer and the weights of the model."
        )
    median_peak, median_blank = float(np.median(peak[responsive])), float(np.median(blank[responsive]))
    # Every responsive peak lies above its blank response, and so do the medians: the slope is positive and finite.
    slope = (MEDIAN_PEAK - MEDIAN_SPONTANEOUS) / (median_peak - median_blank)
    return Calibration(slope, MEDIAN_SPONTANEOUS - slope * median_blank)


def firing_rates(activations: NDArray[np.floating], calibration: Calibration) -> NDArray[np.float64]:
    """Return firing rates in spikes per second, at least 0, of the shape of `activations`."""
    return _rectified(calibration.slope * _rectified(activations) + calibration.offset)


def _rectified(values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.maximum(np.asarray(values, dtype=np.float64), 0.0)
