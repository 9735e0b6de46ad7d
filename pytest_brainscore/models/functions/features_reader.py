"""Features that were computed elsewhere as a model: arrays with one row a stimulus, found by stimulus id."""

from __future__ import annotations

import difflib
import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.layer_reader import LayerReader, ReaderDescription, some_of
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
from pytest_brainscore.models.commitment.commitment import READOUT, REGIONS

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusImage, StimulusSet

IDS: Final = "stimulus_id"
"""Array of the file that names the stimulus of each row."""
_SHOWN: Final = 3


class FeaturesReader(LayerReader):
    """Reads features from a file: ``numpy.savez(path, stimulus_id=IDS, LAYER=ARRAY, ...)``.

    Ids of stimuli are those of the benchmarks' stimulus sets, or, where two sets have the same ids, ``SET/ID``. Images
    are not looked at: on which screen they were shown is the affair of whoever computed the features.

    Parameters
    ----------
    name
        Name of the model, for errors.
    path
        The file.
    store
        Where responses are kept.

    Raises
    ------
    ModelError
        The file cannot be read, has no ids, has an id twice, or an array has not one row an id.

    """

    def __init__(self, name: str, path: Path, store: ActivationStore) -> None:
        super().__init__(name, store)
        self.path = path
        try:
            with path.open("rb") as file:
                self._digest = hashlib.file_digest(file, "sha256").hexdigest()
            with np.load(path, allow_pickle=False) as archive:
                self._arrays = {each: np.asarray(archive[each]) for each in archive.files}
        except (OSError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
            raise ModelError(
                f"The features {path} cannot be read ({error}); write them with numpy.savez({path.name!r}, {IDS}=IDS, "
                "LAYER=ARRAY), numbers and text only."
            ) from error
        if IDS not in self._arrays or len(self._arrays) == 1:
            there = ", ".join(self._arrays) or "nothing"
            raise ModelError(
                f"The features {path} hold {there}; add {IDS!r}, the stimulus of each row, and one array a layer."
            )
        ids = [str(each) for each in self._arrays.pop(IDS).ravel().tolist()]
        self._rows = {each: row for row, each in enumerate(ids)}
        if len(self._rows) < len(ids):
            twice = next(each for row, each in enumerate(ids) if self._rows[each] != row)
            raise ModelError(f"The features {path} have {twice!r} twice in {IDS}; give each stimulus one row.")
        for layer, array in self._arrays.items():
            if array.dtype.kind not in "fiub" or array.ndim < 2 or len(array) != len(ids):
                raise ModelError(
                    f"The array {layer} of {path} is {array.dtype} of shape {array.shape}; give real numbers, one row "
                    f"for each of {len(ids)} stimuli and one column a unit."
                )

    def committed(self) -> dict[str, tuple[str, ...]]:
        """Return the layers that need no commitment: an array of a region's name, or the only one for all regions."""
        if len(self._arrays) == 1:
            return dict.fromkeys((*REGIONS, READOUT), tuple(self._arrays))
        return {region: (region,) for region in (*REGIONS, READOUT) if region in self._arrays}

    def names(self) -> list[str]:
        """Return the names of the arrays."""
        return list(self._arrays)

    def candidates(self) -> dict[str, tuple[int, ...]]:
        """Return the arrays with the shape of a row."""
        return {layer: array.shape[1:] for layer, array in self._arrays.items()}

    def shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        """Return the shape of a row of each array."""
        self._refuse_keys(layers)
        for layer in layers:
            if layer not in self._arrays:
                near = difflib.get_close_matches(layer, self._arrays, n=3) or some_of(self.names())
                raise ModelError(f"{self.name} has no layer {layer!r}; did you mean {', '.join(near)}?")
        return {layer: self._arrays[layer].shape[1:] for layer in layers}

    def prepare(self, stimuli: StimulusSet) -> StimulusSet:
        """Return the stimuli with the row of each.

        Raises
        ------
        NotCapable
            There are no features of some stimuli.

        """
        ids = stimuli.table["stimulus_id"].astype(str).tolist()
        known = [
            next((key for key in (f"{stimuli.identifier}/{each}", each) if key in self._rows), None) for each in ids
        ]
        missing = [each for each, key in zip(ids, known, strict=True) if key is None]
        if missing:
            some = ", ".join(missing[:_SHOWN]) + (", ..." if len(missing) > _SHOWN else "")
            raise NotCapable(
                f"{self.path.name} has no features of {len(missing)} of {len(ids)} stimuli of {stimuli.identifier} "
                f"({some}); add their rows to {self.path}."
            )
        images = tuple(
            _Row(image, key, self._rows[key])
            for image, key in zip(stimuli.images, known, strict=True)
            if key is not None
        )
        return replace(stimuli, images=images)

    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Yield the rows of the file."""
        for image in images:
            assert isinstance(image, _Row), "prepare comes first"
            parts = [np.asarray(self._arrays[layer][image.row], np.float32).ravel() for layer in layers]
            yield np.concatenate(parts)[np.newaxis]

    def ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        """Return what features depend on: the file."""
        return {"features": self._digest}

    def description(self) -> ReaderDescription:
        """Return where features come from, for the report."""
        return ReaderDescription(
            weights_sha256=self._digest,
            preprocessing={"kind": "features"},
            device="cpu",
            weights_from=self.path.name,
        )


@dataclass(frozen=True)
class _Row:
    """An image that stands for a row of the file."""

    image: StimulusImage
    key: str
    row: int

    def pixels(self) -> Pixels:
        return self.image.pixels()

    def digest(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()
