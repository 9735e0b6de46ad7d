"""A part of the network's input, made from the part of an image that it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.drawing import Box, Drawing, drawing_of
from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusImage
from pytest_brainscore.models.networks.fields.steps import Interval
from pytest_brainscore.models.networks.preprocessing import Preprocessing

SUPPORT: Final = {"nearest": 0.5, "box": 0.5, "bilinear": 1.0, "hamming": 1.0, "bicubic": 2.0, "lanczos": 3.0}
"""Pixels on either side that Pillow's filters take in, where the image is not made smaller."""
FINEST: Final = 2**10
"""Steps in a pixel: places that are so many parts of a pixel are the same number in every arithmetic of Pillow's."""
LONGEST: Final = 2**13
"""Longest side of an image, in pixels, for which that is so."""


@dataclass(frozen=True)
class _Side:
    """What some places along one side of a resized image are made of."""

    source: slice
    """Pixels of the image."""
    box: tuple[float, float]
    """Where in these pixels the places begin and end."""
    resampled: bool


class InputPart:
    """Writes some rows and columns of the network's input, as the whole input has them, bit for bit.

    Parameters
    ----------
    preprocessing
        From pixels to the whole input.
    rows, columns
        First and last of the input's.

    """

    def __init__(self, preprocessing: Preprocessing, rows: Interval, columns: Interval) -> None:
        self._preprocessing = preprocessing
        self._rows, self._columns = rows, columns
        size = preprocessing.image_size
        self._whole = np.empty((size, size, 3), np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._rows[1] - self._rows[0] + 1, self._columns[1] - self._columns[0] + 1

    def __call__(self, image: StimulusImage, out: NDArray[np.float32]) -> None:
        """Write the part for an image: rows x columns x 3.

        Only what the part shows is drawn and resampled, where the image can be drawn in parts and Pillow gives the same
        numbers for a part; else the whole image is.
        """
        drawing = drawing_of(image)
        if drawing is None:
            pixels = image.pixels()
            height, width = pixels.shape[:2]
            drawing = Drawing((height, width), lambda rows, columns: pixels[rows, columns])
            ndim = pixels.ndim
        else:
            ndim = 2
        shape = drawing.shape
        sides = _sides(self._preprocessing, shape, self._rows, self._columns)
        order = passes(self._preprocessing, shape, ndim)
        if sides is None or not order:
            self._preprocessing(drawing.part(slice(0, shape[0]), slice(0, shape[1])), self._whole)
            out[...] = self._whole[_slice(self._rows), _slice(self._columns)]
            return
        rows, columns = sides
        seen = drawing.part(rows.source, columns.source)
        part = self._preprocessing.grey(np.ascontiguousarray(seen))
        for axis in order:
            if sides[axis].resampled:
                part = _along(self._preprocessing, part, axis, self.shape[axis], sides[axis].box)
        self._preprocessing.scaled(part, out)


def shown(preprocessing: Preprocessing, shape: tuple[int, int], box: Box) -> tuple[Interval, Interval] | None:
    """Return the rows and columns of the input that a box of an image can have an effect on.

    Parameters
    ----------
    preprocessing
        From pixels to the input.
    shape
        Rows and columns of the image.
    box
        Rows and columns of it; not empty.

    Returns
    -------
    tuple or None
        First and last row, first and last column, with a margin of a pixel; may lie outside of the input. None where
        the input is larger than what is resized.

    """
    size = preprocessing.resized_size(*shape)
    corner = preprocessing.corner(size)
    if corner is None:
        return None
    found = []
    for length, resized, begin, part in zip(shape, size, corner, box, strict=True):
        scale = length / resized
        reach = SUPPORT[preprocessing.interpolation] * max(scale, 1.0) + 1
        first = math.floor((part.start - reach) / scale - 0.5)
        last = math.ceil((part.stop + reach) / scale - 0.5)
        found.append((first - begin, last - begin))
    return found[0], found[1]


@lru_cache(maxsize=64)
def passes(preprocessing: Preprocessing, shape: tuple[int, int], ndim: int) -> tuple[int, ...]:
    """Return the axes in the order in which Pillow resamples images of a size; empty where neither is what it does.

    It rounds to 8 bits in between, so the order matters, and it depends on the size: of a part it may be another one.
    """
    noise = np.random.RandomState(0).randint(0, 256, (*shape, 3)[:ndim]).astype(np.uint8)
    size = preprocessing.resized_size(*shape)
    whole = preprocessing.resampled(noise, size)
    for order in ((1, 0), (0, 1)):
        image = noise
        for axis in order:
            image = _along(preprocessing, image, axis, size[axis], (0, shape[axis]))
        if np.array_equal(image, whole):
            return order
    return ()


@lru_cache(maxsize=64)
def _sides(
    preprocessing: Preprocessing, shape: tuple[int, int], rows: Interval, columns: Interval
) -> tuple[_Side, _Side] | None:
    """Return what rows and columns of the input are made of; None where a part may get other numbers than the whole."""
    size = preprocessing.resized_size(*shape)
    corner = preprocessing.corner(size)
    if corner is None:
        return None
    support = SUPPORT[preprocessing.interpolation]
    found = [
        _side(length, resized, (places[0] + begin, places[1] + begin), support)
        for length, resized, begin, places in zip(shape, size, corner, (rows, columns), strict=True)
    ]
    if found[0] is None or found[1] is None:
        return None
    return found[0], found[1]


def _along(preprocessing: Preprocessing, pixels: Pixels, axis: int, length: int, box: tuple[float, float]) -> Pixels:
    """Resample pixels along one axis."""
    other = pixels.shape[1 - axis]
    size = (length, other) if axis == 0 else (other, length)
    limits = (0.0, box[0], float(other), box[1]) if axis == 0 else (box[0], 0.0, box[1], float(other))
    return preprocessing.resampled(pixels, size, limits)


def _side(length: int, resized: int, places: Interval, support: float) -> _Side | None:
    first, stop = places[0], places[1] + 1
    if length == resized:  # and is not resampled
        return _Side(slice(first, stop), (0, stop - first), resampled=False)
    scale = length / resized
    if length > LONGEST or not (scale * FINEST).is_integer():
        return None
    reach = support * max(scale, 1.0)
    start = max(0, math.floor((first + 0.5) * scale - reach))
    end = min(length, math.ceil((stop - 0.5) * scale + reach))
    return _Side(slice(start, end), (first * scale - start, stop * scale - start), resampled=True)


def _slice(places: Interval) -> slice:
    return slice(places[0], places[1] + 1)
