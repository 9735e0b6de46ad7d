"""Size tuning: surround suppression, and the diameters of the summation field and of the surround.

The measures are those of Cavanaugh, Bair & Movshon (2002), J. Neurophysiol. 88:2530, computed as in Marques,
Schrimpf & DiCarlo (2021), doi 10.1101/2021.03.01.433495.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.tuning.tuning_curve import as_curves

# Marques, Schrimpf & DiCarlo (2021): up to this suppression a surround cannot be measured; from it on, it is strong.
_STRONG_SUPPRESSION = 0.1
# Cavanaugh, Bair & Movshon (2002): the summation field is the smallest grating that gives this fraction of the peak,
_SUMMATION_FRACTION = 0.95
# and the surround ends where the response has come down to within this fraction of the plateau.
_PLATEAU_MARGIN = 0.05


class SizeTuning(NamedTuple):
    """Size tuning of every neuroid; every member has the shape (neuroid,)."""

    surround_suppression_index: NDArray[np.float64]
    """(peak - plateau) / peak, at least 0; above 1 where the response to the largest grating is negative."""
    grating_summation_field: NDArray[np.float64]
    """Diameter of the smallest grating that gives 95 % of the peak, in the unit of the radii (degrees)."""
    surround_diameter: NDArray[np.float64]
    """Diameter beyond the peak at which the response reaches its plateau, in the unit of the radii (degrees)."""
    surround_grating_summation_field_ratio: NDArray[np.float64]
    """Surround diameter divided by the summation field, above 1."""
    strongly_suppressed: NDArray[np.float64]
    """1 where the suppression index is at least .1, else 0."""


def size_tuning(responses: ArrayLike, radii: ArrayLike) -> SizeTuning:
    """Surround suppression and sizes from the responses to gratings of growing radius.

    The plateau is the response to the largest grating. Sizes are stimulus sizes: nothing is interpolated.

    Parameters
    ----------
    responses
        Responses, baseline subtracted, shape (neuroid, radius).
    radii
        Radii in degrees, strictly ascending, shape (radius,).

    Returns
    -------
    The three sizes are NaN where the suppression index is not above .1: without suppression there is no surround to
    measure. A constant curve has the index 0. All members are NaN where a response is not finite or the peak is not
    positive (all-zero and negative curves).

    Raises
    ------
    ValueError
        If the shapes do not fit or the radii do not ascend.

    """
    curves, radius = as_curves(responses, radii)
    peak = curves.max(axis=1)
    plateau = curves[:, -1]
    defined = (peak > 0) & np.isfinite(curves).all(axis=1)
    index = np.full(len(curves), np.nan)
    index[defined] = (peak[defined] - plateau[defined]) / peak[defined]

    # Where the index is above .1 both conditions hold somewhere: at the peak, and at the largest radius.
    measurable = index > _STRONG_SUPPRESSION
    summated = curves >= _SUMMATION_FRACTION * peak[:, np.newaxis]
    at_plateau = curves <= (plateau + _PLATEAU_MARGIN * np.abs(plateau))[:, np.newaxis]
    beyond_peak = np.arange(len(radius)) > curves.argmax(axis=1)[:, np.newaxis]
    summation_field = np.where(measurable, 2 * radius[summated.argmax(axis=1)], np.nan)
    surround = np.where(measurable, 2 * radius[(at_plateau & beyond_peak).argmax(axis=1)], np.nan)
    return SizeTuning(
        surround_suppression_index=index,
        grating_summation_field=summation_field,
        surround_diameter=surround,
        surround_grating_summation_field_ratio=surround / summation_field,
        strongly_suppressed=np.where(defined, index >= _STRONG_SUPPRESSION, np.nan),
    )
