"""Activations of a network's layers, in batches, without running more of the network than needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.layer_reader import OutputError
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.answers import Answer, answer
from pytest_brainscore.models.networks.probing.attributes import generators_of, state_digest
from pytest_brainscore.models.networks.probing.execution import AllRecorded, Execution, Way, is_lazy
from pytest_brainscore.models.networks.probing.images import COUNT, in_other_company
from pytest_brainscore.models.networks.probing.outputs import rows_of
from pytest_brainscore.models.networks.probing.reliability import check_company, check_repeated, check_undrawn
from pytest_brainscore.models.networks.probing.survey import Hook, Survey, hooks
from pytest_brainscore.models.networks.seeding import drawn

EXTRACTION_VERSION = 2
"""Raise it whenever the same network and images give other activations, or what is asked of a network changes."""
BATCH_SIZE = COUNT
"""Images in a batch. Fixed, because kernels are chosen by batch size: with it, responses are bitwise independent of
the order of the images and of the number of threads (measured on squeezenet1_1; with 2 to 12 images they are not)."""


FURTHER_PASSES = 14
"""Passes more over the probe, for a network that a pass leaves in another state than the one before."""
_SINGLE = 32
"""Bits of single precision."""


class LayerExtractor:
    """Reads the output of layers of one network, after it has shown that its answers can be relied on.

    The network is in evaluation mode on `device`, without gradients and in channels-last memory format where that
    gives what plain PyTorch gives.

    Parameters
    ----------
    network
        Moved and frozen in place.
    preprocessing
        From pixels to the network's input.
    device
        Where the network runs.
    name
        Name of the model, for errors.

    """

    def __init__(self, network: nn.Module, preprocessing: Preprocessing, device: torch.device, name: str) -> None:
        self._execution = Execution(network, device)
        self.network = self._execution.network
        self.preprocessing = preprocessing
        self.device = device
        self.dtype = self._execution.dtype
        self._name = name
        self._left = 0, ""
        self.forget()
        if is_lazy(self.network):
            self._survey.shapes_of_all()

    def forget(self) -> None:
        """Ask everything anew from now on."""
        self._execution.way = None
        self._survey = Survey(self._execution, self.preprocessing, self._name)
        self._answers: dict[str, Answer] = {}
        self._relied_on: set[str] = set()

    def was_changed(self) -> bool:
        """Tell whether the network was changed by somebody since the last pass was made here."""
        passes, state = self._left
        return passes > 0 and state_digest(self.network) != state

    @contextmanager
    def _passing(self) -> Iterator[None]:
        """Note the state that passes leave the network in: what they change themselves is no change of the network."""
        try:
            yield
        finally:
            if self._execution.passes != self._left[0]:
                self._left = self._execution.passes, state_digest(self.network)

    @property
    def way(self) -> Way | None:
        """How the network is run; None before the first image."""
        return self._execution.way

    @property
    def outline(self) -> tuple[float, ...]:
        """Sketch of what the whole network answers to two images; empty before the first image."""
        return self._survey.outline

    def shapes(self, layers: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        """Return the shape of each layer's output for one image.

        Raises
        ------
        OutputError
            A layer's output is not one tensor with one row an image.
        ModelError
            A layer does not exist or is not reached; or the network cannot process an image.

        """
        with self._passing():
            return {layer: self._survey.reading(layer).shape for layer in layers}

    def shapes_of_all(self) -> dict[str, tuple[int, ...]]:
        """Return, for each module that returns one row an image, the shape of its output for one image.

        Raises
        ------
        ModelError
            The network cannot process an image.

        """
        return self._survey.shapes_of_all()

    def answers(self, layers: tuple[str, ...]) -> dict[str, Answer]:
        """Return what layers answer to the images of the probe; each is asked once.

        Raises
        ------
        ModelError
            As :meth:`shapes`.

        """
        with self._passing():
            for kind, some in self._survey.by_kind(layer for layer in layers if layer not in self._answers).items():
                try:
                    self._answers |= self._split(self._ask(self._survey.input(kind), some, count=True), some)
                except _NotReached:
                    if len(some) == 1:
                        self._survey.read_with_others(some[0])
                    for layer in some:
                        self.answers((layer,))
        return {layer: self._answers[layer] for layer in layers}

    def known_answers(self) -> dict[str, Answer]:
        """Return the answers that were asked for until now."""
        return dict(self._answers)

    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Run images through the network.

        Parameters
        ----------
        images
            Read and preprocessed one batch at a time.
        layers
            Names of modules.

        Yields
        ------
        NDArray
            float32, at most 16 x units: the next images' activations, each layer flattened in C order of (channel,
            height, width), layers joined in the order given. Overwritten by the next one.

        Raises
        ------
        ModelError
            As :meth:`shapes`; or what a layer answers to an image is not always the same, before these images or after
            them; or a layer returns other shapes or types for some images.

        """
        with self._passing():
            self._check(layers)
            yield from self._unchecked_batches(images, layers)
            self._check_repeated(layers, f"before and after {len(images)} images")

    def _unchecked_batches(
        self, images: Sequence[StimulusImage], layers: tuple[str, ...]
    ) -> Iterator[NDArray[np.float32]]:
        pixels = self._survey.empty(BATCH_SIZE)
        with self._recorder(layers) as run:
            for start in range(0, len(images), BATCH_SIZE):
                batch = images[start : start + BATCH_SIZE]
                for row, image in enumerate(batch):
                    self.preprocessing(image.pixels(), pixels[row])
                pixels[len(batch) :] = pixels[len(batch) - 1]  # the batch stays full, whatever the number of images
                yield run(pixels)[: len(batch)]

    def _check(self, layers: tuple[str, ...]) -> None:
        """Check, once for each layer, that its answers are repeatable and independent of the rest of the batch."""
        answers = self.answers(layers)
        unknown = tuple(layer for layer in layers if layer not in self._relied_on)
        in_company: dict[str, Answer] = {}
        for kind, some in self._survey.by_kind(unknown).items():
            with suppress(_NotReached):  # told where it happens, should it happen for the images that count
                in_company |= self._split(self._ask(in_other_company(self._survey.input(kind)), some), some)
        state = state_digest(self.network)
        self._check_repeated(unknown, "in two passes")
        if unknown and state_digest(self.network) != state:  # counts, perhaps, what matters once in a while
            for _ in range(FURTHER_PASSES):
                self._check_repeated(unknown, "in several passes")
        for layer, seen in in_company.items():
            types = [self.dtype, self._survey.reading(layer).dtype]
            coarse = any(each.is_floating_point and torch.finfo(each).bits < _SINGLE for each in types)
            check_company(answers[layer], seen, self._survey.called(layer), coarse=coarse)
        self._relied_on.update(unknown)

    def _check_repeated(self, layers: tuple[str, ...], when: str) -> None:
        for kind, some in self._survey.by_kind(layers).items():
            own = generators_of(self.network)
            before = drawn(own)
            again = self._ask(self._survey.input(kind), some)
            check_undrawn(before, drawn(own), self._survey.called(some[-1]))
            for layer, seen in self._split(again, some).items():
                check_repeated(self._answers[layer], seen, self._survey.called(layer), when)

    def _ask(self, pixels: NDArray[np.float32], layers: tuple[str, ...], *, count: bool = False) -> NDArray[np.float32]:
        with self._recorder(layers, count=count) as run:
            return run(pixels)

    @contextmanager
    def _recorder(
        self, layers: tuple[str, ...], *, count: bool = False
    ) -> Iterator[Callable[[NDArray[np.float32]], NDArray[np.float32]]]:
        """Have a function that returns the activations of layers for one batch, in a buffer of its own.

        With `count`, layers whose last use counts must be used as often as was found out.
        """
        readings = {layer: self._survey.reading(layer) for layer in layers}
        whole = count and any(reading.last_of_several for reading in readings.values())
        sizes = [math.prod(reading.shape) for reading in readings.values()]
        stops = np.cumsum(sizes)
        recorded = torch.empty((BATCH_SIZE, sum(sizes)), dtype=torch.float32)
        views = {
            layer: recorded[:, stop - size : stop].view(BATCH_SIZE, *reading.shape)
            for (layer, reading), stop, size in zip(readings.items(), stops.tolist(), sizes, strict=True)
        }
        seen: dict[str, int] = {}

        def keep(layer: str) -> Hook:
            def hook(_module: nn.Module, _inputs: object, output: object) -> None:
                seen[layer] = seen.get(layer, 0) + 1
                if seen[layer] != readings[layer].calls:
                    return
                # Copied at once, into C order: what follows may change the tensor in place.
                views[layer].copy_(self._checked(layer, output))
                if not whole and all(seen.get(other, 0) >= readings[other].calls for other in layers):
                    raise AllRecorded

            return hook

        def run(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
            seen.clear()
            with self._survey.blaming():
                self._execution.forward(pixels)
            for layer in layers:
                uses, expected = seen.get(layer, 0), readings[layer].calls
                if uses < expected or (whole and readings[layer].last_of_several and uses > expected):
                    raise _NotReached(
                        f"{self._survey.called(layer)} is used more often for some images than for others; name a "
                        "layer that is always used alike."
                    )
            return recorded.numpy()

        with hooks({layer: self._survey.module(layer) for layer in layers}, keep):
            yield run

    def _checked(self, layer: str, output: object) -> torch.Tensor:
        """Return the output of a layer for a batch; OutputError unless it is as the first images said."""
        tensor = rows_of(output, BATCH_SIZE, self._survey.called(layer))
        reading = self._survey.reading(layer)
        if tuple(tensor.shape[1:]) != reading.shape or tensor.dtype != reading.dtype:
            raise OutputError(
                f"{self._survey.called(layer)} returns {tuple(tensor.shape[1:])} ({tensor.dtype}) for some images and "
                f"{reading.shape} ({reading.dtype}) for others; name a layer that always returns the same."
            )
        return tensor.detach()

    def _split(self, responses: NDArray[np.float32], layers: tuple[str, ...]) -> dict[str, Answer]:
        stops = np.cumsum([math.prod(self._survey.reading(layer).shape) for layer in layers])
        parts = np.split(responses, stops[:-1], axis=1)
        return {layer: answer(part) for layer, part in zip(layers, parts, strict=True)}


class _NotReached(ModelError):
    """A batch did not use a layer as often as others do."""
