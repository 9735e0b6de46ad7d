"""A PyTorch network as a brain model."""

from __future__ import annotations

import hashlib
import inspect
import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL
import torch
from numpy.typing import NDArray

from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
from pytest_brainscore.models.description import ModelDescription
from pytest_brainscore.models.layer_mapped_model import LayerMappedModel, give_layer
from pytest_brainscore.models.networks.extraction import BATCH_SIZE, EXTRACTION_VERSION, LayerExtractor
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.attributes import attributes_digest
from pytest_brainscore.models.networks.probing.survey import OUTPUT, some_of
from pytest_brainscore.models.sources.weights import state_dict_sha256

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet

WHOLE = "whole network"
"""Stands for what the network returns, among the layers that were asked with the probe."""
VERSIONED_PACKAGES = ("torch", "torchvision")
"""Packages whose modules are identified by the version of the package, not by the text of their files."""


class TorchBrainModel(LayerMappedModel):
    """A network whose layers are recorded.

    Parameters
    ----------
    identifier
        Name of the model.
    network
        Put in evaluation mode, frozen, and moved to `device`.
    preprocessing
        From pixels to the network's input.
    layers
        Layers of each region.
    visual_degrees
        Visual angle of the input, in degrees.
    device
        Where the network runs.
    store
        Where activations are kept.
    commitment_file
        Where a layer commitment for this model would lie, for errors.
    sources
        Files whose text the network depends on besides those of its modules' classes.
    weights_from
        Name of the weights, or their file and the place in it; empty where the network came with its own.

    """

    _batch_size = BATCH_SIZE

    def __init__(
        self,
        identifier: str,
        network: torch.nn.Module,
        *,
        preprocessing: Preprocessing,
        layers: Mapping[str, tuple[str, ...]],
        visual_degrees: float,
        device: torch.device,
        store: ActivationStore,
        commitment_file: Path,
        sources: Sequence[Path] = (),
        weights_from: str = "",
    ) -> None:
        super().__init__(identifier, layers, visual_degrees, store)
        self._extractor = LayerExtractor(network, preprocessing, device, identifier)
        self._commitment_file = commitment_file
        self._weights_from = weights_from
        self._sources = tuple(sources)
        self._identify()

    def _identify(self) -> None:
        """Note which network this is, as far as can be told without running it."""
        network = self._extractor.network
        self._weights_sha256 = state_dict_sha256(network)
        self._architecture = architecture_digest(network, self._sources)
        self._attributes = attributes_digest(network)

    def description(self) -> ModelDescription:
        """Return what the model's numbers depend on."""
        return ModelDescription(
            identifier=self.identifier,
            weights_sha256=self._weights_sha256,
            layers=self._described_layers(),
            visual_degrees=self.visual_degrees(),
            preprocessing={
                **self._extractor.preprocessing.description(),
                **self._way_description(),
                **self._decoder_description(),
            },
            device=str(self._extractor.device),
            probe=self._sketches(),
            weights_from=self._weights_from or None,
        )

    def _way_description(self) -> dict[str, str]:
        """Tell how the network is run, where it does not allow the usual way."""
        way = self._extractor.way
        return {} if way in (None, "channels_last") else {"run": f"{way}"}

    def _sketches(self) -> dict[str, list[float]]:
        layers = {layer: list(answer.sketch) for layer, answer in self._extractor.known_answers().items()}
        return {WHOLE: list(self._extractor.outline), **layers} if self._extractor.outline else layers

    def _layer_shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        if self._extractor.was_changed():  # by somebody who holds the network, for example to lesion it
            self._extractor.forget()
            self._identify()
        return self._extractor.shapes(layers)

    def _number_of_outputs(self) -> int | None:
        return math.prod(self._layer_shapes((OUTPUT,))[OUTPUT])

    def _logits(self, stimuli: StimulusSet) -> NDArray[np.float32]:
        return self._record((OUTPUT,), stimuli)

    def _batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        return self._extractor.batches(images, layers)

    def _ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        answers = self._extractor.answers(layers)
        return {
            "probe": {layer: answer.digest for layer, answer in answers.items()},
            "run": self._extractor.way,
            "weights": self._weights_sha256,
            "architecture": self._architecture,
            "attributes": self._attributes,
            "preprocessing": self._extractor.preprocessing.description(),
            "dtype": str(self._extractor.dtype),
            "batch_size": BATCH_SIZE,
            "device": self._extractor.device.type,
            "extraction_version": EXTRACTION_VERSION,
            "torch": torch.__version__,
            "pillow": PIL.__version__,
        }

    def _no_layer(self, region: str) -> str:
        some = some_of([name for name, _ in self._extractor.network.named_modules() if name])
        return (
            f"No layer of {self.identifier} is committed to {region}; {give_layer(region)}, or write "
            f'{self._commitment_file} with [layers] and {region} = "LAYER", where LAYER is for example '
            f"{' or '.join(some)}."
        )


def architecture_digest(network: torch.nn.Module, sources: Sequence[Path] = ()) -> str:
    """Return a digest of what a network computes besides its weights.

    Over the printed structure, the source files of the modules' classes with their bases, and `sources`. Modules of
    PyTorch and torchvision enter by the version of the package. Code in other files that the classes call does not
    enter: the probe tells what it does.
    """
    digest = hashlib.sha256(repr(network).encode())
    packages: set[str] = set()
    files: set[Path | None] = set(sources)
    for module in network.modules():
        for each in type(module).__mro__:
            package = each.__module__.partition(".")[0]
            if package in VERSIONED_PACKAGES:
                packages.add(package)
            elif each is not object:
                files.add(_source_file(each))
    texts = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file is not None)
    versions = sorted(f"{package} {version(package)}" for package in packages)
    # A class typed into a session has no file that could be compared: nothing stored may be taken for its output.
    unknown = [uuid.uuid4().hex] if None in files else []
    digest.update("\n".join([*texts, *versions, *unknown]).encode())
    return digest.hexdigest()


def _source_file(kind: type) -> Path | None:
    try:
        file = inspect.getsourcefile(kind)
    except TypeError:  # defined in a session
        return None
    return Path(file) if file and Path(file).is_file() else None
