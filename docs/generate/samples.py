"""Samples of stimuli that this package draws itself; nobody else's images are part of the site."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from PIL import Image

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.marques2020 import stimuli
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

_SETS: Final[Mapping[str, tuple[Callable[[], StimulusSet], tuple[int, ...]]]] = {
    "Marques2020_orientation": (stimuli.orientation_gratings, (0, 440, 900)),
    "Marques2020_spatial_frequency": (stimuli.spatial_frequency_gratings, (1056, 1400, 1650)),
    "Marques2020_size": (stimuli.size_gratings, (800, 1500, 2200)),
}
"""What draws a stimulus set, and the rows that are shown of it."""


@dataclass(frozen=True)
class Sample:
    """One stimulus as a file."""

    stimulus_set: str
    row: int

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.stimulus_set}-{self.row}.png"

    @property
    def words(self) -> str:
        """What is seen, for those who do not see it."""
        row = _drawn(self.stimulus_set).table.iloc[self.row]
        return (
            f"Grating of {row['spatial_frequency']:.2f} cycles per degree at {row['orientation']:g} degrees, in a disc "
            f"of {row['radius']:.2f} degrees radius on grey"
        )

    def png(self) -> bytes:
        """Return the stimulus at half its size."""
        pixels = np.asarray(_drawn(self.stimulus_set).images[self.row].pixels())
        buffer = io.BytesIO()
        Image.fromarray(pixels).reduce(2).save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def samples_of(benchmark: Benchmark) -> list[Sample]:
    """Return samples of the stimuli of a benchmark; none where the package does not draw them."""
    _, rows = _SETS.get(benchmark.stimulus_set, (None, ()))
    return [Sample(benchmark.stimulus_set, row) for row in rows]


@cache
def _drawn(name: str) -> StimulusSet:
    return _SETS[name][0]()
