"""Reads the layers of a PyTorch network."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL
import torch
from numpy.typing import NDArray

from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.layer_reader import LayerReader, ReaderDescription
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
from pytest_brainscore.models.activations.stored_responses import Some
from pytest_brainscore.models.networks.extraction import EXTRACTION_VERSION, LayerExtractor
from pytest_brainscore.models.networks.fields.packed_reading import read_packed
from pytest_brainscore.models.networks.fields.packing import pack
from pytest_brainscore.models.networks.fields.part_reading import PartReading
from pytest_brainscore.models.networks.fields.tracing import NoRoute
from pytest_brainscore.models.networks.identity import architecture_digest, state_dict_sha256
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.attributes import attributes_digest
from pytest_brainscore.models.networks.probing.execution import REDUCED
from pytest_brainscore.models.networks.probing.survey import OUTPUT
from pytest_brainscore.models.networks.shared_inputs import SharedInputs

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet

WHOLE = "whole network"
"""Stands for what the network returns, among the layers that were asked with the probe."""


class NetworkReader(LayerReader):
    """Reads the modules of a network, which may be changed between two readings: it is identified anew then.

    Parameters
    ----------
    name
        Name of the model, for errors.
    network
        Put in evaluation mode, frozen, and moved to `device`.
    preprocessing
        From pixels to the network's input.
    device
        Where the network runs.
    store
        Where activations are kept.
    sources
        Files whose text the network depends on besides those of its modules' classes.
    weights_from
        Name of the weights, or their file and the place in it; empty where the network came with its own.
    amp
        Compute in mixed precision.
    inputs
        Where prepared images are kept for other checkpoints of the network; nowhere where None.

    """

    output = OUTPUT

    def __init__(
        self,
        name: str,
        network: torch.nn.Module,
        *,
        preprocessing: Preprocessing,
        device: torch.device,
        store: ActivationStore,
        sources: Sequence[Path] = (),
        weights_from: str = "",
        amp: bool = False,
        inputs: SharedInputs | None = None,
    ) -> None:
        super().__init__(name, store)
        self._extractor = LayerExtractor(network, preprocessing, device, name, amp=amp, inputs=inputs)
        self.batch_size = self._extractor.batch_size
        self._warned = ""
        self._weights_from = weights_from
        self._sources = tuple(sources)
        self._identify()

    @property
    def network(self) -> torch.nn.Module:
        """The network, as it is run."""
        return self._extractor.network

    @property
    def preprocessing(self) -> Preprocessing:
        """From pixels to the network's input."""
        return self._extractor.preprocessing

    @property
    def device(self) -> torch.device:
        """Where the network runs."""
        return self._extractor.device

    @property
    def way(self) -> str | None:
        """How the network is run: ``channels_last``, or as it allows; None before the first image."""
        return self._extractor.way

    def names(self) -> list[str]:
        """Return the names of all modules, in the order of the network's definition; nothing is run."""
        return [name for name, _ in self.network.named_modules() if name]

    def candidates(self) -> dict[str, tuple[int, ...]]:
        """Return the modules that take part in a forward pass and return one tensor with one row an image."""
        return {name: shape for name, shape in self._extractor.shapes_of_all().items() if shape}

    def shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        """Return the shape of each layer's output for one image."""
        if self._extractor.was_changed():  # by somebody who holds the network, for example to lesion it
            self._extractor.forget()
            self._identify()
        return self._extractor.shapes(layers)

    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Yield outputs, after the network has shown that its answers can be relied on."""
        yield from self._extractor.batches(images, layers)
        for remark in self._remarks():
            if remark != self._warned:
                self._warned = remark
                warnings.warn(f"{self.name}: {remark}", stacklevel=2)

    def some(self, layers: tuple[str, ...]) -> Callable[[Sequence[StimulusImage], NDArray[np.intp]], Some] | None:
        """Return what runs only the part of images that some units see, where that gives the same, bit for bit."""
        return PartReading(self._extractor, layers)

    def by_units(
        self, layers: tuple[str, ...], stimuli: StimulusSet, maximum_over: int = 1
    ) -> Callable[[NDArray[np.intp]], NDArray[np.float32]] | None:
        """Show small stimuli, several on an image, where units of the layers get the same from that, bit for bit."""
        source = self.source(layers)
        if source.some is None:  # what is read is not the layers themselves
            return None
        try:
            packing = pack(stimuli, maximum_over, self.preprocessing, self._extractor.route(layers))
        except NoRoute:
            return None
        return None if packing is None else read_packed(source, self.store, stimuli, packing, maximum_over)

    def ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        """Return what outputs depend on: the network, how it is run, and what layers answered to the probe."""
        answers = self._extractor.answers(layers)
        return {
            "probe": {layer: answer.digest for layer, answer in answers.items()},
            "run": self.way,
            "weights": self._weights_sha256,
            "architecture": self._architecture,
            "attributes": self._attributes,
            "preprocessing": self.preprocessing.description(),
            "dtype": str(self._extractor.dtype),
            "batch_size": self.batch_size,
            "device": self.device.type,
            **self._amp(),
            "extraction_version": EXTRACTION_VERSION,
            "torch": torch.__version__,
            "pillow": PIL.__version__,
        }

    def description(self) -> ReaderDescription:
        """Return what outputs depend on, for the report; ``run`` where the network does not allow the usual way."""
        way = {} if self.way in (None, "channels_last") else {"run": f"{self.way}"}
        return ReaderDescription(
            weights_sha256=self._weights_sha256,
            preprocessing={**self.preprocessing.description(), **way, **self._amp()},
            device=str(self.device),
            probe=self._sketches(),
            weights_from=self._weights_from or None,
            remarks=self._remarks(),
        )

    def _amp(self) -> dict[str, str]:
        return {"amp": str(REDUCED).removeprefix("torch.")} if self._extractor.amp else {}

    def _remarks(self) -> list[str]:
        at_once = self._extractor.at_once
        if at_once == self.batch_size:
            return []
        return [
            f"the memory of {self.device} did not suffice for {self.batch_size} images at once, so it ran with "
            f"{at_once}, which changes responses by rounding"
        ]

    def _identify(self) -> None:
        """Note which network this is, as far as can be told without running it."""
        self._weights_sha256 = state_dict_sha256(self.network)
        self._architecture = architecture_digest(self.network, self._sources)
        self._attributes = attributes_digest(self.network)

    def _sketches(self) -> dict[str, list[float]]:
        layers = {layer: list(answer.sketch) for layer, answer in self._extractor.known_answers().items()}
        return {WHOLE: list(self._extractor.outline), **layers} if self._extractor.outline else layers
