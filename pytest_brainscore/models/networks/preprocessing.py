"""From an 8-bit image to the numbers a network takes in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore.data.stimuli.stimulus_set import Pixels
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment.commitment import Channels, Crop, Interpolation, PreprocessingCommitment

IMAGENET_MEAN: Channels = (0.485, 0.456, 0.406)
IMAGENET_STD: Channels = (0.229, 0.224, 0.225)
"""Mean and deviation of the red, green and blue values of ImageNet, as nearly all networks use them."""
IMAGENET_SIZE = 224
"""Side of the input of most networks, in pixels."""
CROPPED_FROM = 256
"""Length of the shorter side that 224 pixels are cropped from, as torchvision's classifiers do."""
EIGHT_BITS = 255.0
"""Largest value of an 8-bit image, which becomes 1."""
COLOURS = 3
"""Red, green and blue."""
SMALLEST_RANGE, LARGEST_RANGE = 0.5, 40.0
"""Distance from black to white in the input of a network, if it is not 255: 1 to 7 in published networks."""
SMALLEST_MEAN = 0.01
"""Smallest mean of a colour, as a part of white, if it is not 0: .28 in published networks."""


@dataclass(frozen=True)
class Preprocessing:
    """Resizing on 8-bit data, then scaling and normalisation of each channel.

    ``imagenet`` is the standard of the published system: the image is stretched to a square, with Pillow's
    antialiased bilinear resampling whose results are rounded to integers. ``weights`` is torchvision's and timm's: the
    image is resized as `crop` says and its centre cropped. Both give bitwise what the transforms of torchvision and
    timm give.
    """

    kind: Literal["imagenet", "weights"] = "imagenet"
    image_size: int = IMAGENET_SIZE
    """Side of the network's input, in pixels."""
    mean: Channels = IMAGENET_MEAN
    std: Channels = IMAGENET_STD
    resize: int = CROPPED_FROM
    """Length of the resized side before the centre is cropped, in pixels; used by ``weights`` only."""
    interpolation: Interpolation = "bilinear"
    scale: float = EIGHT_BITS
    """What 8-bit values are divided by first."""
    crop: Crop = "center"
    """How the image gets its size; used by ``weights`` only. ``center`` resizes the shorter side to `resize`,
    ``squash`` both sides, ``border`` the longer side. The centre is cropped then; where the image is smaller than the
    input, it is surrounded by black, with ``border`` by `mean`."""
    channels: int = COLOURS
    """Channels of the input: 3, or 1 for the grey level of the image (ITU-R 601, as Pillow and torchvision have it)."""
    frames: int = 0
    """Frames of the input of a network of videos, all of them the image; 0 for a network of images."""

    def __call__(self, pixels: Pixels, out: NDArray[np.float32]) -> None:
        """Write the network's input.

        Parameters
        ----------
        pixels
            uint8, height x width (grey level, resized once and used for all channels) or height x width x 3.
        out
            float32, `image_size` x `image_size` x 3, overwritten.

        """
        self.scaled(self.shrunk(pixels), out)

    def shrunk(self, pixels: Pixels) -> NDArray[Any]:
        """Return what can be kept of an image in place of it: its 8-bit values in the size of the input."""
        pixels = self.grey(pixels)
        return self._centre(self.resampled(pixels, self.resized_size(*pixels.shape[:2])))

    def grey(self, pixels: Pixels) -> Pixels:
        """Return the grey levels of an image where the input has one channel, else the image itself."""
        if self.channels == 1 and pixels.ndim > 2:
            return np.asarray(Image.fromarray(pixels).convert("L"))
        return pixels

    def corner(self, size: tuple[int, int]) -> tuple[int, int] | None:
        """Return row and column of a resized image where the input begins; None where that is larger than the image."""
        if min(size) < self.image_size:
            return None
        top, left = (round((side - self.image_size) / 2) for side in size)
        return top, left

    def scaled(self, resized: NDArray[Any], out: NDArray[np.float32]) -> None:
        """Write the network's input for what :meth:`shrunk` returned."""
        if resized.ndim > 2:  # as the table is computed
            mean, std = (np.tile(np.asarray(each, np.float32), (out.shape[1], 1)) for each in (self.mean, self.std))
            np.divide(resized, np.float32(self.scale), out=out, dtype=np.float32)
            np.subtract(out, mean, out=out)
            np.divide(out, std, out=out)
        elif out.flags.c_contiguous and resized.size % 2 == 0:  # one look at the table for two pixels
            pairs = np.ascontiguousarray(resized).reshape(-1).view(np.uint16)
            np.take(self._pairs, pairs, axis=0, out=out.reshape(-1, 2 * COLOURS), mode="clip")
        else:
            np.take(self._table, resized, axis=0, out=out, mode="clip")  # clip: nothing to clip, and no buffering

    def description(self) -> dict[str, str | int | float | list[float]]:
        """Return the parameters that matter, as plain values."""
        values = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if name not in ("resize", "crop") or self.kind == "weights"
        }
        for name, usual in (("channels", COLOURS), ("frames", 0)):
            if values[name] == usual:  # as everything was when older records were made
                del values[name]
        if self.crop == "center":  # the rule, and the only way when older records were made
            values.pop("crop", None)
        values["resampler"] = "pillow"
        return values

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        """Network input for each 8-bit value (256) and channel (3), computed in float32 as torchvision does."""
        mean, std = np.asarray(self.mean, dtype=np.float32), np.asarray(self.std, dtype=np.float32)
        levels = np.arange(256, dtype=np.float32)[:, np.newaxis] / np.float32(self.scale)
        table: NDArray[np.float32] = (levels - mean) / std
        return table

    @cached_property
    def _pairs(self) -> NDArray[np.float32]:
        """Network input for each two bytes (65536): that of the first pixel in memory, then that of the second."""
        both = np.arange(2**16, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
        return np.ascontiguousarray(self._table[both].reshape(-1, 2 * COLOURS))

    def resampled(
        self, pixels: Pixels, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
    ) -> Pixels:
        """Return an image, or a box of it, in another size."""
        resampling = Image.Resampling[self.interpolation.upper()]
        return np.asarray(Image.fromarray(pixels).resize((size[1], size[0]), resampling, box))

    def resized_size(self, height: int, width: int) -> tuple[int, int]:
        """Return rows and columns that an image is resized to before its centre is taken."""
        if self.kind == "imagenet":
            return self.image_size, self.image_size
        if self.crop == "squash":
            return self.resize, self.resize
        if self.crop == "border":  # timm rounds both sides
            ratio = max(height, width) / self.resize
            return max(1, round(height / ratio)), max(1, round(width / ratio))
        # torchvision truncates the longer side and rounds the crop's corner half to even.
        short = min(height, width)
        return int(self.resize * height / short), int(self.resize * width / short)

    def _centre(self, pixels: Pixels) -> Pixels:
        size = self.image_size
        height, width = pixels.shape[:2]
        if min(height, width) < size:
            pixels = self._surrounded(pixels, max(0, size - height), max(0, size - width))
        top, left = self.corner(pixels.shape[:2]) or (0, 0)
        return pixels[top : top + size, left : left + size]

    def _surrounded(self, pixels: Pixels, rows: int, columns: int) -> Pixels:
        """Add rows and columns of one colour on both sides, the odd one after the image."""
        height, width = pixels.shape[:2]
        colour = [round(self.scale * mean) for mean in self.mean] if self.crop == "border" else (0, 0, 0)
        screen = np.empty((height + rows, width + columns, 3), np.uint8)
        screen[:] = np.clip(colour, 0, 255)
        image = pixels if pixels.ndim == 3 else pixels[:, :, np.newaxis]
        screen[rows // 2 : rows // 2 + height, columns // 2 : columns // 2 + width] = image
        return screen


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
        The kind is not for networks, a field does not go with the kind or the image size, or black and white do not
        become what a network can have been trained on.

    """
    if committed.kind == "pixels":
        raise ModelError(f"{name} is a network; its preprocessing kind is imagenet or weights, not pixels.")
    given = {field: getattr(committed, field) for field in committed.__struct_fields__}
    usual = committed.kind == "imagenet" and published is not None and published.kind == "imagenet"
    defaults = published if published is not None and (committed.kind == "weights" or usual) else Preprocessing()
    preprocessing = replace(defaults, **{field: value for field, value in given.items() if value is not None})
    if preprocessing.channels == 1:
        mean, std = (sum(values) / COLOURS for values in (preprocessing.mean, preprocessing.std))
        preprocessing = replace(preprocessing, mean=(mean, mean, mean), std=(std, std, std))
    for field in ("resize", "crop"):
        if committed.kind == "imagenet" and given[field] is not None:
            raise ModelError(
                f"{name}: the preprocessing kind imagenet takes no {field}; remove it, or use kind weights."
            )
    # Published weights may want the whole image with a margin; that is not guessed from two numbers.
    changed = (preprocessing.resize, preprocessing.image_size) != (defaults.resize, defaults.image_size)
    if committed.kind == "weights" and changed and preprocessing.resize < preprocessing.image_size:
        raise ModelError(
            f"{name}: images resized to {preprocessing.resize} pixels cannot be cropped to {preprocessing.image_size}; "
            "give resize in its layer commitment."
        )
    check_range(preprocessing, name)
    return preprocessing


def check_range(preprocessing: Preprocessing, name: str) -> None:
    """Check that black and white become values that a network can have been trained on.

    Parameters
    ----------
    preprocessing
        Of every published network, white is .5 to 40 above black, or the levels from 0 to 255 themselves; and black,
        white or something between them becomes 0.
    name
        Name of the model, for errors.

    Raises
    ------
    ModelError
        A number is not finite, or not positive where it has to be, or the numbers do not belong together: means of the
        levels 0 to 255 with a scale that makes white 1, for example. The sentence says which and what to give.

    """
    scale, mean, std = preprocessing.scale, np.asarray(preprocessing.mean), np.asarray(preprocessing.std)
    told = f"mean {list(preprocessing.mean)}, std {list(preprocessing.std)} and scale {scale:g}"
    if not (np.isfinite(scale) and np.isfinite(mean).all() and np.isfinite(std).all()):
        raise ModelError(f"{name}: {told} of its preprocessing are not all finite; give finite numbers.")
    if scale <= 0 or (std <= 0).any() or (mean < 0).any():
        raise ModelError(
            f"{name}: {told} of its preprocessing are not positive; give a positive scale and std, and a mean of 0 or "
            "more."
        )
    with np.errstate(over="ignore", divide="ignore"):
        white = EIGHT_BITS / scale
        spans = white / std
    levels = np.isclose(spans, EIGHT_BITS, rtol=1e-3, atol=0)
    plausible = (spans >= SMALLEST_RANGE) & ((spans <= LARGEST_RANGE) | levels)
    between = (mean == 0) | ((mean >= SMALLEST_MEAN * white) & (mean <= white))
    if plausible.all() and between.all():
        return
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = (-mean / std).min(), ((white - mean) / std).max()
    raise ModelError(
        f"{name}: with {told}, black to white become {low:.4g} to {high:.4g}, which no network is trained on; values "
        "are divided by scale first, so give mean and std from 0 to 1 with scale = 255, or from 0 to 255 with "
        "scale = 1."
    )
