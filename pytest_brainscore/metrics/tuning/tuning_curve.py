"""What all tuning curves share: smoothing, the interpolating spline, and where a curve falls below a threshold.

A tuning curve holds the responses of one neuroid along one stimulus axis (orientation, spatial frequency, radius).
All functions treat many neuroids at once.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import make_interp_spline
from scipy.ndimage import convolve1d

Smoothing = Literal["hanning", "smooth", "flat", "triangle"]

# The weights are those of Marques, Schrimpf & DiCarlo (2021); `smooth_curves` divides each by its sum.
_KERNELS: dict[Smoothing, tuple[float, ...]] = {
    "hanning": (0, 2 / 5, 1, 2 / 5, 0),
    "smooth": (0, 1 / 5, 1, 1 / 5, 0),
    "flat": (1, 1, 1, 1, 1),
    "triangle": (0.5, 0.75, 1, 0.75, 0.5),
}


def as_curves(responses: ArrayLike, positions: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check tuning curves and the axis they lie on, and return both in float64.

    Parameters
    ----------
    responses
        Responses, shape (neuroid, position).
    positions
        Stimulus values along the axis, strictly ascending, shape (position,).

    Raises
    ------
    ValueError
        If the shapes do not fit or the positions do not ascend.

    """
    curves = np.asarray(responses, dtype=np.float64)
    axis = np.asarray(positions, dtype=np.float64)
    if curves.ndim != 2 or axis.ndim != 1 or curves.shape[1] != len(axis) or len(axis) == 0:
        raise ValueError(
            f"Tuning curves of shape {curves.shape} do not fit stimulus values of shape {axis.shape}: "
            "give (neuroid, stimulus) and (stimulus,)."
        )
    if not (np.diff(axis) > 0).all():
        raise ValueError("The stimulus values of a tuning curve must ascend strictly; sort stimuli and responses.")
    return curves, axis


def smooth_curves(
    curves: NDArray[np.float64], smoothing: Smoothing, *, ends: Literal["repeated", "zero"]
) -> NDArray[np.float64]:
    """Convolve every curve with a normalised five-point kernel; the length stays.

    Parameters
    ----------
    curves
        Responses, shape (neuroid, position).
    smoothing
        Name of the kernel.
    ends
        What lies beyond the ends of a curve: its end value, or zero.

    Raises
    ------
    ValueError
        If there is no kernel of that name.

    """
    if smoothing not in _KERNELS:
        raise ValueError(f"There is no smoothing '{smoothing}': choose one of {', '.join(_KERNELS)}.")
    kernel = np.array(_KERNELS[smoothing], dtype=np.float64)
    mode: Literal["nearest", "constant"] = "nearest" if ends == "repeated" else "constant"
    smoothed: NDArray[np.float64] = convolve1d(curves, kernel / kernel.sum(), axis=1, mode=mode)
    return smoothed


def sample_spline(
    positions: NDArray[np.float64], curves: NDArray[np.float64], samples: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Evaluate the cubic spline through every curve (not-a-knot ends, extrapolating).

    Parameters
    ----------
    positions
        Where the curves are known, ascending, at least 4, shape (position,).
    curves
        Responses, shape (neuroid, position). A curve with a value that is not finite gives a row of NaN.
    samples
        Where to evaluate, shape (sample,).

    Returns
    -------
    Values of the splines, shape (neuroid, sample).

    Raises
    ------
    ValueError
        If there are fewer than 4 positions.

    """
    if len(positions) < 4:
        raise ValueError(f"A cubic spline needs at least 4 points a tuning curve, not {len(positions)}.")
    finite = np.isfinite(curves).all(axis=1)
    sampled = np.full((len(curves), len(samples)), np.nan)
    sampled[finite] = make_interp_spline(positions, curves[finite], k=3, axis=1)(samples)
    return sampled


def threshold_flanks(
    sampled: NDArray[np.float64], peak: NDArray[np.intp], threshold: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the samples nearest to the peak, on each side, that are at or below a fraction of the peak value.

    Parameters
    ----------
    sampled
        Finely sampled curves, shape (neuroid, sample).
    peak
        Index of the peak of every curve, shape (neuroid,).
    threshold
        Fraction of the value at the peak.

    Returns
    -------
    Index before and index after the peak, each of shape (neuroid,); NaN where a side never falls so low, or where the
    value at the peak is not positive (a fraction of it then means nothing).

    """
    peak_value = np.take_along_axis(sampled, peak[:, np.newaxis], axis=1)
    low = (sampled <= threshold * peak_value) & (peak_value > 0)
    index = np.arange(sampled.shape[1])
    before = np.where(low & (index < peak[:, np.newaxis]), index, -1).max(axis=1)
    after = np.where(low & (index > peak[:, np.newaxis]), index, len(index)).min(axis=1)
    return np.where(before >= 0, before, np.nan), np.where(after < len(index), after, np.nan)
