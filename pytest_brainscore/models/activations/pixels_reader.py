"""The image itself as a layer, without any network: what a benchmark gives to pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.layer_reader import LayerReader, ReaderDescription
from pytest_brainscore.models.activations.layout import CHANNEL, COLUMN, ROW
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage

PIXELS_VERSION: Final = 1
"""Raise it whenever the same image gives other values."""
SIDE: Final = 256
"""Side that images are resized to, in pixels, as in the published pixels model."""
LAYER: Final = "pixels"


class PixelsReader(LayerReader):
    """Red, green and blue values (0-255, as float32) of the image resized to 256 x 256 pixels.

    The one layer is ``pixels``; units are in C order of (height, width, colour).
    """

    # The published system takes the axes for channel, x and y; here they are called what they are.
    axis_names = MappingProxyType({3: (ROW, COLUMN, CHANNEL)})

    def names(self) -> list[str]:
        """Return the name of the one layer."""
        return [LAYER]

    def candidates(self) -> dict[str, tuple[int, ...]]:
        """Return nothing: there is no choice."""
        return {}

    def shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        """Return (height, width, colour) of the one layer."""
        self._refuse_keys(layers)
        if layers != (LAYER,):
            raise ModelError(f"{self.name} has no layer {'+'.join(layers)!r}; its one layer is {LAYER!r}.")
        return {LAYER: (SIDE, SIDE, 3)}

    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Yield the values of one image after the other."""
        for image in images:
            picture = Image.fromarray(image.pixels()).convert("RGB")
            resized = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
            yield np.asarray(resized).reshape(1, -1).astype(np.float32)

    def ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        """Return what the values depend on: the rule, and the version of Pillow."""
        return {"weights": self.description().weights_sha256, "pillow": PIL.__version__}

    def description(self) -> ReaderDescription:
        """Return how an image becomes values."""
        return ReaderDescription(
            weights_sha256=hashlib.sha256(f"pixels {PIXELS_VERSION}".encode()).hexdigest(),
            preprocessing={
                "kind": "pixels",
                "image_size": SIDE,
                "interpolation": "bilinear",
                "resampler": "pillow",
            },
            device="cpu",
        )
