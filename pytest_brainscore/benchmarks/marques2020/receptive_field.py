"""Which units of the model look at the place where the stimuli are: receptive-field mapping.

The neurons of the recordings were shown stimuli centred on their receptive fields. The model is shown stimuli at one
place, and the units whose receptive field is centred there are taken. Protocol of Marques, Schrimpf & DiCarlo (2021).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.stimuli import (
    FULL,
    POSITION,
    Grids,
    blank,
    receptive_field_gratings,
)
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.metrics.tuning.receptive_field import receptive_field_centres
from pytest_brainscore.models.asking import record_responses, result, shown_once

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

MAPPING_VERSION: Final = f"1 numpy {np.__version__}"
"""Raise it with every change of how responses become centres: results are kept under it."""
NOISE: Final = 1e-6
"""Smallest peak of a receptive-field map, relative to the largest of the layer, that is a response.

The activation of a float32 convolution at one place depends in its last bits on the kernel that computes it, and with
some kernels on the place. Units that never respond then get a "receptive field" of rounding errors, and the published
protocol, which takes any peak above 0, takes them in: squeezenet1_1 had 110 units in the window with oneDNN, and 391
with PyTorch's own kernels, 281 of which peaked below 2e-5 of a largest peak of 83. With this floor both give the same
110; the smallest genuine one peaks at 6e-5 of the largest."""
WINDOW: Final = 0.15
"""Largest distance of a receptive-field centre from the position of the stimuli, in degrees."""
MAP_BYTES: Final = 2**30
"""Receptive-field maps held at a time. Layers with larger maps (600 000 units) are mapped part by part, which may show
the gratings once for each part: slower, but never out of memory."""
UNITS_AT_ONCE: Final = 2**12
"""Units whose maps are turned from activations into centres at a time."""


class SelectedUnits(NamedTuple):
    """Units whose receptive field is centred on the stimuli."""

    indices: NDArray[np.intp]
    """Positions among all recorded units, ascending, shape (selected,)."""
    blank_responses: NDArray[np.float32]
    """Activations to the blank, shape (selected,)."""
    number_of_units: int
    """Number of all recorded units."""


def select_units(model: BrainModel, grids: Grids = FULL) -> SelectedUnits:
    """Map the receptive fields of all recorded units and select those at the position of the stimuli.

    ``model.start_recording`` was called before. The selection may be empty.

    Raises
    ------
    NoNumber
        When responses are not finite.

    """
    degrees = model.visual_degrees()
    blank_responses = record_responses(model, place_on_screen(blank(), degrees))[0]
    centres = _centres(model, blank_responses, degrees, grids)
    distance = np.hypot(centres[:, 0] - POSITION[0], centres[:, 1] - POSITION[1])
    # The distance of a unit without a receptive field is NaN, and not small.
    indices = np.flatnonzero(distance <= WINDOW)
    return SelectedUnits(indices, blank_responses[indices], blank_responses.size)


def _centres(
    model: BrainModel, blank_responses: NDArray[np.float32], degrees: float, grids: Grids = FULL
) -> NDArray[np.float64]:
    """Return receptive-field centres (y, x) of all units in degrees, NaN where there is none, shape (units, 2)."""
    gratings = place_on_screen(receptive_field_gratings(grids), degrees)
    version = f"{MAPPING_VERSION} {NOISE} {hashlib.sha256(blank_responses.tobytes()).hexdigest()}"
    shape = blank_responses.size, 2

    def compute() -> NDArray[np.float64]:
        return _map(model, gratings, blank_responses, grids)

    return result(model, "receptive-field centres", version, gratings, shape, compute)


def _map(
    model: BrainModel, gratings: StimulusSet, blank_responses: NDArray[np.float32], grids: Grids
) -> NDArray[np.float64]:
    """Show the gratings, and return the centres."""
    units = blank_responses.size
    axis = np.asarray(grids.mapping_positions)
    shown = shown_once(model, gratings, grids.mapping_gratings)
    step = max(1, MAP_BYTES // (axis.size**2 * blank_responses.itemsize))
    if shown is not None:
        step = min(step, UNITS_AT_ONCE)
    centres: list[NDArray[np.float64]] = []
    peaks: list[NDArray[np.float32]] = []
    for start in range(0, units, step):
        part = np.arange(start, min(start + step, units))
        if shown is not None:
            strongest = shown(part)
        else:
            neuroids = None if step >= units else part
            strongest = record_responses(model, gratings, neuroids=neuroids, maximum_over=grids.mapping_gratings)
        blanks = blank_responses[part]
        for first in range(0, blanks.size, UNITS_AT_ONCE):
            chunk = slice(first, first + UNITS_AT_ONCE)
            # The protocol rectifies, subtracts the blank and then takes the maximum over the gratings of a position.
            # Taking the maximum first gives the same bits: rectification and (rounded) subtraction of a constant
            # preserve order.
            above_blank = np.maximum(strongest[:, chunk], 0) - np.maximum(blanks[chunk], 0)
            maps = above_blank.reshape(axis.size, axis.size, -1)
            centres.append(receptive_field_centres(maps, axis, axis))
            peaks.append(above_blank.max(axis=0))
    if not centres:
        return np.empty((0, 2))
    located, peak = np.concatenate(centres), np.concatenate(peaks)
    located[peak <= NOISE * peak.max()] = np.nan
    return located
