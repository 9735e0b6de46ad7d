"""Subjects that answer by the grey level of an image, which encodes what they are to answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray

from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusSet


@dataclass(frozen=True)
class GreyImage:
    """An image of one grey level: the position of the answer among the labels."""

    level: int
    number: int = 0
    """Tells images apart that look alike."""

    def pixels(self) -> Pixels:
        """Return the image: uint8, 24 x 24 x 3."""
        return np.full((24, 24, 3), self.level, np.uint8)

    def digest(self) -> str:
        """Return a digest of level and number."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


class GreySubject:
    """Answers with the label at the position that the middle of an image encodes."""

    identifier = "subject"

    def __init__(self, synsets: Sequence[str] = ()) -> None:
        self.sizes: list[tuple[int, ...]] = []
        self.columns: list[str] = []
        self._synsets = list(synsets)

    def visual_degrees(self) -> float:
        """Return 8 degrees."""
        return 8.0

    def start_task(self, task: str, fitting: object = None) -> None:
        """Take in the labels; for ``imagenet``, those given at first."""
        assert task == "label"
        assert isinstance(fitting, Sequence)
        self.labels = self._synsets if fitting == "imagenet" else list(fitting)

    def start_recording(self, target: str, time_bins: object) -> None:
        """Refuse."""
        raise NotImplementedError

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
        """Answer, and remember the sizes of the images and the columns that came with them."""
        pixels = [image.pixels() for image in stimuli.images]
        self.sizes = [each.shape for each in pixels]
        self.columns = [str(name) for name in stimuli.table.columns]
        middle = [int(each[each.shape[0] // 2, each.shape[1] // 2, 0]) for each in pixels]
        answers = np.array([[self.labels[level]] for level in middle])
        return xarray.DataArray(answers, dims=("presentation", "choice"))
