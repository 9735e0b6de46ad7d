"""Models of V1 with known tuning, and recordings made up from known distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.interface import RecordingTarget, Task, TimeBin

SIDE: Final = 112
"""The models see the image at 14 pixels a degree: enough for all they are tuned to."""
DEGREES: Final = 8.0

_DEGREES_OF_PIXEL = (np.arange(SIDE) - (SIDE - 1) / 2) * DEGREES / SIDE
X, Y = (axis.ravel() for axis in np.meshgrid(_DEGREES_OF_PIXEL, _DEGREES_OF_PIXEL))
"""Position of each pixel in degrees, shape (pixels,); y points down."""

Respond = Callable[[NDArray[np.float32]], NDArray[np.floating]]
"""From contrast, shape (stimulus, pixel), -1 to 1, to activations, shape (stimulus, unit)."""


class PixelModel:
    """A brain model whose V1 is computed directly from the pixels of the stimuli.

    It has what every brain model must have, and nothing else.
    """

    def __init__(self, identifier: str, respond: Respond) -> None:
        self.identifier = identifier
        self.respond = respond
        self.recordings: list[tuple[RecordingTarget, tuple[TimeBin, ...]]] = []
        """Recordings that were started."""
        self.stimuli_seen = 0

    def visual_degrees(self) -> float:
        """Return the visual angle of the input."""
        return DEGREES

    def start_task(self, task: Task, fitting: StimulusSet | Sequence[str] | str | None = None) -> None:
        """Refuse: there is no behavior."""
        raise ModelError(f"The model {self.identifier} has no behavior; record from V1.")

    def start_recording(self, target: RecordingTarget, time_bins: Sequence[TimeBin]) -> None:
        """Note what was asked for."""
        self.recordings.append((target, tuple(time_bins)))

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xr.DataArray:
        """Return the activations to stimuli that span the input of the model."""
        assert self.recordings, "look_at before start_recording"
        assert stimuli.degrees == DEGREES, "stimuli were not placed on the screen of the model"
        self.stimuli_seen += len(stimuli)
        contrast = np.stack([_contrast(image.pixels()) for image in stimuli.images])
        coordinates = {name: ("presentation", stimuli.table[name].to_numpy()) for name in stimuli.table.columns}
        return xr.DataArray(self.respond(contrast), dims=("presentation", "neuroid"), coords=coordinates)


def _contrast(pixels: Pixels) -> NDArray[np.float32]:
    grey = pixels if pixels.ndim == 2 else pixels[:, :, 0]
    rows, columns = (((np.arange(SIDE) + 0.5) * length / SIDE).astype(int) for length in grey.shape)
    return ((grey[np.ix_(rows, columns)].ravel() - np.float32(128)) / 128).astype(np.float32)


class GaborUnit(NamedTuple):
    """A unit with a Gabor receptive field."""

    y: float
    """Centre in degrees."""
    x: float
    orientation: float
    """Direction of modulation in degrees."""
    spatial_frequency: float
    """Cycles per degree."""
    size: float
    """Standard deviation of the envelope in degrees."""
    phase: float | None
    """Phase of a simple cell in degrees; None for a complex cell."""
    suppression: float
    """Strength of divisive suppression from a surround of three times the size."""


def gabor_model(units: Sequence[GaborUnit], identifier: str = "gabor") -> PixelModel:
    """Return a V1 of simple and complex cells with a small spontaneous activation."""
    even, odd, surround = [], [], []
    for unit in units:
        x, y = X - unit.x, Y - unit.y
        envelope = np.exp(-(x**2 + y**2) / (2 * unit.size**2))
        angle = np.deg2rad(unit.orientation)
        cycles = 2 * np.pi * unit.spatial_frequency * (x * np.cos(angle) + y * np.sin(angle))
        even.append(envelope * (np.cos(cycles) - (envelope * np.cos(cycles)).sum() / envelope.sum()) / envelope.sum())
        odd.append(envelope * np.sin(cycles) / envelope.sum())
        wide = np.exp(-(x**2 + y**2) / (2 * (3 * unit.size) ** 2))
        surround.append(wide / wide.sum())
    filters = np.concatenate([even, odd]).T.astype(np.float32)
    surrounds = np.stack(surround, axis=1).astype(np.float32)
    simple = np.array([unit.phase is not None for unit in units])
    phase = np.deg2rad([unit.phase or 0.0 for unit in units])
    suppression = np.array([unit.suppression for unit in units])

    def respond(contrast: NDArray[np.float32]) -> NDArray[np.float64]:
        even_response, odd_response = np.split((contrast @ filters).astype(np.float64), 2, axis=1)
        linear = np.maximum(even_response * np.cos(phase) + odd_response * np.sin(phase), 0)
        drive = np.where(simple, linear, np.hypot(even_response, odd_response))
        responses: NDArray[np.float64] = drive / (1 + suppression * (contrast**2 @ surrounds)) + 0.002
        return responses

    return PixelModel(identifier, respond)


def gaussian_model(centres: NDArray[np.float64], size: float, identifier: str = "gaussian") -> PixelModel:
    """Return a V1 of contrast-energy units with Gaussian receptive fields at centres (y, x), shape (units, 2)."""
    distance = (Y - centres[:, :1]) ** 2 + (X - centres[:, 1:]) ** 2
    envelopes = np.exp(-distance / (2 * size**2)).T.astype(np.float32)
    return PixelModel(identifier, lambda contrast: contrast**2 @ envelopes)


def gabor_population() -> list[GaborUnit]:
    """Return 24 units at the position of the gratings, and 6 elsewhere, with preferences spread over the stimuli."""
    draw = np.random.RandomState(1)
    units = [
        GaborUnit(
            y=0.5 + draw.uniform(-0.05, 0.05),
            x=0.5 + draw.uniform(-0.05, 0.05),
            orientation=draw.uniform(0, 180),
            spatial_frequency=frequency,
            size=draw.uniform(0.25, 0.55) / frequency,
            phase=None if number % 2 else draw.uniform(0, 360),
            suppression=(0.0, 2.0, 10.0)[number % 3],
        )
        for number, frequency in enumerate(np.geomspace(0.9, 4.0, 24))
    ]
    elsewhere = [GaborUnit(y, x, 0.0, 2.0, 0.2, None, 0.0) for y in (-1.5, 0.0, 1.5) for x in (-1.0, 1.5)]
    return [*units, *elsewhere]


@pytest.fixture(scope="session")
def gabor_v1() -> PixelModel:
    """Return a model of V1 with known tuning, the same object in all tests: its recordings are made once."""
    return gabor_model(gabor_population())


def property_assembly(values: dict[str, NDArray[np.float64]], bins: dict[str, NDArray[np.float64]]) -> xr.DataArray:
    """Return recorded properties in the published form, from the values of each property, shape (neurons,)."""
    assembly = xr.DataArray(
        np.stack(list(values.values()), axis=1),
        dims=("neuroid", "neuronal_property"),
        coords={"neuronal_property": list(values)},
    )
    return assembly.assign_attrs({f"{name}_bins": edges for name, edges in bins.items()})


@pytest.fixture(scope="session")
def property_assemblies() -> dict[str, xr.DataArray]:
    """Return made-up recordings for those not shipped: neurons spread evenly over the middle of each histogram."""
    edges = {
        "Ringach2002": {
            "circular_variance": np.linspace(0, 1, 14),
            "bandwidth": np.linspace(0, 90, 18),
            "orthogonal_preferred_ratio": np.linspace(0, 1, 14),
            "orientation_selective": np.linspace(0, 1, 3),
            "circular_variance_bandwidth_ratio": np.logspace(-3, 0, 16),
            "orthogonal_preferred_ratio_circular_variance_difference": np.linspace(-1, 1, 20),
            "modulation_ratio": np.linspace(0, 2, 11),
            "max_dc": np.logspace(0, 3, 10),
        },
        "FreemanZiemba2013_V1_properties": {
            "texture_selectivity": np.linspace(0, 1, 11),
            "texture_sparseness": np.linspace(0, 1, 11),
            "variance_ratio": np.logspace(-2, 1, 13),
            "texture_modulation_index": np.linspace(-1, 1, 25),
            "absolute_texture_modulation_index": np.linspace(0, 1, 13),
            "max_texture": np.logspace(-1, 3, 13),
            "max_noise": np.logspace(-1, 3, 13),
        },
    }
    return {
        assembly: property_assembly(
            {name: np.linspace(bins[1], bins[-2], 100) for name, bins in properties.items()}, properties
        )
        for assembly, properties in edges.items()
    }
