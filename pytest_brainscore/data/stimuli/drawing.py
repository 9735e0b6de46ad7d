"""Images that are drawn when looked at, and can draw a part without the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusImage

Box = tuple[slice, slice]
"""Rows and columns of an image, each with a start and a stop."""


@dataclass(frozen=True)
class Drawing:
    """How an image is drawn part by part: what its method ``drawing()`` returns, where it has one."""

    shape: tuple[int, int]
    """Rows and columns of the image."""
    part: Callable[[slice, slice], Pixels]
    """Returns what ``pixels()[rows, columns]`` is, bit for bit, for rows and columns within the image."""
    spot: Box | None = None
    """Rows and columns outside of which every pixel is `ground`; None where there is more to see."""
    ground: int = 0
    """Grey level outside of the spot."""


def drawing_of(image: StimulusImage) -> Drawing | None:
    """Return how an image is drawn part by part; None where only all of it can be had."""
    make = getattr(image, "drawing", None)
    found = make() if callable(make) else None
    return found if isinstance(found, Drawing) else None


@dataclass(frozen=True)
class Spots:
    """What several images have on one ground, together on one image; a ``StimulusImage``."""

    size: tuple[int, int]
    """Rows and columns."""
    ground: int
    """Grey level besides the spots."""
    images: Sequence[StimulusImage]
    """Each with a spot on that ground, and of that size; where spots overlap, the later one is above."""

    def pixels(self) -> Pixels:
        """Return the image, as grey levels."""
        return self._part(slice(0, self.size[0]), slice(0, self.size[1]))

    def drawing(self) -> Drawing:
        """Return how it is drawn part by part."""
        return Drawing(self.size, self._part)

    def digest(self) -> str:
        """Return a digest of the digests of all images."""
        digests = " ".join(image.digest() for image in self.images)
        return hashlib.sha256(f"spots 1 {self.size} {self.ground} {digests}".encode()).hexdigest()

    def _part(self, rows: slice, columns: slice) -> Pixels:
        drawn = np.full((rows.stop - rows.start, columns.stop - columns.start), self.ground, np.uint8)
        for image in self.images:
            drawing = drawing_of(image)
            if drawing is not None and drawing.spot is not None:
                paste(drawn, drawing, drawing.spot, rows, columns)
        return drawn


def paste(drawn: Pixels, drawing: Drawing, box: Box, rows: slice, columns: slice) -> None:
    """Draw what a box of an image shows of some rows and columns over `drawn`, which shows these."""
    places = [common(seen, side) for seen, side in zip((rows, columns), box, strict=True)]
    if all(place.start < place.stop for place in places):
        target = [moved(place, -seen.start) for place, seen in zip(places, (rows, columns), strict=True)]
        drawn[target[0], target[1]] = drawing.part(places[0], places[1])


def common(one: slice, other: slice) -> slice:
    """Return what two slices have in common; empty where that is nothing."""
    start = max(one.start, other.start)
    return slice(start, max(start, min(one.stop, other.stop)))


def moved(places: slice, by: int) -> slice:
    """Return a slice further on."""
    return slice(places.start + by, places.stop + by)
