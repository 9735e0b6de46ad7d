"""Model subjects that answer from tables, and small stimulus sets and trials as in the published files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import NoReturn

import numpy as np
import pandas as pd
import pytest
import xarray
from numpy.typing import ArrayLike

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.metrics.reliability.bootstrap import FloatArray
from tests.support.stimuli import NoiseImage


class TableSubject:
    """A subject that looks its answers up by ``stimulus_id``; a brain model without recordings.

    Parameters
    ----------
    answers
        For the label task a category, for the probabilities task a number per category, for each stimulus; for the
        odd-one-out task a number for each stimulus: the largest is odd.
    screen
        Visual angle of its screen in degrees.

    """

    def __init__(self, answers: Mapping[object, object], screen: float = 8.0) -> None:
        self.identifier = "table"
        self.answers = answers
        self.screen = screen
        self.asked: tuple[str, object] = ("nothing", None)
        self.shown: list[StimulusSet] = []
        self.trials: list[int] = []

    def visual_degrees(self) -> float:
        """Return the visual angle of the screen."""
        return self.screen

    def start_recording(self, target: str, time_bins: object) -> NoReturn:
        """Refuse: these subjects only behave."""
        raise NotImplementedError

    def start_task(self, task: str, fitting: object = None) -> None:
        """Keep the task and what it is fitted to."""
        self.asked = (task, fitting)

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
        """Answer from the table, in the shape that the task has."""
        self.shown.append(stimuli)
        self.trials.append(number_of_trials)
        ids = stimuli.table["stimulus_id"].tolist()
        task, fitting = self.asked
        if task == "label":
            return xarray.DataArray([[str(self.answers[name])] for name in ids], dims=("presentation", "choice"))
        if task == "odd_one_out":
            triplets = [ids[start : start + 3] for start in range(0, len(ids), 3)]
            odd = [max(triplet, key=lambda name: float(str(self.answers[name]))) for triplet in triplets]
            return xarray.DataArray([odd], dims=("choice", "presentation"))
        assert isinstance(fitting, StimulusSet)
        choices = list(dict.fromkeys(fitting.table["image_label"]))
        values = np.array([self.answers[name] for name in ids], dtype=np.float64)
        return xarray.DataArray(values, {"choice": choices}, ("presentation", "choice"))


class NeverAsked(TableSubject):
    """A subject that must not be asked: data are looked for first."""

    def __init__(self) -> None:
        super().__init__({})

    def visual_degrees(self) -> float:
        """Fail."""
        raise AssertionError("The model was asked before the data were there.")


def made_up_stimuli(table: pd.DataFrame, degrees: float, identifier: str = "made up") -> StimulusSet:
    """Return stimuli with the given table, each with a small image of its own."""
    return StimulusSet(identifier, table, tuple(NoiseImage(row, side=16) for row in range(len(table))), degrees)


def trials_of(table: pd.DataFrame, value: str) -> xarray.DataArray:
    """Return a table of trials as an assembly, one of its columns being the value."""
    columns = {str(name): ("presentation", column.to_numpy()) for name, column in table.items()}
    return xarray.DataArray(table[value].to_numpy(), columns, ("presentation",))


def shuffled(stimuli: StimulusSet, seed: int = 5) -> StimulusSet:
    """Return the same stimuli in another order."""
    order = np.random.RandomState(seed).permutation(len(stimuli))
    images = tuple(stimuli.images[row] for row in order)
    return StimulusSet(stimuli.identifier, stimuli.table.iloc[order], images, stimuli.degrees)


def statistics_of_all_stimuli(monkeypatch: pytest.MonkeyPatch, protocol: ModuleType) -> list[float]:
    """Have a protocol draw every stimulus exactly once, and return the list that its statistic will be put into."""
    statistics: list[float] = []

    def once(statistic: Callable[[FloatArray], FloatArray], strata: ArrayLike) -> FloatArray:
        values = statistic(np.ones((2, np.asarray(strata).size)))
        statistics.extend(values.tolist())
        return values

    monkeypatch.setattr(protocol, "bootstrap", once)
    return statistics
