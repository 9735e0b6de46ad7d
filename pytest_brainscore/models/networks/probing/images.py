"""The images of the probe: few, fixed, and as varied as the stimuli that networks are shown.

Two networks that differ for any of them are different networks. Hence textures with the spectrum of natural images
and without, full and low contrast, colours, edges, nearly black, nearly white, black and white.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore.data.stimuli.stimulus_set import Pixels

ProbeKind = Literal["mixed", "bright", "dark"]
KINDS: Final[tuple[ProbeKind, ...]] = ("mixed", "bright", "dark")
"""The batch of the probe, and two that stand in for it where a layer is only reached by such images."""
COUNT: Final = 16
"""Images of a kind."""
COMPANY: Final = 8
"""So many of the first images, which are moderate, are shown in other company too: what a batch has of extremes, and
its mean and deviation, are then others."""
_SIDE: Final = 256
_SEED: Final = 0


@lru_cache(maxsize=1)
def probe_images() -> dict[ProbeKind, tuple[Pixels, ...]]:
    """Return the images of each kind: uint8, 256 x 256 x 3."""
    random = np.random.RandomState(_SEED)  # its stream of numbers is the same for ever
    first, second = (_natural(random) for _ in range(2))
    noise = random.randint(0, 256, (_SIDE, _SIDE, 3)).astype(np.uint8)
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    grating = (127.5 + 127.5 * np.sin((rows + 2 * columns) / 5)).astype(np.uint8)[..., np.newaxis].repeat(3, axis=2)
    checks = (((rows // 32 + columns // 32) % 2) * 255).astype(np.uint8)[..., np.newaxis].repeat(3, axis=2)
    spot = np.where(((rows - 90) ** 2 + (columns - 150) ** 2 < 400)[..., np.newaxis], 255, 0).astype(np.uint8)
    mixed = (
        _levels(first, 60, 200),
        _levels(second[::-1], 80, 180),
        _levels(noise, 60, 190),
        _levels(grating, 90, 160),
        _levels(first[:, ::-1, ::-1], 50, 110),
        _levels(second.transpose(1, 0, 2), 140, 200),
        _levels(np.concatenate([first[:128], noise[:128]]), 70, 170),
        _levels(np.maximum(second, grating), 60, 180),
        noise,
        checks,
        _levels(second, 0, 24),
        _levels(first, 232, 255),
        spot.repeat(3, axis=2),
        np.zeros_like(noise),
        np.full_like(noise, 255),
        first,
    )
    return {
        "mixed": mixed,
        "bright": tuple(_levels(image, 200, 255) for image in mixed),
        "dark": tuple(_levels(image, 0, 40) for image in mixed),
    }


def in_other_company(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the first images in reverse order, in a batch that is filled up as the last one of a stimulus set is."""
    few = images[:COMPANY][::-1]
    return np.concatenate([few, few[-1:].repeat(COUNT - COMPANY, axis=0)])


def _levels(image: Pixels, darkest: int, brightest: int) -> Pixels:
    """Squeeze the levels 0 ... 255 into a range."""
    table = np.linspace(darkest, brightest, 256).round().astype(np.uint8)
    return table[image]


def _natural(random: np.random.RandomState) -> Pixels:
    """Return noise whose amplitude falls with spatial frequency as in natural images, all 256 levels used."""
    total = np.zeros((_SIDE, _SIDE, 3), np.float32)
    for octave in range(1, _SIDE.bit_length()):
        cells = random.randint(0, 256, (2**octave, 2**octave, 3)).astype(np.uint8)
        smooth = Image.fromarray(cells).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
        total += np.asarray(smooth, np.float32) / np.float32(2**octave)
    total -= total.min()
    return np.asarray(total * np.float32(255.99) / total.max(), np.uint8)
