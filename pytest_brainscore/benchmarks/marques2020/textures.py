"""Textures for V1 neurons: naturalistic textures and spectrally matched noise in a soft window.

The source images are those of Freeman, Ziemba, Heeger, Simoncelli & Movshon (2013), 320 x 320 pixels for 4 x 4
degrees, without an aperture; the published stimulus set is ``FreemanZiemba2013_properties``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from pytest_brainscore.benchmarks.marques2020 import recordings_missing
from pytest_brainscore.benchmarks.marques2020.stimuli import GREY, POSITION
from pytest_brainscore.data.stimulus_set import Pixels, StimulusImage, StimulusSet
from pytest_brainscore.errors import DataUnavailable

GENERATOR_VERSION: Final = 1
"""Raise it whenever the same source image gives other pixels."""
DEGREES: Final = 8.0
SIDE: Final = 640
"""Side of the canvas in pixels: 80 pixels a degree."""
SOURCE_SIDE: Final = 320
"""Side of a source image in pixels: 4 degrees."""
WINDOW_RADIUS: Final = 160
"""Radius at which the raised-cosine window reaches zero, in pixels: 2 degrees."""

TYPES: Final = ("noise", "texture")
FAMILIES: Final = (60, 56, 13, 48, 71, 18, 327, 336, 402, 38, 23, 52, 99, 393, 30)
"""Numbers of the texture families in the source images, in the order of the family index 1 to 15."""
SAMPLES: Final = tuple(range(1, 16))
"""Images of one family."""


@dataclass(frozen=True)
class WindowedTexture:
    """A texture on a grey canvas, seen through a raised-cosine window centred half a degree below and right.

    Attributes
    ----------
    source
        Grey-level image of 320 x 320 pixels; of an RGB image the first channel is taken, as all three are equal.

    """

    source: StimulusImage

    def pixels(self) -> Pixels:
        """Return the image: uint8, 640 x 640 grey levels, 128 outside the window.

        Raises
        ------
        DataUnavailable
            When the source image is not 320 x 320 pixels.

        """
        texture = self.source.pixels()
        if texture.shape[:2] != (SOURCE_SIDE, SOURCE_SIDE):
            raise DataUnavailable(
                f"A source texture has {texture.shape[0]} x {texture.shape[1]} pixels; use the images of "
                f"{SOURCE_SIDE} x {SOURCE_SIDE} pixels without an aperture."
            )
        if texture.ndim == 3:
            texture = texture[:, :, 0]
        centre_y, centre_x = (round(SIDE / 2 + position * SIDE / DEGREES) for position in POSITION)
        top, left = centre_y - SOURCE_SIDE // 2, centre_x - SOURCE_SIDE // 2
        # The window is centred on a pixel, like the gratings; the stored images are the last word on half a pixel.
        row, column = np.ogrid[top : top + SOURCE_SIDE, left : left + SOURCE_SIDE]
        distance = np.hypot(row - centre_y, column - centre_x)
        window = np.where(distance <= WINDOW_RADIUS, (1 + np.cos(np.pi * distance / WINDOW_RADIUS)) / 2, 0)
        image = np.full((SIDE, SIDE), GREY, dtype=np.uint8)
        windowed = GREY + window * (texture.astype(np.float64) - GREY)
        image[top : top + SOURCE_SIDE, left : left + SOURCE_SIDE] = windowed.astype(np.uint8)
        return image

    def digest(self) -> str:
        """Return a digest of the source image and the generator version; nothing is drawn."""
        return hashlib.sha256(f"texture {GENERATOR_VERSION} {self.source.digest()}".encode()).hexdigest()


def texture_set(sources: Mapping[tuple[str, int, int], StimulusImage]) -> StimulusSet:
    """Return ``FreemanZiemba2013_properties``: type (2) x family (15) x sample (15) = 450 images, in this order.

    Parameters
    ----------
    sources
        Source image by type (``noise``, ``texture``), number of the family in the source images (60, 56, ...), and
        sample (1 to 15).

    Returns
    -------
    StimulusSet
        With the columns type (1 noise, 2 texture), family and sample (1 to 15), position_y, position_x, degrees.

    Raises
    ------
    DataUnavailable
        When one of the 450 source images is not there.

    """
    rows, images = [], []
    for type_index, kind in enumerate(TYPES, start=1):
        for family_index, family in enumerate(FAMILIES, start=1):
            for sample in SAMPLES:
                if (kind, family, sample) not in sources:
                    raise DataUnavailable(
                        f"The {kind} image of family {family}, sample {sample} is not among the source textures; "
                        "fetch the complete set."
                    )
                rows.append((type_index, family_index, sample))
                images.append(WindowedTexture(sources[kind, family, sample]))
    table = pd.DataFrame(rows, columns=["type", "family", "sample"])
    table.insert(0, "stimulus_id", range(len(images)))
    table["position_y"], table["position_x"] = POSITION
    table["degrees"] = DEGREES
    return StimulusSet("FreemanZiemba2013_properties", table, tuple(images), DEGREES)


def load_textures() -> StimulusSet:
    """Return ``FreemanZiemba2013_properties`` from this machine.

    Raises
    ------
    DataUnavailable
        Always, in this version: the images are neither part of the package nor can they be fetched.

    """
    raise DataUnavailable(recordings_missing("FreemanZiemba2013_V1_properties"))
