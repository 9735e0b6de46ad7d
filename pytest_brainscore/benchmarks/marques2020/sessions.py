"""What a model has been recorded with in this process, so that the 22 benchmarks share their work.

The memory belongs to the model object and goes with it; nothing is kept under a name.
"""

from __future__ import annotations

import hashlib
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.firing_rates import calibrate, firing_rates
from pytest_brainscore.benchmarks.marques2020.receptive_field import WINDOW, SelectedUnits, select_units
from pytest_brainscore.benchmarks.marques2020.stimuli import FULL, POSITION, Grids, orientation_gratings
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.models.activations.ways import noting_ways
from pytest_brainscore.models.asking import record_responses

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

TIME_BIN: Final = (70, 170)
"""Recording window in milliseconds after stimulus onset."""


class FiringRates(NamedTuple):
    """Calibrated responses of the units at the position of the stimuli."""

    rates: NDArray[np.float64]
    """Spikes per second, shape (stimulus, unit)."""
    baseline: NDArray[np.float64]
    """Spikes per second in response to the blank, shape (unit,)."""


@dataclass
class _Session:
    """What one model has been recorded with so far."""

    state: str
    """Digest of the responses to a few gratings: tells whether the model is still the same."""
    selected: dict[str, SelectedUnits] = field(default_factory=dict)
    """By the name of the grids that receptive fields were mapped with."""
    responses: dict[tuple[str, str], NDArray[np.float32]] = field(default_factory=dict)
    """Activations of the selected units, shape (stimulus, unit), by the name of the grids and the digest of the set."""
    ways: dict[str, str] = field(default_factory=dict)
    """How each stimulus set was shown, by its name."""


_SESSIONS: Final[dict[int, _Session]] = {}
"""By the identity of the model object; an entry goes when its model does."""


def record_firing_rates(model: BrainModel, stimuli: StimulusSet, grids: Grids = FULL) -> FiringRates:
    """Record the firing rates of a model's V1 to a stimulus set, of all units at the position of the stimuli.

    The model is mapped and calibrated before its first recording.

    Parameters
    ----------
    model
        Need not be recording; afterwards it records from V1.
    stimuli
        Stimuli at the position (.5, .5) degrees, as they are in the published set (not yet placed on a screen).
    grids
        Of the gratings that the model is mapped and calibrated with.

    Raises
    ------
    NoNumber
        When the model has no unit there, when none responds to gratings, or when responses are not finite.

    """
    model.start_recording("V1", [TIME_BIN])
    session = _session(model)
    if grids.name not in session.selected:
        with noting_ways() as ways:
            session.selected[grids.name] = select_units(model, grids)
        session.ways |= ways
    selected = session.selected[grids.name]
    if not selected.indices.size:
        raise NoNumber(
            f"None of the {selected.number_of_units} V1 units of {model.identifier} has its receptive field within "
            f"{WINDOW:g} degrees of the stimuli at {POSITION} degrees; commit V1 to a layer that responds to small "
            "gratings and still has a spatial map."
        )
    gratings = _responses(model, session, selected, orientation_gratings(grids), grids)
    calibration = calibrate(gratings, selected.blank_responses, len(grids.phases))
    responses = _responses(model, session, selected, stimuli, grids)
    return FiringRates(firing_rates(responses, calibration), firing_rates(selected.blank_responses, calibration))


def how_shown(model: BrainModel) -> dict[str, str]:
    """Return how each stimulus set that a model was recorded with was shown, by its name.

    As whole images, or as less that gives the same responses; empty for a model that does not tell.
    """
    session = _SESSIONS.get(id(model))
    return dict(session.ways) if session is not None else {}


def _responses(
    model: BrainModel, session: _Session, selected: SelectedUnits, stimuli: StimulusSet, grids: Grids
) -> NDArray[np.float32]:
    key = grids.name, stimuli.digest()
    if key not in session.responses:
        placed = place_on_screen(stimuli, model.visual_degrees())
        with noting_ways() as ways:
            session.responses[key] = record_responses(model, placed, neuroids=selected.indices)
        session.ways |= ways
    return session.responses[key]


def _session(model: BrainModel) -> _Session:
    state = _state(model)
    session = _SESSIONS.get(id(model))
    if session is None:
        weakref.finalize(model, _SESSIONS.pop, id(model), None)
    if session is None or session.state != state:
        session = _SESSIONS[id(model)] = _Session(state)
    return session


def _state(model: BrainModel) -> str:
    """Return a digest of what the model does now: a model that is trained between two scores stays the same object."""
    gratings = orientation_gratings()
    # Four gratings that differ in number of cycles, spatial frequency, orientation and phase.
    few = gratings.rows(slice(None, None, 301))
    return hashlib.sha256(record_responses(model, place_on_screen(few, model.visual_degrees())).tobytes()).hexdigest()
