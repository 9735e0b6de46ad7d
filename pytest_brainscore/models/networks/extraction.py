"""Activations of a network's layers, in batches, without running more of the network than needed."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage
from pytest_brainscore.models.networks.fields.tracing import Route, trace
from pytest_brainscore.models.networks.fields.windows import Window, find_window
from pytest_brainscore.models.networks.inputs import take_in
from pytest_brainscore.models.networks.out_of_memory import OutOfMemory, memory_ran_out
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.answers import Answer, answer, same_rounded
from pytest_brainscore.models.networks.probing.attributes import generators_of, state_digest
from pytest_brainscore.models.networks.probing.execution import Execution, Way, is_lazy
from pytest_brainscore.models.networks.probing.images import COUNT, in_other_company
from pytest_brainscore.models.networks.probing.reliability import check_company, check_repeated, check_undrawn
from pytest_brainscore.models.networks.probing.survey import Reading, Survey
from pytest_brainscore.models.networks.reading_ahead import input_batches
from pytest_brainscore.models.networks.recorder import NotReached, Recorder, Recording, recorder
from pytest_brainscore.models.networks.seeding import drawn
from pytest_brainscore.models.networks.shared_inputs import SharedInputs

EXTRACTION_VERSION = 2
"""Raise it whenever the same network and images give other activations, or what is asked of a network changes."""
BATCH_BYTES = 256 * 2**20
"""Responses of a batch, at most, roughly, where it may be smaller than others: a process has two in memory."""
FURTHER_PASSES = 14
"""Passes more over the probe, for a network that a pass leaves in another state than the one before."""
_BYTES = np.dtype(np.float32).itemsize
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
    amp
        Compute in mixed precision.
    inputs
        Where prepared images are kept for other checkpoints of the network; nowhere where None.

    """

    def __init__(
        self,
        network: nn.Module,
        preprocessing: Preprocessing,
        device: torch.device,
        name: str,
        *,
        amp: bool = False,
        inputs: SharedInputs | None = None,
    ) -> None:
        try:
            self._execution = Execution(network, device, amp=amp)
        except Exception as error:
            if not memory_ran_out(error):
                raise
            raise OutOfMemory(name, device, 0, error) from error
        take_in(self._execution.whole, preprocessing)
        self.network = self._execution.network
        self.preprocessing = preprocessing
        self.device = device
        self.dtype = self._execution.dtype
        self.batch_size = self._execution.feeding.batch
        """Images in a batch, at most."""
        self.amp = amp
        self._input_batches = partial(inputs.batches, preprocessing) if inputs else input_batches
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
        self._asked_at_once: dict[str, int] = {}
        self._probe_sized: set[str] = set()
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
    def at_once(self) -> int:
        """Images that go through the network at once, at most: fewer than in a batch once memory has run out."""
        return self._execution.most

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
                    self._asked_at_once |= dict.fromkeys(some, self._probe_at_once)
                except NotReached:
                    if len(some) == 1:
                        self._survey.read_with_others(some[0])
                    for layer in some:
                        self.answers((layer,))
        return {layer: self._answers[layer] for layer in layers}

    def known_answers(self) -> dict[str, Answer]:
        """Return the answers that were asked for until now."""
        return dict(self._answers)

    def batches(
        self, images: Sequence[StimulusImage], layers: tuple[str, ...], window: Window | None = None
    ) -> Iterator[NDArray[np.float32]]:
        """Run images through the network.

        Parameters
        ----------
        images
            Read and preprocessed one batch at a time.
        layers
            Names of modules.
        window
            Run only this part of each image.

        Yields
        ------
        NDArray
            float32, at most :attr:`batch_size` x units: the next images' activations, each layer flattened in C order
            of (channel, height, width), layers joined in the order given. Overwritten by the next one.

        Raises
        ------
        ModelError
            As :meth:`shapes`; or what a layer answers to an image is not always the same, before these images or after
            them; or a layer returns other shapes or types for some images.

        """
        with self._passing():
            self._check(layers)
            yield from self._unchecked_batches(images, layers, window)
            self._check_repeated(layers, f"before and after {len(images)} images")

    def route(self, layers: tuple[str, ...]) -> Route:
        """Return the way from an image to layers; NoRoute where units may see all of the image, or that is not known.

        Errors as :meth:`shapes`.
        """
        with self._passing():
            self._readings(layers)
            pixels = self._survey.input("mixed")[[0, -1]]
            return trace(self._survey, self._execution, layers, pixels)

    def window(self, route: Route, neuroids: NDArray[np.intp]) -> Window:
        """Return the part of an image that units of some layers see; NoRoute where there is no such part."""
        with self._passing():
            return find_window(self._survey, self._execution, self.preprocessing, route, neuroids)

    def agrees(
        self,
        images: Sequence[StimulusImage],
        layers: tuple[str, ...],
        window: Window,
        neuroids: NDArray[np.intp],
    ) -> bool:
        """Tell whether units answer to a window of each of some images as they do to the whole, bit for bit."""
        with self._passing():
            self._check(layers)
            for whole, part in zip(
                self._unchecked_batches(images, layers), self._unchecked_batches(images, layers, window), strict=True
            ):
                if whole[:, neuroids].tobytes() != part[:, window.units].tobytes():
                    return False
        return True

    def _unchecked_batches(
        self, images: Sequence[StimulusImage], layers: tuple[str, ...], window: Window | None = None
    ) -> Iterator[NDArray[np.float32]]:
        feeding, rows = self._execution.feeding, self._rows(layers)
        shape = window.prepare.shape if window else self._survey.empty(0).shape[1:3]
        rooms = [
            self._execution.transfers.room(rows, *shape, 3) for _ in range(feeding.ahead + 2 if feeding.readers else 1)
        ]
        readings = window.readings if window else self._readings(layers)
        launched: deque[tuple[Recording, int]] = deque()

        def prepare(image: StimulusImage, room: NDArray[np.float32]) -> None:
            self.preprocessing(image.pixels(), room)

        with recorder(self._survey, self._execution, readings, rows, rooms=feeding.ahead + 1) as run:
            read = (
                input_batches(images, rooms, window.prepare, feeding.readers)
                if window
                else self._input_batches(images, rooms, prepare, feeding.readers)
            )
            with closing(read) as inputs:
                for pixels, count in inputs:
                    launched.append((run.begin(pixels), count))
                    if len(launched) > feeding.ahead:
                        recording, counts = launched.popleft()
                        yield run.wait(recording)[:counts]
            for recording, counts in launched:
                yield run.wait(recording)[:counts]

    def _rows(self, layers: tuple[str, ...]) -> int:
        """Return how many images a batch has: fewer where responses are large, as many as the probe at least."""
        rows = self.batch_size
        units = sum(math.prod(self._survey.reading(layer).shape) for layer in layers)
        while rows > COUNT and rows * units * _BYTES > BATCH_BYTES:
            rows //= 2
        return rows if self._probe_sized.isdisjoint(layers) else COUNT

    def _check_size(self, layers: tuple[str, ...]) -> None:
        """See whether layers answer in a larger batch as in one of the probe's size, which they get otherwise."""
        several = self._rows(layers) // COUNT
        for kind, some in self._survey.by_kind(layers).items() if several > 1 else ():
            with suppress(NotReached), self._recorder(some, several * COUNT) as run:
                parts = np.split(run.run(np.tile(self._survey.input(kind), (several, 1, 1, 1))), several)
                for part in (parts[0], parts[-1]):
                    for layer, seen in self._split(part, some).items():
                        if not same_rounded(self._answers[layer].sample, seen.sample, coarse=self._is_coarse(layer)):
                            self._probe_sized.add(layer)

    def _check(self, layers: tuple[str, ...]) -> None:
        """Check, once for each layer, that its answers are repeatable and independent of the rest of the batch."""
        answers = self.answers(layers)
        unknown = tuple(layer for layer in layers if layer not in self._relied_on)
        in_company: dict[str, Answer] = {}
        for kind, some in self._survey.by_kind(unknown).items():
            with suppress(NotReached):  # told where it happens, should it happen for the images that count
                in_company |= self._split(self._ask(in_other_company(self._survey.input(kind)), some), some)
        state = state_digest(self.network)
        self._check_repeated(unknown, "in two passes")
        if unknown and state_digest(self.network) != state:  # counts, perhaps, what matters once in a while
            for _ in range(FURTHER_PASSES):
                self._check_repeated(unknown, "in several passes")
        for layer, seen in in_company.items():
            check_company(answers[layer], seen, self._survey.called(layer), coarse=self._is_coarse(layer))
        self._relied_on.update(unknown)
        self._check_size(unknown)

    def _is_coarse(self, layer: str) -> bool:
        """Tell whether a layer answers with numbers of 16 bits or fewer, or its network computes with such."""
        types = [self.dtype, self._survey.reading(layer).dtype]
        return self.amp or any(each.is_floating_point and torch.finfo(each).bits < _SINGLE for each in types)

    def _check_repeated(self, layers: tuple[str, ...], when: str) -> None:
        for kind, some in self._survey.by_kind(layers).items():
            own = generators_of(self.network)
            before = drawn(own)
            again = self._ask(self._survey.input(kind), some)
            check_undrawn(before, drawn(own), self._survey.called(some[-1]))
            for layer, seen in self._split(again, some).items():
                known = self._answers[layer]
                if self._asked_at_once[layer] != self._probe_at_once and same_rounded(
                    known.sample, seen.sample, coarse=self._is_coarse(layer)
                ):
                    continue  # memory ran out in between
                check_repeated(known, seen, self._survey.called(layer), when)

    @property
    def _probe_at_once(self) -> int:
        """How many images of the probe go through at once."""
        return min(COUNT, self._execution.most)

    def _ask(self, pixels: NDArray[np.float32], layers: tuple[str, ...], *, count: bool = False) -> NDArray[np.float32]:
        with self._recorder(layers, len(pixels), count=count) as run:
            return run.run(pixels)

    def _recorder(self, layers: tuple[str, ...], rows: int, *, count: bool = False) -> AbstractContextManager[Recorder]:
        return recorder(self._survey, self._execution, self._readings(layers), rows, count=count)

    def _readings(self, layers: tuple[str, ...]) -> dict[str, Reading]:
        return {layer: self._survey.reading(layer) for layer in layers}

    def _split(self, responses: NDArray[np.float32], layers: tuple[str, ...]) -> dict[str, Answer]:
        stops = np.cumsum([math.prod(self._survey.reading(layer).shape) for layer in layers])
        parts = np.split(responses, stops[:-1], axis=1)
        return {layer: answer(part) for layer, part in zip(layers, parts, strict=True)}
