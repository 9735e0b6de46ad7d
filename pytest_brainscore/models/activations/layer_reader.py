"""What reads named layers: the one way to responses of layers, by way of a store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.layout import LayerLayouts, layout_of
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
from pytest_brainscore.models.activations.reductions import Reduced, reduce_layer, reduced_batches
from pytest_brainscore.models.activations.stored_responses import ResponseSource, Some, stored_responses
from pytest_brainscore.models.commitment.layer_name import parse_layer, split_keys, unknown_word

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet


class OutputError(ModelError):
    """What a layer returns cannot be taken for responses."""


@dataclass(frozen=True)
class ReaderDescription:
    """What responses of layers depend on besides layers and stimuli, as plain values for the report."""

    weights_sha256: str
    """Digest of the weights' content."""
    preprocessing: dict[str, str | int | float | list[float]]
    """How an image becomes the input."""
    device: str
    """Where layers are computed."""
    probe: dict[str, list[float]] = field(default_factory=dict)
    """Sketch of what layers answered to a few fixed images, which tells whether two processes had the same network."""
    weights_from: str | None = None
    """The weights' name, or file and place in it; None where the network came with its own."""
    remarks: list[str] = field(default_factory=list)
    """What a reader should know of how it ran, for example that memory ran out."""


class LayerReader(ABC):
    """Reads named layers of a network, or of anything else that answers to images.

    Models of layers have one, :attr:`~pytest_brainscore.models.interface.CanReadLayers.reader`. To make something else
    readable, say which layers it has (:meth:`names`, :meth:`candidates`, :meth:`shapes`), what they answer
    (:meth:`batches`) and what that depends on (:meth:`ingredients`, :meth:`description`); :meth:`read` then keeps
    responses in the store, and takes them from there. These know whole layers only: reductions, which are part of a
    layer's name (see ``commitment.layer_name``), are carried out by :meth:`read`.

    Parameters
    ----------
    name
        Name of the model, for errors.
    store
        Where responses are kept.

    """

    axis_names: Mapping[int, tuple[str, ...]] = MappingProxyType({})
    """Coordinate for each axis of a layer's output, by number of axes; found from its shape where it is not there."""
    batch_size: int = 1
    """Stimuli that are processed together; blocks of the store are whole batches."""
    output: str | None = None
    """The layer that stands for what the whole network returns; None where there is nothing of the kind."""

    def __init__(self, name: str, store: ActivationStore) -> None:
        self.name = name
        self.store = store

    def read(
        self,
        layers: tuple[str, ...],
        stimuli: StimulusSet,
        *,
        neuroids: NDArray[np.intp] | None = None,
        maximum_over: int = 1,
    ) -> NDArray[np.float32]:
        """Return responses of layers, from the store as far as they are in it.

        Parameters
        ----------
        layers
            Names of layers; their units are joined in this order, each layer flattened in C order.
        stimuli
            Stimuli on the model's screen; their number is a multiple of `maximum_over`.
        neuroids
            Units to return, by their number; all where None.
        maximum_over
            Take the maximum over each run of so many consecutive stimuli.

        Returns
        -------
        NDArray
            float32, (stimuli / `maximum_over`) x units, not writable. Only this is kept in memory or stored.

        Raises
        ------
        ModelError
            A layer does not exist or cannot be read, or its answers cannot be relied on.
        NoNumber
            Responses are not finite.

        """
        return stored_responses(self.source(layers), self.store, self.prepare(stimuli), neuroids, maximum_over)

    def prepare(self, stimuli: StimulusSet) -> StimulusSet:
        """Return the stimuli as :meth:`batches` takes their images: as they are, where these are all that matters."""
        return stimuli

    def source(self, layers: tuple[str, ...]) -> ResponseSource:
        """Return what responds with the units of layers, for the store; errors as for :meth:`read`."""
        shapes, parts = self._parts(layers)
        whole = tuple(shapes)
        reduced = {layer: left.ingredients for layer, (_, left) in parts.items() if left.ingredients is not None}

        def batches(images: Sequence[StimulusImage]) -> Iterator[NDArray[np.float32]]:
            if whole == layers:
                return self.batches(images, whole)
            return reduced_batches(self.batches(images, whole), shapes, parts)

        return ResponseSource(
            self.name,
            {layer: left.layout.size for layer, (_, left) in parts.items()},
            {**self.ingredients(whole), "layers": list(layers), **({"reduced": reduced} if reduced else {})},
            self.batch_size,
            batches,
            self.some(layers) if whole == layers else None,
        )

    def some(self, layers: tuple[str, ...]) -> Callable[[Sequence[StimulusImage], NDArray[np.intp]], Some] | None:
        """Return what reads some units of layers for less than all of them; None where nothing does."""
        return None

    def by_units(
        self, layers: tuple[str, ...], stimuli: StimulusSet, maximum_over: int = 1
    ) -> Callable[[NDArray[np.intp]], NDArray[np.float32]] | None:
        """Show stimuli, and return what returns the responses of any units; None where each :meth:`read` shows anew.

        Parameters are those of :meth:`read`, units those of its `neuroids`.
        """
        return None

    def layouts(self, layers: tuple[str, ...]) -> LayerLayouts:
        """Return shape and coordinates of what is answered for each layer, reduced; errors as for :meth:`read`."""
        return {layer: left.layout for layer, (_, left) in self._parts(layers)[1].items()}

    def _parts(self, layers: tuple[str, ...]) -> tuple[LayerShapes, dict[str, tuple[str, Reduced]]]:
        """Return the shapes of what is to be read, and for each layer what of that, and what is left of it."""
        names = {layer: parse_layer(layer) for layer in layers}
        read = {layer: name.read(self.output) for layer, name in names.items()}
        shapes = self.shapes(tuple(dict.fromkeys(read.values())))
        layouts = {whole: layout_of(shape, self.axis_names) for whole, shape in shapes.items()}
        return shapes, {
            layer: (whole, reduce_layer(layouts[whole], names[layer].reductions, f"layer {whole} of {self.name}"))
            for layer, whole in read.items()
        }

    def _refuse_keys(self, layers: tuple[str, ...]) -> None:
        """Refuse words that are no reductions, for readers whose layers have no parts."""
        for layer in layers:
            name, keys = split_keys(layer)
            if keys and layer not in self.names():
                raise unknown_word(keys[0], f"Layer {name} of {self.name}", ())

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of all layers that there are, in the order of their definition; nothing is run."""

    @abstractmethod
    def candidates(self) -> dict[str, tuple[int, ...]]:
        """Return the layers that can be chosen among for a region, with the shape of their response to one stimulus.

        In the order of their definition; empty where there is nothing to choose.

        Raises
        ------
        ModelError
            Not even one image can be processed.

        """

    @abstractmethod
    def shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        """Return the shape of each layer's response to one stimulus; errors as for :meth:`read`."""

    @abstractmethod
    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Yield responses in the order of the images: some images x all units of the layers.

        An array may be overwritten by the next one. Errors as for :meth:`read`.
        """

    @abstractmethod
    def ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        """Return what responses depend on besides the names of layers and stimuli, as plain JSON values.

        Part of the key that they are stored under. What is found out by running a network is found out for all layers
        at once.
        """

    @abstractmethod
    def description(self) -> ReaderDescription:
        """Return what responses depend on, for the report."""


def some_of(layers: Sequence[str], count: int = 5) -> list[str]:
    """Return a few layer names spread over the depth of a network, for an error."""
    last = len(layers) - 1
    return list(dict.fromkeys(layers[round(last * step / (count - 1))] for step in range(count))) if layers else []


def reader_of(model: object) -> LayerReader | None:
    """Return what reads the layers of a model; None where it has nothing of the kind.

    Parameters
    ----------
    model
        Any brain model; asked by way of :class:`~pytest_brainscore.models.interface.CanReadLayers`.

    """
    reader = getattr(model, "reader", None)
    return reader if isinstance(reader, LayerReader) else None
