"""Small stimuli, several on an image: every unit answers as to each on its own, bit for bit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import pytest
from torch import nn

from pytest_brainscore.data.stimuli.drawing import Drawing
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusSet
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.ways import noting_ways
from pytest_brainscore.models.networks.fields import packed_reading
from tests.models.networks.fields.test_tracing import Doing, sequence
from tests.models.networks.fields.test_windows import noise, reader_of

SIDE = 96
"""Of the images, in pixels; the network takes in half of it."""


@dataclass(frozen=True)
class Dot:
    """A square of 4 x 4 pixels of one grey level on mean grey."""

    row: int
    column: int
    level: int

    def pixels(self) -> Pixels:
        image = np.full((SIDE, SIDE), 128, np.uint8)
        image[self.row : self.row + 4, self.column : self.column + 4] = self.level
        return image

    def drawing(self) -> Drawing:
        spot = slice(self.row, self.row + 4), slice(self.column, self.column + 4)
        return Drawing((SIDE, SIDE), lambda rows, columns: self.pixels()[rows, columns], spot, 128)

    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()


def dots(levels: tuple[int, ...] = (20, 250)) -> StimulusSet:
    places = range(0, SIDE - 4, 12)
    images = tuple(Dot(row, column, level) for row, column, level in product(places, places, levels))
    return StimulusSet("dots", pd.DataFrame({"stimulus_id": range(len(images))}), images, degrees=8.0)


def networks() -> dict[str, nn.Module]:
    permuted = sequence(nn.MaxPool2d(3, 2), nn.Conv2d(4, 5, 3, padding=1))
    permuted[2].register_forward_hook(lambda _module, _inputs, output: output.permute(0, 2, 3, 1))
    return {
        "pooled": sequence(nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)),
        "strided": sequence(nn.BatchNorm2d(4), nn.Conv2d(4, 6, 3, stride=2)),
        "permuted": permuted,
    }


@pytest.mark.parametrize(("name", "maximum_over"), [("pooled", 2), ("strided", 1), ("permuted", 2)])
def test_units_answer_as_to_each_stimulus_alone(name: str, maximum_over: int) -> None:
    reader, stimuli = reader_of(networks()[name]), dots()
    whole = reader.read(("2",), stimuli, maximum_over=maximum_over)
    with noting_ways() as ways:
        read = reader.by_units(("2",), stimuli, maximum_over)
    assert read is not None
    assert "images with several stimuli instead of 128" in ways["dots"]
    assert int(ways["dots"].split()[0]) <= 64
    every = np.arange(whole.shape[1])
    assert read(every).tobytes() == whole.tobytes()
    some = every[::-7]
    assert np.array_equal(read(some), whole[:, some])


def test_stimuli_on_a_larger_screen_and_of_several_layers_are_packed_too() -> None:
    reader, stimuli = reader_of(networks()["pooled"]), place_on_screen(dots(), 12.0)
    read = reader.by_units(("0", "2"), stimuli, 2)
    assert read is not None
    whole = reader.read(("0", "2"), stimuli, maximum_over=2)
    assert np.array_equal(read(np.arange(whole.shape[1])), whole)


def test_what_cannot_be_packed_is_left_to_reading() -> None:
    reader = reader_of(networks()["pooled"])
    assert reader.by_units(("2",), noise()) is None  # no spots
    assert reader.by_units(("2#mean",), dots()) is None
    same_place = StimulusSet("same", dots().table[:40], (Dot(12, 12, 20),) * 40, degrees=8.0)
    assert reader.by_units(("2",), same_place) is None
    assert reader_of(Doing(lambda x: x - x.mean((2, 3), keepdim=True))).by_units(("last",), dots()) is None
    wide = sequence(nn.Conv2d(4, 4, 31, padding=15))
    assert reader_of(wide).by_units(("1",), dots()) is None


def test_a_layer_that_answers_otherwise_to_several_is_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # A structure that was wrongly understood: units see more than is thought.
    reader = reader_of(sequence(nn.ReLU(), nn.Conv2d(4, 4, 15, padding=7)))
    extractor = reader._extractor
    honest = extractor.route(("2",))
    narrow = reader_of(sequence(nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1)))._extractor.route(("2",))
    assert honest.targets["2"].shape == narrow.targets["2"].shape
    monkeypatch.setattr(extractor, "route", lambda _layers: narrow)
    assert reader.by_units(("2",), dots()) is None


def test_what_was_shown_is_stored_and_shared(tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    stimuli = dots()
    store = ActivationStore(folder=str(tmp_path))
    first = reader_of(networks()["pooled"], store).by_units(("2",), stimuli, 2)
    monkeypatch.setattr(packed_reading, "_agrees", lambda *_: pytest.fail("shown again"))
    with noting_ways() as ways:
        second = reader_of(networks()["pooled"], store).by_units(("2",), stimuli, 2)
    assert first is not None
    assert second is not None
    assert ways["dots"] == "from the store"
    units = np.arange(50)
    assert first(units).tobytes() == second(units).tobytes()
