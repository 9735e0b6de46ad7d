"""What a plot of a property needs: both distributions in the bins of the metric, and how the axis is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.marques2020.targets import PropertyTarget

_AXES: Final = {
    "circular_variance": ("circular variance", ""),
    "bandwidth": ("orientation bandwidth", "degrees"),
    "orthogonal_preferred_ratio": ("orthogonal / preferred ratio", ""),
    "orientation_selective": ("orientation selective (0 no, 1 yes)", ""),
    "circular_variance_bandwidth_ratio": ("circular variance / bandwidth", "1 / degree"),
    "orthogonal_preferred_ratio_circular_variance_difference": ("orthogonal / preferred ratio - circular variance", ""),
    "preferred_orientation": ("preferred orientation", "degrees"),
    "peak_spatial_frequency": ("peak spatial frequency", "cycles per degree"),
    "spatial_frequency_selective": ("spatial frequency selective (0 no, 1 yes)", ""),
    "spatial_frequency_bandwidth": ("spatial frequency bandwidth (lower / upper cut-off)", "%"),
    "texture_selectivity": ("texture selectivity", ""),
    "texture_sparseness": ("texture sparseness", ""),
    "variance_ratio": ("variance ratio (family / sample)", ""),
    "modulation_ratio": ("modulation ratio (F1 / F0)", ""),
    "grating_summation_field": ("grating summation field", "degrees"),
    "surround_diameter": ("surround diameter", "degrees"),
    "surround_suppression_index": ("surround suppression index", ""),
    "texture_modulation_index": ("texture modulation index", ""),
    "absolute_texture_modulation_index": ("absolute texture modulation index", ""),
    "max_texture": ("maximum response to textures", "spikes per second"),
    "max_noise": ("maximum response to noise", "spikes per second"),
    "max_dc": ("maximum mean response", "spikes per second"),
}
"""Name and unit on the axis, by the name of the property in the recordings."""
_DIGITS: Final = 6
"""More than a plot can show, and a third of the length of a float64 in the report."""


def distribution_details(name: str, values: NDArray[np.float64], target: PropertyTarget) -> dict[str, Any]:
    """Return the distributions of a property over a model's units and over the neurons, as plain values.

    Parameters
    ----------
    name
        Name of the property in the recordings.
    values
        The property of every responsive unit, shape (units,), NaN where it is undefined.
    target
        The neurons.

    Returns
    -------
    dict[str, Any]
        ``property``, ``unit`` (empty for ratios and indices), ``edges`` (bins + 1), ``log`` (whether each edge is about
        a constant factor above the one before), ``model`` and ``neurons``: the share of the defined values in each bin
        (those outside count in the first and the last, as in the metric); and ``model_undefined`` and
        ``neurons_undefined``: the share of all values that is NaN.

    """
    label, unit = _AXES.get(name, (name.replace("_", " "), ""))
    return {
        "property": label,
        "unit": unit,
        "edges": _rounded(target.bins),
        "log": is_log_spaced(target.bins),
        "model": _shares(values, target.bins),
        "neurons": _shares(target.values, target.bins),
        "model_undefined": _undefined(values),
        "neurons_undefined": _undefined(target.values),
    }


def is_log_spaced(edges: NDArray[np.float64]) -> bool:
    """Tell whether ratios of neighbouring edges vary less than their differences; never where an edge is not above 0.

    Published edges are rounded (1, 1.4, 2, 2.8 ...), so that neither is constant to the last digit.
    """
    if len(edges) < 4 or edges[0] <= 0:
        return False
    ratios, differences = np.log(edges[1:] / edges[:-1]), np.diff(edges)
    return bool(ratios.std() / ratios.mean() < differences.std() / differences.mean())


def _shares(values: NDArray[np.float64], edges: NDArray[np.float64]) -> list[float]:
    defined = values[~np.isnan(values)]
    counts, _ = np.histogram(np.clip(defined, edges[0], edges[-1]), edges)
    return _rounded(counts / max(defined.size, 1))


def _undefined(values: NDArray[np.float64]) -> float:
    return round(float(np.isnan(values).mean()), _DIGITS) if values.size else 0.0


def _rounded(numbers: NDArray[np.float64]) -> list[float]:
    return [round(number, _DIGITS) for number in np.asarray(numbers, dtype=np.float64).tolist()]
