"""What the analyses of grating responses have in common: components, preferred condition, responsive units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.firing_rates import RESPONSE_THRESHOLD
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.metrics.tuning.response_modulation import first_harmonic, mean_response


def modulation_components(rates: NDArray[np.float64], baseline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return both components of the response to a drifting grating: mean above baseline, and first harmonic.

    Parameters
    ----------
    rates
        Firing rates in spikes per second, shape (unit, ..., phase).
    baseline
        Firing rates to the blank, shape (unit,).

    Returns
    -------
    Spikes per second, shape (unit, ..., 2).

    """
    mean = mean_response(rates)
    return np.stack([mean - _as_column(baseline, mean.ndim), first_harmonic(rates)], axis=-1)


def responsive_units(responses: NDArray[np.float64], baseline: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which units have a response of more than 5 spikes per second above baseline, shape (unit,).

    Parameters
    ----------
    responses
        Spikes per second, shape (unit, ...).
    baseline
        Firing rates to the blank (zero where it is subtracted from the responses already), shape (unit,).

    Raises
    ------
    NoNumber
        When there is no such unit.

    """
    responsive = responses.reshape(len(responses), -1).max(axis=1) > baseline + RESPONSE_THRESHOLD
    if not responsive.any():
        raise NoNumber(
            f"None of the {len(responses)} V1 units at the position of the stimuli responds to them with more than "
            f"{RESPONSE_THRESHOLD:g} spikes per second above baseline; check the layer and the weights of the model."
        )
    return np.asarray(responsive, dtype=np.bool_)


def preferred_condition(responses: NDArray[np.float64]) -> tuple[NDArray[np.intp], ...]:
    """Return the indices of the largest response of each unit along all axes but the first, each of shape (unit,).

    Of equal responses the first in row order counts.
    """
    largest = responses.reshape(len(responses), -1).argmax(axis=1)
    return np.unravel_index(largest, responses.shape[1:])


def _as_column(values: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    return values.reshape(-1, *(1,) * (dimensions - 1))
