"""Corrupted versions of images, made when they are looked at.

The corruptions of Hendrycks & Dietterich (2019), https://arxiv.org/abs/1903.12261, as the package
imagecorruptions-imaug computes them. They are of the same kind and strength as the archived images of ImageNet-C, and
not the same: random draws differ, some steps are computed by other libraries (motion blur), and the archive was saved
as JPEG.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.metadata import version
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusImage
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

CORRUPTION_VERSION: Final = 1
"""Raise it whenever the same image, type and level give other pixels."""
SEED: Final = 0
"""Enters the seed of every image, with its content, type and level."""
RESIZE: Final = 256
"""Length of the shorter side before the centre is cropped, in pixels, as for the archived images."""
CROP: Final = 224
"""Side of the crop, and of the corrupted image, in pixels."""
_SEED_BYTES: Final = 4
_SEEDED_BY_ARGUMENT: Final = frozenset({"glass_blur", "impulse_noise"})
"""Types that draw from a generator of their own; all others draw from NumPy's global one."""
_GLOBAL_GENERATOR: Final = threading.Lock()


@dataclass(frozen=True)
class CorruptedImage:
    """The centre of an image, corrupted; a :class:`~pytest_brainscore.data.stimuli.stimulus_set.StimulusImage`."""

    image: StimulusImage
    source: str
    """Digest of `image`, kept because many corrupted images share it."""
    corruption: str
    """Type, for example ``gaussian_noise``."""
    level: int
    """1 (weak) to 5 (strong)."""

    def pixels(self) -> Pixels:
        """Return the corrupted image: uint8, 224 x 224 x 3; always the same one."""
        return corrupt(self.image.pixels(), self.corruption, self.level, _seed(self.digest()))

    def digest(self) -> str:
        """Return a digest of the image's digest, type and level, seed and the versions of the libraries."""
        parts = f"{CORRUPTION_VERSION} {library_versions()} {SEED} {self.corruption} {self.level} {self.source}"
        return hashlib.sha256(f"corruption {parts}".encode()).hexdigest()


def corrupt(pixels: Pixels, corruption: str, level: int, seed: int) -> Pixels:
    """Corrupt the centre of an image.

    The shorter side is resized to 256 pixels and the centre cropped to 224 x 224, as for the archived images.

    Parameters
    ----------
    pixels
        uint8, height x width or height x width x 3.
    corruption
        Type, for example ``gaussian_noise``.
    level
        1 (weak) to 5 (strong).
    seed
        Of whatever is random, 0 to 2**32 - 1. NumPy's global generator is left as it was.

    Returns
    -------
    Pixels
        uint8, 224 x 224 x 3.

    Raises
    ------
    DataUnavailable
        When the library is not installed.

    """
    library = _library()
    arguments = {"seed": seed} if corruption in _SEEDED_BY_ARGUMENT else {}
    with _GLOBAL_GENERATOR:
        state = np.random.get_state()  # noqa: NPY002  the library draws from the global generator
        np.random.seed(seed)  # noqa: NPY002
        try:
            result = library.corrupt(_centre(pixels), severity=level, corruption_name=corruption, **arguments)
        finally:
            np.random.set_state(state)  # noqa: NPY002
    return np.asarray(result, np.uint8)


def corrupted(stimuli: StimulusSet, corruptions: Iterable[str], levels: Iterable[int]) -> StimulusSet:
    """Return every image of a stimulus set under every type and level.

    Parameters
    ----------
    stimuli
        Their columns are kept.
    corruptions, levels
        Types and levels.

    Returns
    -------
    StimulusSet
        Type by type, level by level, in each the images in their order; with the columns ``noise_type`` and
        ``noise_level``, which ``stimulus_id`` begins with.

    Raises
    ------
    DataUnavailable
        When the library is not installed.

    """
    import pandas

    _library()
    sources = [image.digest() for image in stimuli.images]
    tables, images = [], []
    for corruption, level in product(corruptions, levels):
        names = [f"{corruption}-{level}-{name}" for name in stimuli.table["stimulus_id"]]
        tables.append(stimuli.table.assign(stimulus_id=names, noise_type=corruption, noise_level=level))
        for image, source in zip(stimuli.images, sources, strict=True):
            images.append(CorruptedImage(image, source, corruption, level))
    table = pandas.concat(tables, ignore_index=True)
    return replace(stimuli, identifier=f"{stimuli.identifier}--corrupted", table=table, images=tuple(images))


@cache
def library_versions() -> str:
    """Return the versions of the libraries that the pixels depend on, as one line.

    Raises
    ------
    DataUnavailable
        When the library is not installed.

    """
    _library()
    modules = {name: import_module(name).__version__ for name in ("numpy", "scipy", "skimage", "cv2", "PIL")}
    return ", ".join(
        [f"imagecorruptions {version('imagecorruptions-imaug')}"]
        + [f"{name} {number}" for name, number in modules.items()]
    )


def _library() -> Any:  # the package has no types, and need not be installed
    try:
        return import_module("imagecorruptions")
    except ImportError as error:
        raise DataUnavailable(
            f'Images cannot be corrupted here ({error}); pip install "pytest-brainscore[corruptions]".'
        ) from error


def _seed(digest: str) -> int:
    """Return a seed that depends on nothing but the image: not on the order in which images are looked at."""
    return int.from_bytes(bytes.fromhex(digest)[:_SEED_BYTES], "big")


def _centre(pixels: Pixels) -> Pixels:
    from PIL import Image

    image = Image.fromarray(pixels).convert("RGB")
    ratio = RESIZE / min(image.size)
    width, height = (max(CROP, int(side * ratio)) for side in image.size)
    left, top = round((width - CROP) / 2), round((height - CROP) / 2)
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized.crop((left, top, left + CROP, top + CROP)))
