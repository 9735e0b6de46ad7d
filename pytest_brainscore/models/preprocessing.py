"""From an 8-bit image to the numbers a network takes in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore.data.stimulus_set import Pixels
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment import Channels, Interpolation, PreprocessingCommitment

IMAGENET_MEAN: Channels = (0.485, 0.456, 0.406)
IMAGENET_STD: Channels = (0.229, 0.224, 0.225)
"""Mean and deviation of the red, green and blue values of ImageNet, as nearly all networks use them."""
IMAGENET_SIZE = 224
"""Side of the input of most networks, in pixels."""
CROPPED_FROM = 256
"""Length of the shorter side that 224 pixels are cropped from, as torchvision's classifiers do."""
EIGHT_BITS = 255.0
"""Largest value of an 8-bit image, which becomes 1."""


@dataclass(frozen=True)
class Preprocessing:
    """Resizing on 8-bit data, then scaling and normalisation of each channel.

    ``imagenet`` is the standard of the published system: the image is stretched to a square, with Pillow's
    antialiased bilinear resampling whose results are rounded to integers. ``weights`` is torchvision's: the shorter
    side is resized and the centre cropped. Both give bitwise what torchvision's transforms give.
    """

    kind: Literal["imagenet", "weights"] = "imagenet"
    image_size: int = IMAGENET_SIZE
    """Side of the network's input, in pixels."""
    mean: Channels = IMAGENET_MEAN
    std: Channels = IMAGENET_STD
    resize: int = CROPPED_FROM
    """Length of the shorter side before the centre is cropped, in pixels; used by ``weights`` only."""
    interpolation: Interpolation = "bilinear"
    scale: float = EIGHT_BITS
    """What 8-bit values are divided by first."""

    def __call__(self, pixels: Pixels, out: NDArray[np.float32]) -> None:
        """Write the network's input.

        Parameters
        ----------
        pixels
            uint8, height x width (grey level, resized once and used for all channels) or height x width x 3.
        out
            float32, `image_size` x `image_size` x 3, overwritten.

        """
        resized = self._stretched(pixels) if self.kind == "imagenet" else self._cropped(pixels)
        if resized.ndim == 2:
            np.take(self._table, resized, axis=0, out=out, mode="clip")  # clip: nothing to clip, and no buffering
            return
        for channel in range(3):
            out[..., channel] = self._table[:, channel][resized[..., channel]]

    def description(self) -> dict[str, str | int | float | list[float]]:
        """Return the parameters that matter, as plain values."""
        values = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if name != "resize" or self.kind == "weights"
        }
        values["resampler"] = "pillow"
        return values

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        """Network input for each 8-bit value (256) and channel (3), computed in float32 as torchvision does."""
        mean, std = np.asarray(self.mean, dtype=np.float32), np.asarray(self.std, dtype=np.float32)
        levels = np.arange(256, dtype=np.float32)[:, np.newaxis] / np.float32(self.scale)
        table: NDArray[np.float32] = (levels - mean) / std
        return table

    def _resampling(self) -> Image.Resampling:
        return Image.Resampling[self.interpolation.upper()]

    def _stretched(self, pixels: Pixels) -> Pixels:
        size = (self.image_size, self.image_size)
        return np.asarray(Image.fromarray(pixels).resize(size, self._resampling()))

    def _cropped(self, pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        # torchvision truncates the longer side and rounds the crop's corner half to even.
        short = min(height, width)
        new_height, new_width = (int(self.resize * side / short) for side in (height, width))
        resized = np.asarray(Image.fromarray(pixels).resize((new_width, new_height), self._resampling()))
        top, left = (round((side - self.image_size) / 2) for side in (new_height, new_width))
        return resized[top : top + self.image_size, left : left + self.image_size]


def committed_preprocessing(
    committed: PreprocessingCommitment, published: Preprocessing | None, name: str
) -> Preprocessing:
    """Return the preprocessing of a commitment.

    Parameters
    ----------
    committed
        Fields that are given replace the defaults.
    published
        What comes with the weights: the defaults for the kind ``weights``. None where nothing does.
    name
        Name of the model, for errors.

    Raises
    ------
    ModelError
        The kind is not for networks, or `resize` does not go with the kind or the image size.

    """
    if committed.kind == "pixels":
        raise ModelError(f"{name} is a network; its preprocessing kind is imagenet or weights, not pixels.")
    given = {field: getattr(committed, field) for field in committed.__struct_fields__}
    defaults = published if published is not None and committed.kind == "weights" else Preprocessing()
    preprocessing = replace(defaults, **{field: value for field, value in given.items() if value is not None})
    if committed.kind == "imagenet" and committed.resize is not None:
        raise ModelError(f"{name}: the preprocessing kind imagenet takes no resize; remove it, or use kind weights.")
    if committed.kind == "weights" and preprocessing.resize < preprocessing.image_size:
        raise ModelError(
            f"{name}: images resized to {preprocessing.resize} pixels cannot be cropped to {preprocessing.image_size}; "
            "give resize in its layer commitment."
        )
    return preprocessing
