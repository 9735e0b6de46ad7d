"""Candidate layers of a network: recorded together, in one pass over each stimulus set, and answered with one by one.

All layers go to the activation store under the keys of models that are committed to them, so that scoring the chosen
layer later runs the network no more.
"""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.layer_pca import LayerPCA, fit_layer_pca, fitting_digest, fitting_images
from pytest_brainscore.models.activations.stored_responses import ResponseSource, stored_responses
from pytest_brainscore.models.commitment.commitment import REGIONS
from pytest_brainscore.models.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.probing.survey import some_of
from pytest_brainscore.models.networks.torch_model import TorchBrainModel

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusImage, StimulusSet
    from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
    from pytest_brainscore.models.description import ModelDescription
    from pytest_brainscore.models.interface import BrainModel

_BYTES: Final = np.dtype(np.float32).itemsize


class CandidateLayers(LayerMappedModel):
    """A network whose candidate layers are recorded together; every region is the layer chosen last.

    Parameters
    ----------
    model
        The network. Its store must keep what it is given.
    layers
        Names of modules, in the order of the candidates.
    visual_degrees
        Visual angle of the input, in degrees; that of `model` where None.
    components
        Answer with so many principal components of layers that have more units; 0 for the units themselves. They are
        fitted to as many images.
    fitted_to
        Images of ImageNet, in folders or with the column ``synset``; needed for `components`.
    progress
        Show how far a pass is.

    Raises
    ------
    ModelError
        `model` is not a network, a layer cannot be read, the store keeps nothing, or images are lacking.

    """

    def __init__(
        self,
        model: BrainModel,
        layers: Sequence[str],
        *,
        visual_degrees: float | None = None,
        components: int = 0,
        fitted_to: StimulusSet | None = None,
        progress: bool = False,
    ) -> None:
        network = require_network(model)
        degrees = network.visual_degrees() if visual_degrees is None else visual_degrees
        suffix = f"-pca_{components}" if components else ""
        super().__init__(f"{network.identifier}{suffix}", {}, degrees, network._store)
        if self._store.mode == "off":
            raise ModelError(
                f"Layers of {network.identifier} are compared from stored activations; load it with a store."
            )
        self.candidates = tuple(layers)
        self._network = network
        self._batch_size = network._batch_size
        self._axis_names = network._axis_names
        self._progress = progress
        self._passed: set[str] = set()
        self._components = components
        self._fitted_to = fitting_images(fitted_to, components) if components and fitted_to is not None else None
        if components and self._fitted_to is None:
            raise ModelError(f"{components} principal components need images to be fitted to; give images of ImageNet.")
        self._pca: tuple[str, LayerPCA] | None = None
        network._extractor.answers(self.candidates)  # all at once: later, each finds its own

    @property
    def commitment_file(self) -> Path:
        """Where the layer commitment of the network lies, or would."""
        return self._network._commitment_file

    @property
    def fitted_to(self) -> str:
        """Digest of the images that components are fitted to; empty where there are none."""
        return self._fitted_to.digest() if self._fitted_to is not None else ""

    @property
    def components(self) -> int:
        """Number of principal components; 0 where units themselves are answered with."""
        return self._components

    def choose(self, layer: str) -> None:
        """Answer with this layer, whatever the region; a recording is to be started after."""
        self._layers = dict.fromkeys(REGIONS, (layer,))

    def description(self) -> ModelDescription:
        """Return what the model's numbers depend on."""
        return replace(self._network.description(), identifier=self.identifier, layers=self._described_layers())

    def _record(
        self,
        layers: tuple[str, ...],
        stimuli: StimulusSet,
        neuroids: NDArray[np.intp] | None = None,
        maximum_over: int = 1,
    ) -> NDArray[np.float32]:
        source = self._source(layers)
        if self._fitted_to is None or source.sizes[layers[0]] <= self._components:
            if neuroids is None and maximum_over == 1:
                self._pass(stimuli)
            return stored_responses(source, self._store, stimuli, neuroids, maximum_over)
        numbered = _numbered(stimuli)

        def batches(images: Sequence[StimulusImage]) -> Iterator[NDArray[np.float32]]:
            self._pass(stimuli)
            responses = stored_responses(source, self._store, stimuli)
            yield self._fitted(source).transform(responses[_rows_of(images)])

        reduced = replace(
            source,
            sizes={layers[0]: self._components},
            ingredients={**source.ingredients, "pca": fitting_digest(self._fitted_to, self._components)},
            batches=batches,
        )
        return stored_responses(reduced, self._store, numbered, neuroids, maximum_over)

    def _fitted(self, source: ResponseSource) -> LayerPCA:
        """Return the components of a layer; those of the last one are kept."""
        (layer,) = source.sizes
        if self._pca is None or self._pca[0] != layer:
            assert self._fitted_to is not None
            self._pass(self._fitted_to)
            responses = stored_responses(source, self._store, self._fitted_to)
            self._pca = (layer, fit_layer_pca(responses, self._components))
        return self._pca[1]

    def _pass(self, stimuli: StimulusSet) -> None:
        """Store all candidates' responses; the network runs at most once."""
        digest = stimuli.digest()
        if digest in self._passed:
            return
        numbered = _numbered(stimuli)
        with tempfile.TemporaryDirectory(prefix="pass-", dir=self._pass_folder()) as folder:
            run: _Pass | None = None
            for number, layer in enumerate(self.candidates):

                def batches(
                    images: Sequence[StimulusImage], number: int = number, layer: str = layer
                ) -> Iterator[NDArray[np.float32]]:
                    # Layers before this one are stored already. Without any that lack, nothing runs.
                    nonlocal run
                    if run is None:
                        source = self._source(self.candidates[number:])
                        run = _Pass(source, stimuli, Path(folder), self._progress)
                    yield run.rows(layer, _rows_of(images))

                stored_responses(replace(self._source((layer,)), batches=batches), self._store, numbered)
                if run is not None:
                    run.forget(layer)
        self._passed.add(digest)

    def _pass_folder(self) -> Path:
        try:
            self._store.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ModelError(
                f"Activations cannot be stored under {self._store.folder} ({error.strerror}); set BRAINSCORE_HOME to a "
                "folder with space that can be written."
            ) from error
        return self._store.folder

    def _layer_shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        return self._network._layer_shapes(layers)

    def _batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        return self._network._batches(images, layers)

    def _ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        return self._network._ingredients(layers)

    def _no_layer(self, region: str) -> str:
        return f"No candidate layer of {self.identifier} is chosen for {region}; call choose first."


class _Pass:
    """One pass over stimuli: the responses of all layers, each in a file, until they are in the store."""

    def __init__(self, source: ResponseSource, stimuli: StimulusSet, folder: Path, progress: bool) -> None:
        needed = _BYTES * len(stimuli) * (sum(source.sizes.values()) + max(source.sizes.values()))
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise ModelError(
                f"The candidate layers of {source.name} take {needed / 1e9:.1f} GB for {stimuli.identifier}, and "
                f"{free / 1e9:.1f} GB are free under {folder.parent}; name fewer layers, or set BRAINSCORE_HOME to a "
                "folder with more space."
            )
        self._files = {layer: folder / f"{number}.f4" for number, layer in enumerate(source.sizes)}
        self._sizes = source.sizes
        opened = [path.open("wb") for path in self._files.values()]
        stops = np.cumsum(list(source.sizes.values())).tolist()
        bar = tqdm(total=len(stimuli), desc=f"{source.name}: {stimuli.identifier}", unit="image", disable=not progress)
        try:
            with bar:
                for batch in source.batches(stimuli.images):
                    for file, stop, size in zip(opened, stops, source.sizes.values(), strict=True):
                        file.write(np.ascontiguousarray(batch[:, stop - size : stop]).data)
                    bar.update(len(batch))
        finally:
            for file in opened:
                file.close()

    def rows(self, layer: str, rows: slice) -> NDArray[np.float32]:
        """Return responses to some stimuli."""
        size = self._sizes[layer]
        return np.fromfile(
            self._files[layer], "<f4", (rows.stop - rows.start) * size, offset=rows.start * size * _BYTES
        ).reshape(-1, size)

    def forget(self, layer: str) -> None:
        """Remove the responses of a layer."""
        self._files[layer].unlink(missing_ok=True)


@dataclass(frozen=True)
class _NumberedImage:
    """An image that knows its row."""

    image: StimulusImage
    row: int

    def pixels(self) -> Pixels:
        return self.image.pixels()

    def digest(self) -> str:
        return self._digest

    @cached_property
    def _digest(self) -> str:
        # The digest of a file reads the file: once for all layers.
        return self.image.digest()


def _numbered(stimuli: StimulusSet) -> StimulusSet:
    return replace(stimuli, images=tuple(_NumberedImage(image, row) for row, image in enumerate(stimuli.images)))


def _rows_of(images: Sequence[StimulusImage]) -> slice:
    """Return the rows of neighbouring images of a numbered stimulus set."""
    rows = [image.row for image in images if isinstance(image, _NumberedImage)]
    return slice(rows[0], rows[-1] + 1)


def require_network(model: BrainModel) -> TorchBrainModel:
    """Return a model whose layers can be read.

    Raises
    ------
    ModelError
        It is a brain model of another kind.

    """
    if not isinstance(model, TorchBrainModel):
        raise ModelError(f"{model.identifier} is no network with layers to choose from; name a network.")
    return model


def layers_with_outputs(model: BrainModel) -> dict[str, tuple[int, ...]]:
    """Return all layers that can be candidates, in the order of the network's definition, with their output's shape.

    These are the modules that take part in a forward pass and return one tensor with one row an image.

    Raises
    ------
    ModelError
        The model is no network, or cannot process an image.

    """
    shapes = require_network(model)._extractor.shapes_of_all()
    return {name: shape for name, shape in shapes.items() if shape}


def matching_layers(model: BrainModel, words: Sequence[str]) -> tuple[str, ...]:
    """Return the layers that names and patterns choose, each once.

    Parameters
    ----------
    model
        A network.
    words
        Names of layers, in the order of the candidates, or patterns, whose layers come in the order of the network.
        ``*``, ``?`` and ``[...]`` stand for letters between two dots, as in paths: ``features.*`` are the children of
        ``features``, not their children.

    Raises
    ------
    ModelError
        A word chooses nothing; the message names layers that come near.

    """
    known = layers_with_outputs(model)
    chosen: list[str] = []
    for word in words:
        found = [word] if word in known else [name for name in known if _matches(name, word)]
        if not found:
            near = difflib.get_close_matches(word, known, n=3) or some_of(list(known))
            raise ModelError(f"{model.identifier} has no layer {word!r}; did you mean {', '.join(near)}?")
        chosen += found
    return tuple(dict.fromkeys(chosen))


def _matches(name: str, pattern: str) -> bool:
    parts, patterns = name.split("."), pattern.split(".")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))
