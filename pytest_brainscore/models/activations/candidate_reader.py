"""Candidate layers: read together, in one pass over each stimulus set, and answered with one by one.

All layers go to the activation store under the keys of models that are committed to them, so that scoring the chosen
layer later runs the network no more.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.layer_pca import LayerPCA, fit_layer_pca, fitting_digest, fitting_images
from pytest_brainscore.models.activations.layer_reader import LayerReader, ReaderDescription
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
from pytest_brainscore.models.activations.storage.entries import used
from pytest_brainscore.models.activations.storage.room import free_space
from pytest_brainscore.models.activations.stored_responses import ResponseSource, stored_responses

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusImage, StimulusSet

_BYTES: Final = np.dtype(np.float32).itemsize


class CandidateReader(LayerReader):
    """Reads one of some layers by reading all of them, or their principal components.

    Parameters
    ----------
    name
        Name of the model, for errors.
    reader
        Reads the layers. Its store must keep what it is given.
    layers
        Names of the layers, in the order of the candidates.
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
        A layer cannot be read, the store keeps nothing, or images are lacking.

    """

    def __init__(
        self,
        name: str,
        reader: LayerReader,
        layers: Sequence[str],
        *,
        components: int = 0,
        fitted_to: StimulusSet | None = None,
        progress: bool = False,
    ) -> None:
        super().__init__(name, reader.store)
        if self.store.mode == "off":
            raise ModelError(f"Layers of {reader.name} are compared from stored activations; load it with a store.")
        self.layers = tuple(layers)
        self.batch_size = reader.batch_size
        self.axis_names = reader.axis_names
        self.output = reader.output
        self.components = components
        self._reader = reader
        self._progress = progress
        self._passed: set[str] = set()
        self._fitted_to = (
            fitting_images(reader.prepare(fitted_to), components) if components and fitted_to is not None else None
        )
        if components and self._fitted_to is None:
            raise ModelError(f"{components} principal components need images to be fitted to; give images of ImageNet.")
        self._pca: tuple[str, LayerPCA] | None = None
        reader.source(self.layers)  # all at once: later, each finds its own

    @property
    def fitted_to(self) -> str:
        """Digest of the images that components are fitted to; empty where there are none."""
        return self._fitted_to.digest() if self._fitted_to is not None else ""

    def read(
        self,
        layers: tuple[str, ...],
        stimuli: StimulusSet,
        *,
        neuroids: NDArray[np.intp] | None = None,
        maximum_over: int = 1,
    ) -> NDArray[np.float32]:
        """Return responses of one of the layers, or its components; all of them are stored."""
        source = self.source(layers)
        stimuli = self._reader.prepare(stimuli)
        if self._fitted_to is None or source.sizes[layers[0]] <= self.components:
            if neuroids is None and maximum_over == 1:
                self._pass(stimuli)
            return stored_responses(source, self.store, stimuli, neuroids, maximum_over)
        numbered = _numbered(stimuli)

        def batches(images: Sequence[StimulusImage]) -> Iterator[NDArray[np.float32]]:
            self._pass(stimuli)
            responses = stored_responses(source, self.store, stimuli)
            yield self._fitted(source).transform(responses[_rows_of(images)])

        reduced = replace(
            source,
            sizes={layers[0]: self.components},
            ingredients={**source.ingredients, "pca": fitting_digest(self._fitted_to, self.components)},
            batches=batches,
        )
        return stored_responses(reduced, self.store, numbered, neuroids, maximum_over)

    def names(self) -> list[str]:
        """Return the names of the candidates."""
        return list(self.layers)

    def candidates(self) -> dict[str, tuple[int, ...]]:
        """Return the candidates with the shape of their response to one stimulus."""
        return {layer: layout.shape for layer, layout in self.layouts(self.layers).items()}

    def shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        """Return the shape of each whole layer's response to one stimulus."""
        return self._reader.shapes(layers)

    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Yield whole responses."""
        return self._reader.batches(images, layers)

    def ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        """Return what whole responses depend on."""
        return self._reader.ingredients(layers)

    def description(self) -> ReaderDescription:
        """Return what responses depend on."""
        return self._reader.description()

    def _fitted(self, source: ResponseSource) -> LayerPCA:
        """Return the components of a layer; those of the last one are kept."""
        (layer,) = source.sizes
        if self._pca is None or self._pca[0] != layer:
            assert self._fitted_to is not None
            self._pass(self._fitted_to)
            responses = stored_responses(source, self.store, self._fitted_to)
            self._pca = (layer, fit_layer_pca(responses, self.components))
        return self._pca[1]

    def _pass(self, stimuli: StimulusSet) -> None:
        """Store all candidates' responses; the network runs at most once."""
        digest = stimuli.digest()
        if digest in self._passed:
            return
        numbered = _numbered(stimuli)
        with tempfile.TemporaryDirectory(prefix="pass-", dir=self._pass_folder()) as folder, used(Path(folder)):
            run: _Pass | None = None
            for number, layer in enumerate(self.layers):

                def batches(
                    images: Sequence[StimulusImage], number: int = number, layer: str = layer
                ) -> Iterator[NDArray[np.float32]]:
                    # Layers before this one are stored already. Without any that lack, nothing runs.
                    nonlocal run
                    if run is None:
                        source = self.source(self.layers[number:])
                        run = _Pass(source, stimuli, Path(folder), self._progress)
                    yield run.rows(layer, _rows_of(images))

                stored_responses(replace(self.source((layer,)), batches=batches), self.store, numbered)
                if run is not None:
                    run.forget(layer)
        self._passed.add(digest)

    def _pass_folder(self) -> Path:
        try:
            self.store.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ModelError(
                f"Activations cannot be stored under {self.store.folder} ({error.strerror}); set BRAINSCORE_HOME to a "
                "folder with space that can be written."
            ) from error
        return self.store.folder


class _Pass:
    """One pass over stimuli: the responses of all layers, each in a file, until they are in the store."""

    def __init__(self, source: ResponseSource, stimuli: StimulusSet, folder: Path, progress: bool) -> None:
        needed = _BYTES * len(stimuli) * (sum(source.sizes.values()) + max(source.sizes.values()))
        free = shutil.disk_usage(folder).free
        if needed > free and free_space(folder.parent, needed - free):
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
