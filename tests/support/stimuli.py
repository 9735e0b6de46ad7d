"""Small stimulus sets, generated and never stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from pytest_brainscore.benchmarks.marques2020.stimuli import orientation_gratings
from pytest_brainscore.benchmarks.marques2020.textures import FAMILIES, SAMPLES, STIMULUS_SET
from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusSet


@dataclass(frozen=True)
class NoiseImage:
    """Squares of random grey or colour: an image that is known by its seed."""

    seed: int
    side: int = 64
    """Side of the image in pixels."""
    square: int = 1
    """Side of a square in pixels."""
    colour: bool = False

    def pixels(self) -> Pixels:
        """Return the image: uint8, side x side, and x 3 when in colour."""
        squares = self.side // self.square
        shape = (squares, squares, 3) if self.colour else (squares, squares)
        values = np.random.RandomState(self.seed).randint(0, 256, size=shape).astype(np.uint8)
        return values.repeat(self.square, axis=0).repeat(self.square, axis=1)

    def digest(self) -> str:
        """Return a digest of the parameters."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@pytest.fixture(scope="session")
def noise_stimuli() -> StimulusSet:
    """Return six colour images of 64 x 64 pixels of noise, 8 degrees wide."""
    images = tuple(NoiseImage(seed, colour=True) for seed in range(6))
    table = pd.DataFrame({"stimulus_id": [f"noise-{seed}" for seed in range(6)], "seed": range(6)})
    return StimulusSet("noise", table, images, degrees=8.0)


@pytest.fixture(scope="session")
def few_gratings() -> StimulusSet:
    """Return twelve of the 1152 orientation gratings, of all numbers of cycles and all four spatial frequencies."""
    return orientation_gratings().rows(slice(None, None, 96))


@pytest.fixture(scope="session")
def texture_stimuli() -> StimulusSet:
    """Return 450 made-up texture stimuli in the published layout: families differ in the size of their squares."""
    rows = [
        (kind, family, sample)
        for kind in (1, 2)
        for family in range(1, FAMILIES + 1)
        for sample in range(1, SAMPLES + 1)
    ]
    images = tuple(
        NoiseImage(1000 * kind + 20 * family + sample, 640, (4, 8, 10, 16, 20)[family % 5] if kind == 2 else 4)
        for kind, family, sample in rows
    )
    table = pd.DataFrame(rows, columns=["type", "family", "sample"])
    table.insert(0, "stimulus_id", [str(number) for number in range(len(rows))])
    table["position_y"] = table["position_x"] = 0.5
    table["degrees"] = 8.0
    return StimulusSet(STIMULUS_SET, table, images, degrees=8.0)
