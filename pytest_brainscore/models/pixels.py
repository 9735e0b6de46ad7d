"""The pixels model: what a benchmark gives to the image itself, without any network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
from pytest_brainscore.models.description import ModelDescription
from pytest_brainscore.models.layer_mapped_model import LayerMappedModel, give_layer

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage

PIXELS_VERSION = 1
"""Raise it whenever the same image gives other values."""
SIDE = 256
"""Side that images are resized to, in pixels, as in the published pixels model."""
LAYER = "pixels"
SHAPE = (SIDE, SIDE, 3)


class PixelsModel(LayerMappedModel):
    """Red, green and blue values (0-255, as float32) of the image resized to 256 x 256 pixels.

    Its one layer is ``pixels``; units are in C order of (height, width, colour).
    """

    # The published system takes the axes for channel, x and y; here they are called what they are.
    _axis_names = MappingProxyType({3: ("channel_x", "channel_y", "channel")})

    def description(self) -> ModelDescription:
        """Return what the model's numbers depend on."""
        return ModelDescription(
            identifier=self.identifier,
            weights_sha256=hashlib.sha256(f"pixels {PIXELS_VERSION}".encode()).hexdigest(),
            layers=self._described_layers(),
            visual_degrees=self.visual_degrees(),
            preprocessing={
                "kind": "pixels",
                "image_size": SIDE,
                "interpolation": "bilinear",
                "resampler": "pillow",
                **self._decoder_description(),
            },
            device="cpu",
        )

    def _layer_shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        if layers != (LAYER,):
            raise ModelError(f"{self.identifier} has no layer {'+'.join(layers)!r}; its one layer is {LAYER!r}.")
        return {LAYER: SHAPE}

    def _batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        for image in images:
            picture = Image.fromarray(image.pixels()).convert("RGB")
            resized = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
            yield np.asarray(resized).reshape(1, -1).astype(np.float32)

    def _ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        return {"weights": self.description().weights_sha256, "pillow": PIL.__version__}

    def _no_layer(self, region: str) -> str:
        return f"No layer of {self.identifier} is committed to {region}; {give_layer(region, LAYER)}."
