"""Reads what functions answer to images, after they have shown that their answers can be relied on."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import PIL
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.layer_reader import LayerReader, OutputError, ReaderDescription, some_of
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
from pytest_brainscore.models.functions.image_function import OUTPUT, ImageFunction
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.answers import Answer, answer
from pytest_brainscore.models.networks.probing.images import COUNT, in_other_company, probe_images
from pytest_brainscore.models.networks.probing.reliability import check_company, check_repeated

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusImage

FUNCTION_VERSION: Final = 1
"""Raise it whenever the same function and images give other responses."""
_AT_ONCE: Final = 16
"""Layers that are asked for together when all are: what they answer is held in memory."""
Ask = Callable[[NDArray[np.float32], tuple[str, ...]], Mapping[str, object]]
"""Answers images (images x rows x columns x channels) with arrays by layer: those asked for, or more."""


class FunctionReader(LayerReader):
    """Reads the layers that a function answers.

    Parameters
    ----------
    name
        Name of the model, for errors.
    ask
        Always given the same number of images.
    preprocessing
        From pixels to the images.
    store
        Where responses are kept.
    layers
        Names of the layers; those that the function answers where empty.
    output
        The layer that holds the outputs for classes; None where there is none.
    identity
        Digest of what the function computes with, for the report.
    ingredients
        What responses depend on besides, as plain JSON values.
    device
        Where it is computed, for the report.
    coarse
        Whether it computes with numbers of 16 bits.

    """

    batch_size = COUNT

    def __init__(
        self,
        name: str,
        ask: Ask,
        *,
        preprocessing: Preprocessing,
        store: ActivationStore,
        layers: Sequence[str] = (),
        output: str | None = None,
        identity: str = "",
        ingredients: Mapping[str, object] | None = None,
        device: str = "cpu",
        coarse: bool = False,
    ) -> None:
        super().__init__(name, store)
        self._ask = ask
        self._declared = list(layers)
        self._output = output
        self.preprocessing = preprocessing
        self._identity = identity
        self._ingredients = dict(ingredients or {})
        self._device = device
        self._coarse = coarse
        self._answers: dict[str, Answer] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}

    @property
    def output(self) -> str | None:  # type: ignore[override]
        """The layer that stands for what the function returns."""
        if self._output is not None or self._declared:
            return self._output
        names = self.names()
        return OUTPUT if OUTPUT in names else names[0] if len(names) == 1 else None

    def names(self) -> list[str]:
        """Return the names of all layers; a function that declares none is asked."""
        return self._declared or list(self._found)

    def candidates(self) -> dict[str, tuple[int, ...]]:
        """Return the layers with the shape of their response to one stimulus."""
        found: dict[str, tuple[int, ...]] = {}
        names = self.names()
        for start in range(0, len(names), _AT_ONCE):
            some = tuple(names[start : start + _AT_ONCE])
            try:
                found |= self.shapes(some)
            except OutputError:  # of one of them, perhaps
                for layer in some:
                    with suppress(OutputError):
                        found |= self.shapes((layer,))
        return {layer: shape for layer, shape in found.items() if shape}

    def shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        """Return the shape of each layer's response to one stimulus."""
        self._refuse_keys(layers)
        for layer in layers:
            if layer not in self.names():
                near = difflib.get_close_matches(layer, self.names(), n=3) or some_of(self.names())
                raise ModelError(f"{self.name} has no layer {layer!r}; did you mean {', '.join(near)}?")
        self._probe(layers)
        return {layer: self._shapes[layer] for layer in layers}

    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Yield responses."""
        self._probe(layers)
        for start in range(0, len(images), COUNT):
            pixels = [image.pixels() for image in images[start : start + COUNT]]
            yield np.concatenate(list(self._answered(self._prepared(pixels), layers).values()), axis=1)[: len(pixels)]
        self._check_repeated(layers, f"before and after {len(images)} images")

    def ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        """Return what responses depend on: the function, and what it answered to the probe."""
        self._probe(layers)
        return {
            "probe": {layer: self._answers[layer].digest for layer in layers},
            "weights": self._identity,
            "preprocessing": self.preprocessing.description(),
            "batch_size": COUNT,
            "function_version": FUNCTION_VERSION,
            "pillow": PIL.__version__,
            **self._ingredients,
        }

    def description(self) -> ReaderDescription:
        """Return what responses depend on, for the report."""
        return ReaderDescription(
            weights_sha256=self._identity,
            preprocessing=self.preprocessing.description(),
            device=self._device,
            probe={layer: list(each.sketch) for layer, each in self._answers.items()},
        )

    @cached_property
    def _found(self) -> dict[str, object]:
        return dict(self._asked(self._prepared(probe_images()["mixed"]), ()))

    def _probe(self, layers: tuple[str, ...]) -> None:
        """Ask about the images of the probe, once for each layer, and check the answers."""
        unknown = tuple(layer for layer in layers if layer not in self._answers)
        if not unknown:
            return
        pixels = self._prepared(probe_images()["mixed"])
        found = self._answered(pixels, unknown)
        self._answers |= {layer: answer(values) for layer, values in found.items()}
        try:
            self._check_repeated(unknown, "in two passes")
            for layer, values in self._answered(in_other_company(pixels), unknown).items():
                check_company(self._answers[layer], answer(values), self._called(layer), coarse=self._coarse)
        except ModelError:
            for layer in unknown:
                del self._answers[layer]
            raise

    def _check_repeated(self, layers: tuple[str, ...], when: str) -> None:
        again = self._answered(self._prepared(probe_images()["mixed"]), layers)
        for layer, values in again.items():
            check_repeated(self._answers[layer], answer(values), self._called(layer), when)

    def _prepared(self, pixels: Sequence[Pixels]) -> NDArray[np.float32]:
        """Return as many images as always, prepared; the last one fills up."""
        size = self.preprocessing.image_size
        prepared = np.empty((COUNT, size, size, 3), np.float32)
        for row, image in enumerate(pixels):
            self.preprocessing(image, prepared[row])
        prepared[len(pixels) :] = prepared[len(pixels) - 1]
        return np.ascontiguousarray(prepared[..., : self.preprocessing.channels])

    def _answered(self, images: NDArray[np.float32], layers: tuple[str, ...]) -> dict[str, NDArray[np.float32]]:
        """Return what layers answer: images x units."""
        answered = self._asked(images, layers)
        found = {}
        for layer in layers:
            if layer not in answered:
                raise OutputError(
                    f"{self._called(layer)} is not always answered; return the same layers for all images."
                )
            values = _numbers(answered[layer], self._called(layer))
            shape = self._shapes.setdefault(layer, values.shape[1:])
            if values.shape[1:] != shape:
                raise OutputError(
                    f"{self._called(layer)} has shape {values.shape[1:]} for some images and {shape} for others; "
                    "return the same shape for all."
                )
            found[layer] = values.reshape(len(values), -1)
        return found

    def _asked(self, images: NDArray[np.float32], layers: tuple[str, ...]) -> Mapping[str, object]:
        try:
            return self._ask(images.copy(), layers)
        except OutputError as error:
            raise OutputError(f"{self.name}: {error}; mend the function.") from error
        except ModelError:
            raise
        except Exception as error:  # the function is the user's code
            _, height, width, channels = images.shape
            raise ModelError(
                f"{self.name} cannot process {len(images)} images of {height} x {width} pixels and {channels} channels "
                f"({type(error).__name__}: {error}); mend it, or image_size and channels in its layer commitment."
            ) from error

    def _called(self, layer: str) -> str:
        return f"Layer {layer} of {self.name}"


def function_reader(
    name: str,
    function: ImageFunction,
    *,
    preprocessing: Preprocessing,
    store: ActivationStore,
    sources: Sequence[Path] = (),
) -> FunctionReader:
    """Return what reads a function.

    Parameters
    ----------
    name
        Name of the model.
    function
        The function with its layers.
    preprocessing
        From pixels to the images.
    store
        Where responses are kept.
    sources
        Files whose text it depends on.

    Raises
    ------
    ModelError
        The layer of its outputs is none of its layers.

    """
    layers = list(function.layers)
    output = function.output or (OUTPUT if OUTPUT in layers else layers[0] if len(layers) == 1 else None)
    if output is not None and layers and output not in layers:
        raise ModelError(f"{name} declares the output {output!r} and no such layer; name one of {', '.join(layers)}.")
    texts = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in sources if path.is_file())
    identity = hashlib.sha256("\n".join([function.version, *texts]).encode()).hexdigest()
    return FunctionReader(
        name,
        lambda images, _: function(images),
        preprocessing=preprocessing,
        store=store,
        layers=layers,
        output=output,
        identity=identity,
    )


def _numbers(value: object, layer: str) -> NDArray[np.float32]:
    """Return what a layer answers as single precision."""
    try:
        array = np.asarray(value)
    except Exception as error:
        raise OutputError(
            f"{layer} answers a {type(value).__name__}, which NumPy makes no array of ({error}); return an array."
        ) from error
    if array.dtype.kind not in "fiub":
        raise OutputError(f"{layer} answers numbers of type {array.dtype}; return real numbers.")
    if array.ndim == 0 or len(array) != COUNT:
        raise OutputError(
            f"{layer} answers shape {array.shape} for {COUNT} images, so its first axis is not the images; return one "
            "row an image."
        )
    return np.ascontiguousarray(array, np.float32)
