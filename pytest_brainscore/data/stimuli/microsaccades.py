"""Microsaccades: an image that is shown several times lies elsewhere by less than a twentieth of a degree each time.

So deterministic models have trials that differ. Shifts are those of the published system, and so is their
interpolation. It shifts what the network is given, after preprocessing; here the image on the screen is shifted, by as
many degrees, so that any model can be shown it. In the published system answers are attached to the wrong images where
a batch has several; here every shown image is one of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusImage, StimulusSet

EXTENT: Final = 0.05
"""Largest distance from the first position, in degrees."""
STEPS: Final = 32
"""Positions between two pixels: the published system's library knows no others."""


def microsaccade_shifts(trials: int, degrees: float, pixels: int) -> NDArray[np.float64]:
    """Return how far an image is shifted in each trial: a spiral from its own place outwards.

    Parameters
    ----------
    trials
        Number of trials, at least 1.
    degrees
        Visual angle that the side of the image spans.
    pixels
        Height of the image.

    Returns
    -------
    Shifts to the right and down, in pixels, shape (trial, 2).

    Raises
    ------
    ValueError
        When there are no trials.

    """
    if trials < 1:
        raise ValueError(f"{trials} trials show nothing: ask for at least one.")
    trial = np.arange(trials)
    radius = np.sqrt(trial / trials) * EXTENT / degrees * pixels
    angle = 2 * np.pi * np.sqrt(trial) / np.sqrt(trials)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def shift_image(values: ArrayLike, shift: ArrayLike) -> NDArray[np.float64]:
    """Shift an image by fractions of a pixel, to the next 1/32; its border is repeated.

    Parameters
    ----------
    values
        Height x width, and x channels.
    shift
        To the right and down, in pixels.

    """
    right, down = np.rint(np.asarray(shift, np.float64) * STEPS) / STEPS
    shifted = _along(np.asarray(values, np.float64), float(down), 0)
    return _along(shifted, float(right), 1)


@dataclass(frozen=True)
class ShiftedImage:
    """An image in one of several trials, shifted when looked at; a ``StimulusImage``."""

    image: StimulusImage
    trial: int
    trials: int
    degrees: float

    def pixels(self) -> Pixels:
        """Return the shifted image, grey level or RGB as the image is, rounded to 8 bits."""
        pixels = self.image.pixels()
        shift = microsaccade_shifts(self.trials, self.degrees, len(pixels))[self.trial]
        return np.rint(shift_image(pixels, shift)).astype(np.uint8) if shift.any() else pixels

    def digest(self) -> str:
        """Return a digest of the image's digest and what the shift depends on."""
        if not self.trial:
            return self.image.digest()
        parts = f"{self.trial} of {self.trials} at {self.degrees!r} {self.image.digest()}"
        return hashlib.sha256(f"microsaccade {parts}".encode()).hexdigest()


def with_microsaccades(stimuli: StimulusSet, trials: int) -> StimulusSet:
    """Return every stimulus so many times, its trials one after the other, each shifted in its own way.

    Parameters
    ----------
    stimuli
        On the model's screen.
    trials
        Number of trials, at least 1.

    """
    images = [
        ShiftedImage(image, trial, trials, stimuli.degrees) for image in stimuli.images for trial in range(trials)
    ]
    rows = np.repeat(np.arange(len(stimuli)), trials)
    return replace(
        stimuli,
        identifier=f"{stimuli.identifier}--trials{trials}",
        table=stimuli.table.iloc[rows].reset_index(drop=True),
        images=tuple(images),
    )


def _along(values: NDArray[np.float64], shift: float, axis: int) -> NDArray[np.float64]:
    """Interpolate between neighbours along an axis."""
    whole = int(np.floor(shift))
    part = shift - whole
    last = values.shape[axis] - 1
    places = np.arange(last + 1)
    near, far = (np.clip(places - step, 0, last) for step in (whole, whole + 1))
    return np.asarray((1 - part) * values.take(near, axis) + part * values.take(far, axis))
