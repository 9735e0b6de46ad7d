"""Placement on the model's screen: stimuli keep their size in the visual field, whatever the model's field of view."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.reading import reading
from pytest_brainscore.data.stimuli.drawing import Drawing, common, drawing_of, moved, paste
from pytest_brainscore.data.stimuli.showing import Screen, current
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, Pixels, StimulusImage, StimulusSet
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from PIL import Image

PLACEMENT_VERSION = 1
"""Raise it whenever the same image and degrees give other pixels."""
LOSSLESS_FORMATS: Final = frozenset({"PNG", "BMP", "DIB"})
"""Formats that give back the pixels that were written, whatever the image: writing is left out."""
GREY = 128
"""Value around a stimulus that is smaller than the screen; the published system's background."""


def place(pixels: Pixels, ratio: float) -> Pixels:
    """Put an image in the middle of a larger grey screen, or crop its centre. Nothing is resampled.

    This is the placement of the published system: sides are multiplied by `ratio`, and both sizes and offsets are
    rounded half to even.

    Parameters
    ----------
    pixels
        uint8, height x width or height x width x 3.
    ratio
        Degrees of the screen over degrees of the image.

    Returns
    -------
    Pixels
        uint8, with as many channels as `pixels`.

    Raises
    ------
    DataUnavailable
        When nothing is left of the image.

    """
    old = np.array(pixels.shape[:2])
    new, corner = _size_and_corner(old, ratio)
    if ratio < 1:
        top, left = corner
        return pixels[top : top + new[0], left : left + new[1]]
    top, left = corner
    screen = np.full((*new, *pixels.shape[2:]), GREY, dtype=np.uint8)
    screen[top : top + old[0], left : left + old[1]] = pixels
    return screen


@dataclass(frozen=True)
class PlacedImage:
    """An image on a screen, placed when looked at; a ``StimulusImage``."""

    image: StimulusImage
    ratio: float
    """Degrees of the screen over degrees of the image."""

    def pixels(self) -> Pixels:
        """Return the placed image, grey level or RGB as the image is."""
        return place(self.image.pixels(), self.ratio)

    def drawing(self) -> Drawing | None:
        """Return how it is drawn part by part; None where the image on it cannot be."""
        inner = drawing_of(self.image)
        if inner is None:
            return None
        size, corner = _rounded(inner.shape, self.ratio)
        by = (-corner[0], -corner[1]) if self.ratio < 1 else corner
        whole = slice(by[0], by[0] + inner.shape[0]), slice(by[1], by[1] + inner.shape[1])

        def part(rows: slice, columns: slice) -> Pixels:
            if self.ratio < 1:
                return inner.part(moved(rows, -by[0]), moved(columns, -by[1]))
            drawn = np.full((rows.stop - rows.start, columns.stop - columns.start), GREY, np.uint8)
            placed = replace(inner, part=lambda y, x: inner.part(moved(y, -by[0]), moved(x, -by[1])))
            paste(drawn, placed, whole, rows, columns)
            return drawn

        spot = inner.spot and (
            common(moved(inner.spot[0], by[0]), slice(0, size[0])),
            common(moved(inner.spot[1], by[1]), slice(0, size[1])),
        )
        uniform = self.ratio < 1 or inner.ground == GREY
        return Drawing(size, part, spot if uniform else None, inner.ground)

    def digest(self) -> str:
        """Return a digest of the image's digest, the ratio and the version of the placement."""
        return hashlib.sha256(f"screen {PLACEMENT_VERSION} {self.ratio!r} {self.image.digest()}".encode()).hexdigest()


@dataclass(frozen=True)
class WrittenImage:
    """An image on a screen as the published system shows it: placed, written to a file of its name, and read again.

    JPEG and WebP images are compressed once more and GIF images get a palette of their own, so pixels change. Nothing
    is written to disk: Pillow encodes into memory.
    """

    image: ImageFile | WrittenImage
    ratio: float
    """Degrees of the screen over degrees of the image."""

    @property
    def name(self) -> str:
        """Path of the file that is placed: its suffix decides on the format."""
        return self.image.name

    def read(self) -> Image.Image:
        """Return what is read from the written file, in the mode that it then has."""
        from pytest_brainscore.data.stimuli.decoding import read_image

        placed = _placed(self.image.read(), self.ratio)
        file = io.BytesIO()
        with reading("The image", self.name, "convert it to PNG"):
            try:
                placed.save(file, self._format())
            except (OSError, ValueError, KeyError):  # the format has no such mode, and the published system fails
                file = io.BytesIO()
                placed.convert("RGB").save(file, self._format())
        file.seek(0)
        return read_image(file, self.name)

    def pixels(self) -> Pixels:
        """Return the placed image as it is read from the written file: height x width x 3."""
        from pytest_brainscore.data.stimuli.decoding import rgb

        return rgb(self.read())

    def digest(self) -> str:
        """Return a digest of the image's digest, the ratio, and format and version of the encoder."""
        parts = f"{PLACEMENT_VERSION} {self._format()} {_encoder()} {self.ratio!r} {self.image.digest()}"
        return hashlib.sha256(f"screen, written {parts}".encode()).hexdigest()

    def _format(self) -> str:
        return str(_format_of(self.name))


def place_on_screen(stimuli: StimulusSet, target_degrees: float, *, screen: Screen | None = None) -> StimulusSet:
    """Show stimuli at their size on a screen that spans `target_degrees`.

    Parameters
    ----------
    stimuli
        Stimuli whose images span ``stimuli.degrees`` visual degrees.
    target_degrees
        Visual angle of the screen, in degrees: the ``visual_degrees()`` of the model.
    screen
        ``published``: pixels are those of the published system, which writes every placed image to a file of the same
        name. JPEG, WebP and GIF images lose by it (so their pixels depend on the encoder). ``lossless``: pixels are
        never changed. None: as the benchmark that is being scored says (``showing.showing``),
        ``published`` outside of one.

    Returns
    -------
    StimulusSet
        Images placed when looked at, column ``degrees`` and attribute `degrees` set to `target_degrees`, both angles
        in the identifier; `stimuli` itself where the angles are equal.

    """
    if stimuli.degrees == target_degrees:
        return stimuli
    shown = current()
    chosen = screen or shown.screen
    ratio = target_degrees / stimuli.degrees
    images = []
    for image in stimuli.images:
        if isinstance(image, ImageFile | WrittenImage) and _format_of(image.name) not in (None, *LOSSLESS_FORMATS):
            shown.written = True
            images.append(WrittenImage(image, ratio) if chosen == "published" else PlacedImage(image, ratio))
        else:
            images.append(PlacedImage(image, ratio))
    return replace(
        stimuli,
        identifier=f"{stimuli.identifier}--target{target_degrees:.2f}--source{stimuli.degrees:.2f}",
        table=stimuli.table.assign(degrees=target_degrees),
        images=tuple(images),
        degrees=target_degrees,
    )


def _size_and_corner(old: NDArray[np.intp], ratio: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the size of the screen, and where on the larger of the two the smaller one begins."""
    new = np.round(ratio * old).astype(int)
    if not new.all():
        raise DataUnavailable(
            f"Of an image of {old[0]} x {old[1]} pixels nothing is left on a screen {ratio:.3g} times as large; check "
            "the visual degrees of the model and of the stimuli."
        )
    return new, np.round(np.abs(new - old) / 2).astype(int)


@lru_cache(maxsize=64)
def _rounded(old: tuple[int, int], ratio: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return size of the screen and corner as plain numbers."""
    new, corner = _size_and_corner(np.array(old), ratio)
    return (int(new[0]), int(new[1])), (int(corner[0]), int(corner[1]))


def _placed(image: Image.Image, ratio: float) -> Image.Image:
    """Place an image in its own mode: a crop keeps it, a larger screen is RGB and alpha is no mask."""
    from PIL import Image

    old = np.array(image.size)
    new, (left, top) = _size_and_corner(old, ratio)
    if ratio < 1:
        return image.crop((int(left), int(top), int(left + new[0]), int(top + new[1])))
    screen = Image.new("RGB", (int(new[0]), int(new[1])), (GREY, GREY, GREY))
    screen.paste(image, (int(left), int(top)))
    return screen


def _format_of(name: str) -> str | None:
    """Return the format that Pillow writes to a file of this name; None where it writes none."""
    from PIL import Image

    known = Image.registered_extensions().get(PurePath(name).suffix.lower())
    return known if known in Image.SAVE else None


def _encoder() -> str:
    """Return the versions of Pillow and of its codecs, on which the pixels of written images depend."""
    from PIL import __version__, features

    codecs = [
        (name, features.version(name)) for name in ("jpg", "libjpeg_turbo", "webp", "jpg_2000", "libtiff", "avif")
    ]
    return " ".join([f"pillow {__version__}", *(f"{name} {version}" for name, version in codecs)])
