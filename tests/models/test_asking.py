"""Responses of any brain model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NoNumber
from pytest_brainscore.models.asking import record_responses
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from tests.support.networks import make_model
from tests.support.stimuli import NoiseImage

Change = Callable[[xarray.DataArray], xarray.DataArray]
COUNT = 150
STIMULI = StimulusSet(
    "noise",
    pd.DataFrame({"stimulus_id": [f"n{index}" for index in range(COUNT)]}),
    tuple(NoiseImage(seed, side=8) for seed in range(COUNT)),
    8.0,
)


class Foreign:
    """A model with no more than the interface."""

    identifier = "foreign"

    def __init__(self, model: LayerMappedModel, change: Change = lambda assembly: assembly) -> None:
        self.model = model
        self.change = change
        self.sizes: list[int] = []
        self.visual_degrees = model.visual_degrees
        self.start_task = model.start_task
        self.start_recording = model.start_recording

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
        self.sizes.append(len(stimuli))
        return self.change(self.model.look_at(stimuli))


def foreign(change: Change = lambda assembly: assembly) -> Foreign:
    model = Foreign(make_model(), change)
    model.start_recording("V2", [(70, 170)])
    return model


@pytest.mark.parametrize("maximum_over", [1, 3, 150])
@pytest.mark.parametrize("neuroids", [None, np.array([5, 2])])
def test_a_model_with_the_interface_only_gives_the_same(
    maximum_over: int, neuroids: np.ndarray[tuple[int], np.dtype[np.intp]] | None
) -> None:
    model = foreign()
    assert isinstance(model, BrainModel)
    by_looking = record_responses(model, STIMULI, neuroids=neuroids, maximum_over=maximum_over)
    by_recording = record_responses(model.model, STIMULI, neuroids=neuroids, maximum_over=maximum_over)
    assert by_looking.dtype == by_recording.dtype == np.float32
    np.testing.assert_array_equal(by_looking, by_recording)


def test_it_is_shown_a_block_at_a_time() -> None:
    model = foreign()
    record_responses(model, STIMULI, maximum_over=3)
    assert sum(model.sizes[:-1]) == COUNT
    assert model.sizes[-1] == 6, "the first two runs once more"
    assert max(model.sizes) <= 130
    assert all(size % 3 == 0 for size in model.sizes)


def test_transposed_recordings_are_turned() -> None:
    turned = record_responses(foreign(lambda assembly: assembly.T), STIMULI)
    np.testing.assert_array_equal(turned, record_responses(foreign(), STIMULI))


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        (lambda assembly: assembly.expand_dims(time_bin=2), ModelError, "returned the dimensions time_bin"),
        (lambda assembly: assembly[::-1], ModelError, "other stimuli than it was shown, or in another order"),
        (lambda assembly: assembly[:-1], ModelError, "other stimuli than it was shown"),
        (lambda assembly: assembly[:, :0], NoNumber, "has no units to record from"),
        (
            lambda assembly: assembly.where(assembly["neuroid_num"] > 0),
            NoNumber,
            "foreign gives responses that are not",
        ),
    ],
)
def test_recordings_that_cannot_be_trusted(change: Change, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        record_responses(foreign(change), STIMULI)


def noisy(assembly: xarray.DataArray) -> xarray.DataArray:
    return assembly * np.random.default_rng().uniform(0.5, 1, assembly.shape)


@pytest.mark.parametrize(
    "change",
    [noisy, lambda assembly: assembly - assembly.mean("presentation"), lambda assembly: assembly * len(assembly)],
    ids=["noise", "mean of what is shown", "number of what is shown"],
)
@pytest.mark.parametrize("maximum_over", [1, 3])
def test_a_foreign_model_must_be_repeatable_too(change: Change, maximum_over: int) -> None:
    with pytest.raises(ModelError, match="foreign responds differently to the same stimuli of noise"):
        record_responses(foreign(change), STIMULI, maximum_over=maximum_over)


def test_stimuli_that_do_not_divide() -> None:
    with pytest.raises(ValueError, match="150 stimuli do not divide into runs of 7"):
        record_responses(foreign(), STIMULI, maximum_over=7)
