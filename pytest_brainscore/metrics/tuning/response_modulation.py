"""How a neuroid responds over the phases of a grating: the mean, and the modulation at the frequency of the grating.

A simple cell follows the phase, a complex cell does not (Skottun et al., 1991, Vision Res. 31:1079; computed as in
Marques, Schrimpf & DiCarlo, 2021, doi 10.1101/2021.03.01.433495).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def mean_response(responses: ArrayLike) -> NDArray[np.float64]:
    """Mean over the phases of a grating (the DC component).

    Parameters
    ----------
    responses
        Responses, shape (..., phase), phases equally spaced over one cycle.

    Returns
    -------
    Mean, shape (...), in the unit of the responses; NaN where a response is NaN.

    """
    return np.asarray(np.mean(np.asarray(responses, dtype=np.float64), axis=-1))


def first_harmonic(responses: ArrayLike) -> NDArray[np.float64]:
    """Amplitude of the modulation with the phase of a grating (the AC component): 2 |FFT bin 1| / number of phases.

    Parameters
    ----------
    responses
        Responses, shape (..., phase), phases equally spaced over one cycle.

    Returns
    -------
    Amplitude, at least 0, shape (...), in the unit of the responses: A for m + A cos(phase + p). A constant response
    gives 0, up to rounding; NaN where a response is not finite.

    Raises
    ------
    ValueError
        If there are fewer than 3 phases: two values cannot tell a mean, an amplitude and a phase.

    """
    cycles = np.asarray(responses, dtype=np.float64)
    if cycles.ndim == 0 or cycles.shape[-1] < 3:
        raise ValueError(f"Responses of shape {cycles.shape} need at least 3 phases along the last dimension.")
    return np.asarray(2 * np.abs(np.fft.rfft(cycles, axis=-1)[..., 1]) / cycles.shape[-1])
