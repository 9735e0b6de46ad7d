"""Gratings for V1 neurons: drawn from their parameters when looked at, never stored.

All gratings are discs of a stationary sine-wave grating with a hard edge on a mean-grey square of 12 x 12 visual
degrees. The parameters are those of the published stimulus sets ``Marques2020_*``, the generator is described in
Dapello, Marques et al. (2020), Advances in Neural Information Processing Systems 33, 13073-13087.

The order of the rows is part of the definition: position_y (slowest), position_x, contrast, radius,
spatial_frequency, orientation, phase (fastest). The analyses reshape responses by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.drawing import Box, Drawing, paste
from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusSet

GENERATOR_VERSION: Final = 1
"""Raise it whenever the same parameters give other pixels: digests, and all that is stored under them, change."""

Number = TypeVar("Number", float, NDArray[np.float64])

DEGREES: Final = 12.0
"""Side of the image in the visual field, in degrees."""
SIDE: Final = 672
"""Side of the image in pixels."""
PIXELS_PER_DEGREE: Final = SIDE / DEGREES
GREY: Final = 128
"""Grey level of the background: mean luminance."""
BLANK_SIDE: Final = 448
"""Side of the blank image, in pixels."""

_DEGREES: Final = (np.arange(SIDE) - SIDE // 2) / PIXELS_PER_DEGREE
"""Distance of each row, and of each column, from the middle of the image."""

POSITION: Final = (0.5, 0.5)
"""Centre (y, x) of the gratings and textures that properties are measured with, in degrees; y points down."""
SPATIAL_FREQUENCIES: Final = tuple(2.0 ** (-1.375 + 0.25 * step) for step in range(22))
"""Cycles per degree, a quarter octave apart."""
FOUR_SPATIAL_FREQUENCIES: Final = SPATIAL_FREQUENCIES[4:17:4]
"""The coarser grid of the orientation and size stimuli: .77, 1.54, 3.08 and 6.17 cycles per degree."""
RADII: Final = tuple(2.0 ** (-2.25 + 0.5 * step) / 2 for step in range(12))
"""Radii of the size stimuli in degrees, half an octave apart."""
CYCLES: Final = (2, 3, 4)
"""Cycles within the diameter of an orientation stimulus, whatever its spatial frequency."""
ORIENTATIONS: Final = tuple(range(0, 180, 15))
SIX_ORIENTATIONS: Final = tuple(range(0, 180, 30))
PHASES: Final = tuple(range(0, 360, 45))
"""Phases in degrees: eight frames of a drifting grating."""
SPATIAL_FREQUENCY_RADII: Final = (0.75, 2.25)
MAPPING_POSITIONS: Final = tuple(-2.5 + 0.25 * step for step in range(21))
"""Grid of receptive-field mapping along either axis, in degrees."""
MAPPING_ORIENTATIONS: Final = (0, 45, 90, 135)
MAPPING_PHASES: Final = (0, 180)


@dataclass(frozen=True)
class Grids:
    """What the gratings of the stimulus sets are combined of."""

    name: str = ""
    """Empty for the published sets; else what tells the sets from them."""
    mapping_positions: tuple[float, ...] = MAPPING_POSITIONS
    mapping_orientations: tuple[int, ...] = MAPPING_ORIENTATIONS
    mapping_phases: tuple[int, ...] = MAPPING_PHASES
    phases: tuple[int, ...] = PHASES
    """Of all sets but the one for mapping."""
    cycles: tuple[int, ...] = CYCLES
    orientation_frequencies: tuple[float, ...] = FOUR_SPATIAL_FREQUENCIES
    orientations: tuple[int, ...] = ORIENTATIONS
    frequency_radii: tuple[float, ...] = SPATIAL_FREQUENCY_RADII
    frequencies: tuple[float, ...] = SPATIAL_FREQUENCIES
    frequency_orientations: tuple[int, ...] = SIX_ORIENTATIONS
    radii: tuple[float, ...] = RADII
    size_frequencies: tuple[float, ...] = FOUR_SPATIAL_FREQUENCIES
    size_orientations: tuple[int, ...] = SIX_ORIENTATIONS

    @property
    def mapping_gratings(self) -> int:
        """Gratings shown at each mapping position."""
        return len(self.mapping_orientations) * len(self.mapping_phases)

    @property
    def orientation_axes(self) -> tuple[int, ...]:
        """Lengths of the dimensions of the orientation stimuli, slowest first."""
        return len(self.cycles), len(self.orientation_frequencies), len(self.orientations), len(self.phases)

    @property
    def frequency_axes(self) -> tuple[int, ...]:
        """Lengths of the dimensions of the spatial-frequency stimuli."""
        return len(self.frequency_radii), len(self.frequencies), len(self.frequency_orientations), len(self.phases)

    @property
    def size_axes(self) -> tuple[int, ...]:
        """Lengths of the dimensions of the size stimuli."""
        return len(self.radii), len(self.size_frequencies), len(self.size_orientations), len(self.phases)


FULL: Final = Grids()
"""The published sets."""
QUICK: Final = Grids(
    name=".quick",
    mapping_positions=MAPPING_POSITIONS[8:17],  # one degree around POSITION
    mapping_orientations=MAPPING_ORIENTATIONS[::2],
    mapping_phases=MAPPING_PHASES[:1],
    phases=PHASES[::2],
    cycles=CYCLES[1:2],
    orientation_frequencies=FOUR_SPATIAL_FREQUENCIES[:3],
    frequency_radii=SPATIAL_FREQUENCY_RADII[:1],
    frequency_orientations=SIX_ORIENTATIONS[::2],
    size_frequencies=FOUR_SPATIAL_FREQUENCIES[1:3],
    size_orientations=SIX_ORIENTATIONS[::3],
)
"""A part of them: 162 gratings for mapping, 144 of orientation, 264 of spatial frequency and 192 of size. Of ResNet-50,
these and 160 images for behavior take about 100 seconds of one core."""


@dataclass(frozen=True)
class Grating:
    """A disc of sine-wave grating; implements :class:`~pytest_brainscore.data.stimuli.stimulus_set.StimulusImage`.

    Attributes
    ----------
    position_y, position_x
        Centre of the disc in degrees from the centre of the image; y points down.
    contrast
        Michelson contrast, 0 to 1.
    radius
        Radius of the disc in degrees; the rim belongs to it.
    spatial_frequency
        Cycles per degree.
    orientation
        Direction in which luminance varies, in degrees from the x axis towards the y axis; bars are perpendicular.
    phase
        Phase of the sine at the centre of the disc, in degrees.

    """

    position_y: float
    position_x: float
    contrast: float
    radius: float
    spatial_frequency: float
    orientation: float
    phase: float

    def pixels(self) -> Pixels:
        """Return the image: uint8, 672 x 672 grey levels, 128 outside the disc."""
        image = np.full((SIDE, SIDE), GREY, dtype=np.uint8)
        rows, columns = self._spot()  # only this is drawn: most discs are a small part of the image
        image[rows, columns] = self._disc(rows, columns)
        return image

    def drawing(self) -> Drawing:
        """Return how it is drawn part by part."""
        return Drawing((SIDE, SIDE), self._part, self._spot(), GREY)

    def _part(self, rows: slice, columns: slice) -> Pixels:
        drawn = np.full((rows.stop - rows.start, columns.stop - columns.start), GREY, np.uint8)
        disc = Drawing((SIDE, SIDE), self._disc)
        paste(drawn, disc, self._spot(), rows, columns)
        return drawn

    def _spot(self) -> Box:
        """Return the rows and columns that the disc touches."""
        within = [
            np.flatnonzero(_square(_DEGREES - centre) <= _square(self.radius))
            for centre in (self.position_y, self.position_x)
        ]
        rows, columns = (slice(int(each[0]), int(each[-1]) + 1) if each.size else slice(0, 0) for each in within)
        return rows, columns

    def _disc(self, rows: slice, columns: slice) -> Pixels:
        """Return the grey levels of some rows and columns that the disc touches."""
        x, y = _DEGREES[columns] - self.position_x, (_DEGREES[rows] - self.position_y)[:, np.newaxis]
        angle = np.deg2rad(self.orientation)
        cycles = self.spatial_frequency * (x * np.cos(angle) + y * np.sin(angle))
        modulation = self.contrast * np.sin(2 * np.pi * cycles + np.deg2rad(self.phase))
        luminance = (255 * (modulation + 1) / 2).astype(np.uint8)  # truncates, as the published generator does
        return np.where(_square(x) + _square(y) <= _square(self.radius), luminance, np.uint8(GREY))

    def digest(self) -> str:
        """Return a digest of generator version and parameters; nothing is drawn."""
        # Twelve digits, because powers of two differ in the last bit between mathematical libraries.
        parameters = " ".join(f"{name}={value:.12g}" for name, value in vars(self).items())
        return hashlib.sha256(f"grating {GENERATOR_VERSION} {parameters}".encode()).hexdigest()


@dataclass(frozen=True)
class Blank:
    """A uniform mean-grey image."""

    def pixels(self) -> Pixels:
        """Return the image: uint8, 448 x 448, all 128."""
        return np.full((BLANK_SIDE, BLANK_SIDE), GREY, dtype=np.uint8)

    def digest(self) -> str:
        """Return a digest of the generator version."""
        return hashlib.sha256(f"blank {GENERATOR_VERSION}".encode()).hexdigest()


def blank() -> StimulusSet:
    """Return ``Marques2020_blank``: one uniform grey image."""
    table = pd.DataFrame({"stimulus_id": [0], "degrees": [DEGREES]})
    return StimulusSet("Marques2020_blank", table, (Blank(),), DEGREES)


def receptive_field_gratings(grids: Grids = FULL) -> StimulusSet:
    """Return ``Marques2020_receptive_field``: small gratings at 21 x 21 positions, 8 at each (3528)."""
    positions = grids.mapping_positions
    return _grating_set(
        f"Marques2020_receptive_field{grids.name}",
        (
            Grating(y, x, 1.0, 1 / 6, 3.0, orientation, phase)
            for y, x, orientation, phase in product(
                positions, positions, grids.mapping_orientations, grids.mapping_phases
            )
        ),
    )


def orientation_gratings(grids: Grids = FULL) -> StimulusSet:
    """Return ``Marques2020_orientation``: cycle (3) x spatial frequency (4) x orientation (12) x phase (8) = 1152.

    The radius follows from the number of cycles within the diameter, ``cycles / (2 spatial_frequency)``; the number
    of cycles varies slowest.
    """
    return _grating_set(
        f"Marques2020_orientation{grids.name}",
        (
            Grating(*POSITION, 1.0, cycles / (2 * frequency), frequency, orientation, phase)
            for cycles, frequency, orientation, phase in product(
                grids.cycles, grids.orientation_frequencies, grids.orientations, grids.phases
            )
        ),
    )


def spatial_frequency_gratings(grids: Grids = FULL) -> StimulusSet:
    """Return ``Marques2020_spatial_frequency``: radius (2) x frequency (22) x orientation (6) x phase (8) = 2112."""
    return _grating_set(
        f"Marques2020_spatial_frequency{grids.name}",
        (
            Grating(*POSITION, 1.0, radius, frequency, orientation, phase)
            for radius, frequency, orientation, phase in product(
                grids.frequency_radii, grids.frequencies, grids.frequency_orientations, grids.phases
            )
        ),
    )


def size_gratings(grids: Grids = FULL) -> StimulusSet:
    """Return ``Marques2020_size``: radius (12) x spatial frequency (4) x orientation (6) x phase (8) = 2304."""
    return _grating_set(
        f"Marques2020_size{grids.name}",
        (
            Grating(*POSITION, 1.0, radius, frequency, orientation, phase)
            for radius, frequency, orientation, phase in product(
                grids.radii, grids.size_frequencies, grids.size_orientations, grids.phases
            )
        ),
    )


def _square(value: Number) -> Number:
    return value * value


def _grating_set(identifier: str, gratings: Iterable[Grating]) -> StimulusSet:
    images = tuple(gratings)
    table = pd.DataFrame([vars(grating) for grating in images], dtype=float)
    table.insert(0, "stimulus_id", range(len(images)))
    table.insert(1, "degrees", DEGREES)
    return StimulusSet(identifier, table, images, DEGREES)
