"""Reads some units of layers from the part of images that they see, as long as that gives what whole images give."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage
from pytest_brainscore.models.activations.stored_responses import Some
from pytest_brainscore.models.activations.ways import WHOLE
from pytest_brainscore.models.networks.extraction import LayerExtractor
from pytest_brainscore.models.networks.fields.tracing import NoRoute
from pytest_brainscore.models.networks.fields.windows import Window


class PartReading:
    """Reads some units of layers for one stimulus set.

    A part of an image is run only where the operations of the network say that the units see no more, and where they
    answered bit for bit alike to a batch of these stimuli, spread over the first block that is read here.

    Parameters
    ----------
    extractor
        Reads the layers.
    layers
        Their names.

    """

    def __init__(self, extractor: LayerExtractor, layers: tuple[str, ...]) -> None:
        self._extractor = extractor
        self._layers = layers
        self._found: tuple[Window | None, str] | None = None
        self._at_once = 0

    def __call__(self, images: Sequence[StimulusImage], neuroids: NDArray[np.intp]) -> Some:
        """Return responses of the units to images; the units are always the same."""
        if self._found is None or self._at_once != self._extractor.at_once:  # kernels go by the number of images
            self._found = self._find(images, neuroids)
            self._at_once = self._extractor.at_once
        window, way = self._found
        return Some(None if window is None else self._batches(images, window), way)

    def _find(self, images: Sequence[StimulusImage], neuroids: NDArray[np.intp]) -> tuple[Window | None, str]:
        try:
            window = self._extractor.window(self._extractor.route(self._layers), neuroids)
        except NoRoute as reason:
            return None, f"{WHOLE}: {reason}"
        size = self._extractor.preprocessing.image_size
        rows, columns = window.prepare.shape
        part = f"{rows} x {columns} of {size} x {size} pixels"
        step = math.ceil(len(images) / self._extractor.batch_size)
        if not self._extractor.agrees(images[::step], self._layers, window, neuroids):
            return None, f"{WHOLE}: {part} give other numbers"
        return window, f"windows of {part}"

    def _batches(self, images: Sequence[StimulusImage], window: Window) -> Iterator[NDArray[np.float32]]:
        for batch in self._extractor.batches(images, self._layers, window):
            yield batch[:, window.units]
