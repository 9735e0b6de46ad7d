"""Orientation tuning: circular variance, orthogonal-to-preferred ratio, bandwidth and preferred orientation.

The measures are those of Ringach, Shapley & Hawken (2002), J. Neurosci. 22:5639, and De Valois, Yund & Hepler (1982),
Vision Res. 22:531, computed as in Marques, Schrimpf & DiCarlo (2021), doi 10.1101/2021.03.01.433495.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.tuning.tuning_curve import as_curves, sample_spline, smooth_curves, threshold_flanks
from pytest_brainscore.one_thread import one_thread

# Orientation repeats after 180 degrees. Curves are looked at from one period before to (almost) one period after the
# period 0..179 in which the preferred orientation is sought, in steps of one degree.
_PERIOD = 180
_SAMPLED_ORIENTATIONS = np.arange(-_PERIOD, 2 * _PERIOD, dtype=np.float64)


class OrientationTuning(NamedTuple):
    """Bandwidth and preferred orientation of every neuroid."""

    bandwidth: NDArray[np.float64]
    """Width of the tuning curve in degrees, shape (neuroid,); NaN where the neuroid is not tuned."""
    preferred_orientation: NDArray[np.float64]
    """Orientation of the peak in whole degrees, 0 to 179, shape (neuroid,)."""


@one_thread()
def circular_variance(responses: ArrayLike, orientations: ArrayLike) -> NDArray[np.float64]:
    """Circular variance of orientation tuning: 1 - |sum R exp(2 i theta)| / sum |R|.

    Parameters
    ----------
    responses
        Responses, shape (neuroid, orientation).
    orientations
        Orientations in degrees, strictly ascending, evenly covering 180 degrees, shape (orientation,).

    Returns
    -------
    Circular variance, shape (neuroid,), 0 (responds to one orientation only) to 1 (all orientations alike). A constant
    curve gives 1, up to rounding; an all-zero curve, and one with a response that is not finite, gives NaN. Negative
    responses count with their sign in the numerator and without in the denominator, so the range stays 0 to 1.

    Raises
    ------
    ValueError
        If the shapes do not fit or the orientations do not ascend.

    """
    curves, angles = as_curves(responses, orientations)
    with np.errstate(invalid="ignore"):
        resultant = np.abs(curves @ np.exp(2j * np.deg2rad(angles)))
        variance: NDArray[np.float64] = 1 - resultant / np.abs(curves).sum(axis=1)
    return variance


def orthogonal_preferred_ratio(responses: ArrayLike) -> NDArray[np.float64]:
    """Response to the orientation orthogonal to the preferred one, divided by the preferred response.

    Parameters
    ----------
    responses
        Responses, shape (neuroid, orientation); the orientations evenly cover 180 degrees. The orthogonal one lies half
        the number of orientations further on (rounded down), with wrap-around.

    Returns
    -------
    Ratio, shape (neuroid,), at most 1, and at least 0 where no response is negative. Of several equal largest
    responses the first counts. A constant curve gives 1; NaN where a response is not finite, or none is
    positive.

    Raises
    ------
    ValueError
        If `responses` is not of shape (neuroid, orientation) with at least one orientation.

    """
    curves = np.asarray(responses, dtype=np.float64)
    if curves.ndim != 2 or curves.shape[1] == 0:
        raise ValueError(f"Responses of shape {curves.shape} are no tuning curves: give (neuroid, orientation).")
    count = curves.shape[1]
    preferred = curves.argmax(axis=1, keepdims=True)
    preferred_response = np.take_along_axis(curves, preferred, axis=1)[:, 0]
    orthogonal_response = np.take_along_axis(curves, (preferred + count // 2) % count, axis=1)[:, 0]
    defined = (preferred_response > 0) & np.isfinite(curves).all(axis=1)
    ratio = np.full(len(curves), np.nan)
    ratio[defined] = orthogonal_response[defined] / preferred_response[defined]
    return ratio


def orientation_bandwidth(
    responses: ArrayLike,
    orientations: ArrayLike,
    *,
    smoothing: Literal["hanning", "smooth", "flat"] | None,
    threshold: float,
    half: bool,
) -> OrientationTuning:
    """Bandwidth and preferred orientation from a spline through the smoothed curve.

    The curve is repeated three times (-180 to 360 degrees), smoothed with a normalised five-point kernel (zero beyond
    the ends), interpolated by a cubic spline and sampled at every degree. The preferred orientation is the largest
    sample in 0..179; the bandwidth is the distance between the nearest samples before and after it that are at or below
    `threshold` times the peak.

    Parameters
    ----------
    responses
        Responses, shape (neuroid, orientation).
    orientations
        Orientations in degrees, strictly ascending, evenly covering 180 degrees, at least 2, shape (orientation,).
    smoothing
        Kernel (before normalisation): ``hanning`` 0, .4, 1, .4, 0; ``smooth`` 0, .2, 1, .2, 0; ``flat`` 1, 1, 1, 1, 1;
        None for no smoothing.
    threshold
        Fraction of the peak at which the width is taken, for example .707.
    half
        Return half of the width.

    Returns
    -------
    Both of shape (neuroid,), in degrees. The bandwidth is NaN where a side never falls to the threshold or the full
    width exceeds 180: the neuroid is not orientation-selective. A constant curve is not selective; its preferred
    orientation is an artefact of the ends (the ripple of the spline, as in the published system). Both are NaN where
    a response is not finite, or the peak is not positive (all-zero and negative curves).

    Raises
    ------
    ValueError
        If the shapes do not fit, the orientations do not ascend, or the kernel is unknown.

    """
    curves, angles = as_curves(responses, orientations)
    repeated = np.tile(curves, (1, 3))
    if smoothing is not None:
        repeated = smooth_curves(repeated, smoothing, ends="zero")
    repeated_angles = np.concatenate((angles - _PERIOD, angles, angles + _PERIOD))
    sampled = sample_spline(repeated_angles, repeated, _SAMPLED_ORIENTATIONS)

    peak = sampled[:, _PERIOD : 2 * _PERIOD].argmax(axis=1) + _PERIOD
    before, after = threshold_flanks(sampled, peak, threshold)
    width = after - before
    width[width > _PERIOD] = np.nan
    peak_value = np.take_along_axis(sampled, peak[:, np.newaxis], axis=1)[:, 0]
    preferred = np.where(peak_value > 0, _SAMPLED_ORIENTATIONS[peak], np.nan)
    return OrientationTuning(bandwidth=width / 2 if half else width, preferred_orientation=preferred)
