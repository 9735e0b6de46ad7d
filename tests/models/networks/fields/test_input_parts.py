"""A part of the network's input is what the whole input has there, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from pytest_brainscore.benchmarks.marques2020.stimuli import size_gratings
from pytest_brainscore.data.stimuli.drawing import drawing_of
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.data.stimuli.stimulus_set import Pixels
from pytest_brainscore.models.networks.fields.input_parts import SUPPORT, InputPart, shown
from pytest_brainscore.models.networks.preprocessing import Preprocessing

RANDOM = np.random.RandomState(0)


@dataclass(frozen=True)
class Given:
    """An image of given pixels."""

    values: Pixels

    def pixels(self) -> Pixels:
        return self.values

    def digest(self) -> str:
        return ""


def random_preprocessing(interpolation: str) -> Preprocessing:
    return Preprocessing(
        kind=RANDOM.choice(["imagenet", "weights"]),
        image_size=int(RANDOM.choice([48, 56, 64])),
        resize=int(RANDOM.choice([40, 64, 72])),
        crop=RANDOM.choice(["center", "squash", "border"]),
        channels=int(RANDOM.choice([1, 3])),
        interpolation=interpolation,  # type: ignore[arg-type]
    )


def random_stretch(length: int) -> tuple[int, int]:
    first, last = np.sort(RANDOM.choice(length, 2, replace=False)).tolist()
    return first, last


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "nearest"])
def test_any_part_of_any_image(interpolation: str) -> None:
    assert interpolation in SUPPORT
    for _ in range(120):
        preprocessing = random_preprocessing(interpolation)
        size = preprocessing.image_size
        height, width = RANDOM.choice([56, 64, 84, 97, 112, 128, 224], 2).tolist()
        pixels = RANDOM.randint(0, 256, (height, width, 3)[: RANDOM.choice([2, 3])]).astype(np.uint8)
        whole = np.empty((size, size, 3), np.float32)
        preprocessing(pixels, whole)
        rows, columns = random_stretch(size), random_stretch(size)
        part = InputPart(preprocessing, rows, columns)
        found = np.empty((*part.shape, 3), np.float32)
        part(Given(pixels), found)
        assert np.array_equal(found, whole[rows[0] : rows[1] + 1, columns[0] : columns[1] + 1])

        box = slice(*random_stretch(height)), slice(*random_stretch(width))
        told = shown(preprocessing, (height, width), box)
        if told is not None:
            changed = pixels.copy()
            changed[box] = 255 - changed[box]
            other = np.empty_like(whole)
            preprocessing(changed, other)
            for places, (first, last) in zip(np.nonzero((whole != other).any(axis=2)), told, strict=True):
                assert ((places >= first) & (places <= last)).all()


@pytest.mark.parametrize("degrees", [8.0, 12.0, 16.0])
def test_gratings_are_drawn_in_parts(degrees: float) -> None:
    for image in place_on_screen(size_gratings(), degrees).images[::61]:
        whole, drawing = image.pixels(), drawing_of(image)
        assert drawing is not None
        assert drawing.shape == whole.shape
        rows, columns = (slice(*random_stretch(length)) for length in whole.shape)
        assert np.array_equal(drawing.part(rows, columns), whole[rows, columns])
        assert drawing.spot is not None
        outside = np.ones(whole.shape, bool)
        outside[drawing.spot] = False
        assert (whole[outside] == drawing.ground).all()
