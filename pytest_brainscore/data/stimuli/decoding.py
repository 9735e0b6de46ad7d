"""From the bytes of an image file to 8-bit pixels, as the published system reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.reading import reading
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from PIL import Image

MODES: Final = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV"})
"""Pillow's modes of 8 bits a channel, or one bit, that become RGB without a colour profile."""
_DEEP: Final = re.compile(r";16[BLNRS]|SGI16")
"""Of Pillow's names of decoders and raw data: 16 bits a channel, cut to 8 without a word; ``BGR;16`` is 5, 6, 5."""
_LARGEST_LEVEL: Final = 255


def read_image(file: Path | IO[bytes], name: object) -> Image.Image:
    """Return the image in a file, decoded; of an animation the first picture.

    Parameters
    ----------
    file
        Path, or an open file of which the content counts.
    name
        What to call it in errors.

    Raises
    ------
    DataUnavailable
        When it cannot be decoded, is empty, or has more than 8 bits a channel: the published system turns such images
        white, or cuts them to 8 bits.

    """
    from PIL import Image

    boundary = reading("The image", name, "fetch or copy it again", also=(Image.DecompressionBombError,))
    with boundary, Image.open(file) as image:
        deep = image.mode not in MODES or _is_deep(image)
        if not deep:
            image.load()
    if deep:
        raise DataUnavailable(
            f"The image {name} has more than 8 bits a channel, or none of the usual colours (Pillow's mode "
            f"{image.mode}), and the published system does not show such images as they are; convert it to 8 bits (L "
            "or RGB)."
        )
    if 0 in image.size:
        raise DataUnavailable(f"The image {name} has no pixels; fetch or copy it again.")
    return image


def rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Return an image as height x width x 3.

    Images whose mode name contains L, A or P (grey, alpha, palette) are pasted onto a black RGB canvas without using
    alpha as a mask, all others are taken as they are; where the published system then has no RGB image (CMYK), they are
    converted.
    """
    from PIL import Image

    if any(letter in image.mode.upper() for letter in "LAP"):
        canvas = Image.new("RGB", image.size)
        canvas.paste(image)
        return np.asarray(canvas)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _is_deep(image: Image.Image) -> bool:
    """Tell whether a file has 16 bits a channel although Pillow will give 8; to be asked before decoding."""
    for tile in getattr(image, "tile", ()):
        decoder, arguments = tile[0], tile[3]
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        if any(isinstance(each, str) and _DEEP.search(each) for each in (decoder, *given)):
            return True
        if decoder in ("ppm", "ppm_plain") and any(isinstance(each, int) and each > _LARGEST_LEVEL for each in given):
            return True
    return False
