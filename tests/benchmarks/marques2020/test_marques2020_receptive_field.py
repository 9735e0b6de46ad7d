"""Receptive-field mapping: centres of known receptive fields, and which units are taken."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020 import receptive_field
from pytest_brainscore.benchmarks.marques2020.receptive_field import select_units
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.models.interface import BrainModel
from tests.support.recordings import PixelModel, gaussian_model

CENTRES = np.array([[0.5, 0.5], [0.55, 0.4], [0.5, 0.71], [-1.0, 1.3], [0.62, 0.62], [1.6, -0.9]])
"""Of these, the second is .11, the third .21 and the fifth .17 degrees away from the stimuli."""


def scripted(
    monkeypatch: pytest.MonkeyPatch,
    blank: NDArray[np.float32],
    mapping: NDArray[np.float32],
) -> Callable[[], NDArray[np.intp]]:
    """Return a selection of units that answer with given activations: blank (unit,), mapping (3528, unit)."""
    model = gaussian_model(CENTRES, 0.3)

    def record(
        model: BrainModel,
        stimuli: StimulusSet,
        *,
        neuroids: NDArray[np.intp] | None = None,
        maximum_over: int = 1,
    ) -> NDArray[np.float32]:
        answer = blank[np.newaxis] if len(stimuli) == 1 else mapping
        answer = answer if neuroids is None else answer[:, neuroids]
        grouped: NDArray[np.float32] = answer.reshape(-1, maximum_over, answer.shape[1]).max(axis=1)
        return grouped

    monkeypatch.setattr(receptive_field, "record_responses", record)
    return lambda: select_units(model).indices


def at_position(y: float, x: float) -> NDArray[np.intp]:
    """Return the rows of the eight gratings at a mapping position."""
    row, column = round((y + 2.5) / 0.25), round((x + 2.5) / 0.25)
    return (row * 21 + column) * 8 + np.arange(8)


@pytest.fixture(scope="module")
def centres() -> NDArray[np.float64]:
    model = gaussian_model(CENTRES, size=0.3)
    model.start_recording("V1", [(70, 170)])
    return receptive_field._centres(model, np.zeros(len(CENTRES), dtype=np.float32), model.visual_degrees())


def test_centres_of_gaussian_receptive_fields_are_recovered(centres: NDArray[np.float64]) -> None:
    assert centres == pytest.approx(CENTRES, abs=0.1)
    inside = CENTRES[np.abs(CENTRES).max(axis=1) < 1.5]
    assert centres[np.abs(CENTRES).max(axis=1) < 1.5] == pytest.approx(inside, abs=0.02)


def test_units_within_fifteen_hundredths_of_a_degree_are_selected() -> None:
    model = gaussian_model(CENTRES, size=0.3)
    model.start_recording("V1", [(70, 170)])
    selected = select_units(model)
    assert selected.indices.tolist() == [0, 1]
    assert selected.number_of_units == 6
    assert selected.blank_responses.shape == (2,)


def test_mapping_in_parts_gives_the_same_selection(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.RandomState(0)
    blank, mapping = draw.rand(50).astype(np.float32), np.zeros((3528, 50), dtype=np.float32)
    mapping[at_position(0.5, 0.5)[:, np.newaxis], np.arange(0, 50, 3)] = 2
    select = scripted(monkeypatch, blank, mapping)
    whole = select()
    monkeypatch.setattr(receptive_field, "MAP_BYTES", 441 * 4 * 7)
    monkeypatch.setattr(receptive_field, "UNITS_AT_ONCE", 3)
    assert select().tolist() == whole.tolist() == list(range(0, 50, 3))


def test_the_strongest_grating_of_a_position_above_the_blank_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    blank = np.array([1.0, 1.0, -1.0], dtype=np.float32)
    mapping = np.zeros((3528, 3), dtype=np.float32)
    here, there = at_position(0.5, 0.5), at_position(-1, -1)
    mapping[here[3], 0] = 5.0  # one grating of eight is enough
    mapping[here, 1], mapping[there, 1] = 0.9, 1.2  # here, no grating exceeds the blank
    mapping[here[0], 2], mapping[there[0], 2] = 0.5, -0.5  # activations below zero count as zero, also the blank's
    assert scripted(monkeypatch, blank, mapping)().tolist() == [0, 2]


def test_the_maximum_before_blank_subtraction_gives_the_same_bits_as_after() -> None:
    draw = np.random.RandomState(0)
    gratings, blank = draw.randn(8, 10_000).astype(np.float32), draw.randn(10_000).astype(np.float32)
    after = np.maximum((np.maximum(gratings, 0) - np.maximum(blank, 0)).max(axis=0), 0)
    before = np.maximum(np.maximum(gratings.max(axis=0), 0) - np.maximum(blank, 0), 0)
    assert np.array_equal(before, after)


def test_units_that_never_exceed_the_blank_have_no_receptive_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mapping = np.zeros((3528, 3), dtype=np.float32)
    here = at_position(0.5, 0.5)
    mapping[here, 0] = 1.0
    mapping[:, 1] = 0.5  # the same everywhere, and that is the blank response
    blank = np.array([0.0, 0.5, 0.0], dtype=np.float32)
    assert scripted(monkeypatch, blank, mapping)().tolist() == [0]


def test_a_single_unit_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = np.zeros((3528, 1), dtype=np.float32)
    mapping[at_position(0.5, 0.5)] = 1.0
    assert scripted(monkeypatch, np.zeros(1, dtype=np.float32), mapping)().tolist() == [0]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_blank_response_that_is_not_finite_has_no_number(value: float) -> None:
    model = PixelModel("broken", lambda contrast: np.full((len(contrast), 5), value))
    model.start_recording("V1", [(70, 170)])
    with pytest.raises(NoNumber, match="broken gives responses that are not finite to Marques2020_blank"):
        select_units(model)
