"""Models that know their answers by heart: responses are looked up by the id of the stimulus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.interface import RecordingTarget, Task, TimeBin
from tests.support.stimuli import NoiseImage


class TableModel:
    """A brain model with given responses, shape (unit,) or, with a time course, (unit, time bin) for each stimulus.

    It has what every brain model must have, and nothing else. A time course is given for all bins that are asked for.
    """

    def __init__(self, responses: Mapping[str, NDArray[Any]], degrees: float = 8.0, identifier: str = "table") -> None:
        self.identifier = identifier
        self.responses = responses
        self.degrees = degrees
        self.recordings: list[tuple[RecordingTarget, tuple[TimeBin, ...]]] = []
        """Recordings that were started."""
        self.seen: list[StimulusSet] = []
        """Stimuli that were shown."""
        self.course: list[TimeBin] = []
        """Time bins of the time course; empty for a model that gives the same at all times."""

    def visual_degrees(self) -> float:
        """Return the visual angle of the input."""
        return self.degrees

    def start_task(self, task: Task, fitting: StimulusSet | Sequence[str] | str | None = None) -> None:
        """Refuse: there is no behavior."""
        raise ModelError(f"The model {self.identifier} has no behavior; record from it.")

    def start_recording(self, target: RecordingTarget, time_bins: Sequence[TimeBin]) -> None:
        """Note what was asked for."""
        self.recordings.append((target, tuple(time_bins)))

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xr.DataArray:
        """Look responses up."""
        assert stimuli.degrees == self.degrees, "stimuli were not placed on the screen of the model"
        self.seen.append(stimuli)
        bins = self.recordings[-1][1]
        ids = stimuli.table["stimulus_id"].to_numpy()
        found = np.stack([self.responses[str(stimulus)] for stimulus in ids])
        if self.course:
            found = found[:, :, [self.course.index(each) for each in bins]]
        elif len(bins) > 1:
            found = np.repeat(found[:, :, np.newaxis], len(bins), axis=2)
        coordinates = {"stimulus_id": ("presentation", ids)}
        if found.ndim == 3 and len(bins) == 1:
            found = found[:, :, 0]
        dims = ("presentation", "neuroid") if found.ndim == 2 else ("presentation", "neuroid", "time_bin")
        return xr.DataArray(found, coordinates, dims)


def stimuli_named(ids: Sequence[str], degrees: float, **columns: Any) -> StimulusSet:
    """Return one small image for each id."""
    table = pd.DataFrame({"stimulus_id": list(ids), **columns})
    return StimulusSet("named", table, tuple(NoiseImage(seed, side=8) for seed in range(len(ids))), degrees)
