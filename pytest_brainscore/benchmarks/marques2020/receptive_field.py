"""Which units of the model look at the place where the stimuli are: receptive-field mapping.

The neurons of the recordings were shown stimuli centred on their receptive fields. The model is shown stimuli at one
place, and the units whose receptive field is centred there are taken. Protocol of Marques, Schrimpf & DiCarlo (2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.stimuli import (
    MAPPING_GRATINGS,
    MAPPING_POSITIONS,
    POSITION,
    blank,
    receptive_field_gratings,
)
from pytest_brainscore.data.screen import place_on_screen
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.metrics.receptive_field import receptive_field_centres
from pytest_brainscore.models.recording import record_responses

if TYPE_CHECKING:
    from pytest_brainscore.models.interface import BrainModel

WINDOW: Final = 0.15
"""Largest distance of a receptive-field centre from the position of the stimuli, in degrees."""
MAP_BYTES: Final = 2**30
"""Receptive-field maps held at a time. Layers with larger maps (600 000 units) are mapped part by part, which shows the
gratings once for each part: slower, but never out of memory."""
UNITS_AT_ONCE: Final = 2**14
"""Units whose maps are turned from activations into centres at a time."""


class SelectedUnits(NamedTuple):
    """Units whose receptive field is centred on the stimuli."""

    indices: NDArray[np.intp]
    """Positions among all recorded units, ascending, shape (selected,)."""
    blank_responses: NDArray[np.float32]
    """Activations to the blank, shape (selected,)."""
    number_of_units: int
    """Number of all recorded units."""


def select_units(model: BrainModel) -> SelectedUnits:
    """Map the receptive fields of all recorded units and select those at the position of the stimuli.

    ``model.start_recording`` was called before. The selection may be empty.

    Raises
    ------
    NoNumber
        When the response to the blank is not finite.

    """
    degrees = model.visual_degrees()
    blank_responses = record_responses(model, place_on_screen(blank(), degrees))[0]
    broken = np.count_nonzero(~np.isfinite(blank_responses))
    if broken:
        raise NoNumber(
            f"{broken} of {blank_responses.size} V1 units of {model.identifier} answer a blank grey image with values "
            "that are not finite; check the weights and the preprocessing of the model."
        )
    centres = _centres(model, blank_responses, degrees)
    distance = np.hypot(centres[:, 0] - POSITION[0], centres[:, 1] - POSITION[1])
    # The distance of a unit without a receptive field is NaN, and not small.
    indices = np.flatnonzero(distance <= WINDOW)
    return SelectedUnits(indices, blank_responses[indices], blank_responses.size)


def _centres(model: BrainModel, blank_responses: NDArray[np.float32], degrees: float) -> NDArray[np.float64]:
    """Return receptive-field centres (y, x) of all units in degrees, NaN where there is none, shape (units, 2)."""
    gratings = place_on_screen(receptive_field_gratings(), degrees)
    units = blank_responses.size
    positions = len(MAPPING_POSITIONS) ** 2
    part = max(1, MAP_BYTES // (positions * blank_responses.itemsize))
    centres: list[NDArray[np.float64]] = []
    for start in range(0, units, part):
        neuroids = None if part >= units else np.arange(start, min(start + part, units))
        strongest = record_responses(model, gratings, neuroids=neuroids, maximum_over=MAPPING_GRATINGS)
        blanks = blank_responses if neuroids is None else blank_responses[neuroids]
        centres.extend(
            _centres_of_maps(strongest[:, chunk], blanks[chunk])
            for chunk in (slice(first, first + UNITS_AT_ONCE) for first in range(0, blanks.size, UNITS_AT_ONCE))
        )
    return np.concatenate(centres) if centres else np.empty((0, 2))


def _centres_of_maps(strongest: NDArray[np.float32], blank_responses: NDArray[np.float32]) -> NDArray[np.float64]:
    # The protocol rectifies, subtracts the blank and then takes the maximum over the gratings of a position. Taking the
    # maximum first gives the same bits: rectification and (rounded) subtraction of a constant preserve order.
    above_blank = np.maximum(strongest, 0) - np.maximum(blank_responses, 0)
    side = len(MAPPING_POSITIONS)
    # A unit with a response that is not finite has no centre.
    above_blank[:, ~np.isfinite(above_blank).all(axis=0)] = 0
    maps = above_blank.reshape(side, side, -1)
    return receptive_field_centres(maps, np.asarray(MAPPING_POSITIONS), np.asarray(MAPPING_POSITIONS))
