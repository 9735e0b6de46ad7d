"""A brain model made of layers: each region is recorded from the layers committed to it."""

from __future__ import annotations

import hashlib
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.assembly import label_assembly, recording_assembly
from pytest_brainscore.data.stimulus_set import StimulusSet, stimuli_from_files
from pytest_brainscore.errors import ModelError, NoNumber, NotCapable
from pytest_brainscore.models.activation_store import ActivationStore
from pytest_brainscore.models.commitment import REGIONS
from pytest_brainscore.models.interface import RecordingTarget, Task, TimeBin
from pytest_brainscore.models.label_decisions import IMAGENET_CLASSES
from pytest_brainscore.models.label_task import LabelTask, label_task
from pytest_brainscore.models.neuroid_coordinates import AXIS_NAMES, LayerShapes, neuroid_coordinates

if TYPE_CHECKING:
    from pathlib import Path

    import xarray

    from pytest_brainscore.data.stimulus_set import StimulusImage

BLOCK_STIMULI = 400
"""Stimuli in a block of the store, roughly: some seconds of work."""
BLOCK_BYTES = 64 * 2**20
"""Size of a block, roughly, where units are many: a process holds one block in memory."""


class _Recording(NamedTuple):
    """A recording that was started."""

    target: RecordingTarget
    time_bins: tuple[TimeBin, ...]


@dataclass(frozen=True)
class ModelDescription:
    """What a model's numbers depend on, as plain values for the report."""

    identifier: str
    """Name of the model."""
    weights_sha256: str
    """Digest of the weights' content."""
    layers: dict[str, str | list[str]]
    """Layer, or layers, of each region."""
    visual_degrees: float
    """Visual angle of the input, in degrees."""
    preprocessing: dict[str, str | int | float | list[float]]
    """How an image becomes the input."""
    device: str
    """Where the model runs."""


class LayerMappedModel(ABC):
    """A :class:`~pytest_brainscore.models.interface.BrainModel` that answers with activations of layers.

    Parameters
    ----------
    identifier
        Name of the model.
    layers
        Layers of each region; their units are joined in this order.
    visual_degrees
        Visual angle of the input, in degrees.
    store
        Where activations are kept.

    """

    def __init__(
        self, identifier: str, layers: Mapping[str, tuple[str, ...]], visual_degrees: float, store: ActivationStore
    ) -> None:
        self._identifier = identifier
        self._layers = dict(layers)
        self._visual_degrees = visual_degrees
        self._store = store
        self._asked: _Recording | LabelTask | None = None

    @property
    def identifier(self) -> str:
        """Name of the model."""
        return self._identifier

    def visual_degrees(self) -> float:
        """Return the visual angle that the side of the input spans, in degrees."""
        return self._visual_degrees

    def start_task(self, task: Task, fitting: StimulusSet | Sequence[str] | str | None = None) -> None:
        """Have the following stimuli answered by behaviour, or, with the passive task, by nothing.

        Parameters
        ----------
        task
            ``passive``, or ``label``: name the category of each stimulus.
        fitting
            For ``label``, the categories to choose from, in the order in which ties are broken.

        Raises
        ------
        ModelError
            The task or a category is unknown.
        NotCapable
            The model has no read-out for the task.

        """
        if task not in get_args(Task):
            raise ModelError(f"There is no task {task!r}; start one of {', '.join(get_args(Task))}.")
        if task == "passive":
            self._asked = None
            return
        if task != "label":
            raise NotCapable(f"{self.identifier} has no read-out for the task {task!r} in this version.")
        labels = label_task(fitting)
        outputs = self._number_of_outputs()
        if outputs != IMAGENET_CLASSES:
            raise NotCapable(
                f"{self.identifier} has {outputs or 'no'} outputs; label tasks need the {IMAGENET_CLASSES} of ImageNet."
            )
        self._asked = labels

    def start_recording(self, target: RecordingTarget, time_bins: Sequence[TimeBin]) -> None:
        """Answer the following stimuli with the layers of a region.

        Parameters
        ----------
        target
            Region to record from.
        time_bins
            At least one (start, end) in milliseconds after stimulus onset; the model gives the same in each.

        Raises
        ------
        ModelError
            The region is unknown, or no layer is committed to it, or a time bin is empty.

        """
        if target not in REGIONS:
            raise ModelError(f"There is no recording target {target!r}; record from one of {', '.join(REGIONS)}.")
        if not time_bins or any(end <= start for start, end in time_bins):
            raise ModelError(f"The time bins {list(time_bins)} are not (start, end) pairs in milliseconds; mend them.")
        if target not in self._layers:
            raise ModelError(self._no_layer(target))
        self._asked = _Recording(target, tuple(time_bins))

    def look_at(self, stimuli: StimulusSet | Sequence[str | Path], number_of_trials: int = 1) -> xarray.DataArray:
        """Return what was asked for last.

        Recordings are ``presentation`` x ``neuroid``, and x ``time_bin`` when several were asked for; labels are
        ``presentation`` x ``choice`` with a single choice.

        Parameters
        ----------
        stimuli
            Stimuli on the model's screen, or image files that fill it.
        number_of_trials
            Ignored: the model answers every trial alike, and gives one row a stimulus.

        Raises
        ------
        ModelError
            Nothing was started, or the layers cannot be read.
        NoNumber
            Activations are not finite.

        """
        if not isinstance(stimuli, StimulusSet):
            stimuli = stimuli_from_files(stimuli, self._visual_degrees)
        if isinstance(self._asked, LabelTask):
            logits = self._logits(stimuli)
            return label_assembly(self._asked.choices(logits), stimuli.table)
        region, time_bins = self._recording()
        shapes = self._layer_shapes(self._layers[region])
        neuroids = neuroid_coordinates(self.identifier, region, shapes, self._axis_names)
        return recording_assembly(self.record(stimuli), stimuli.table, neuroids, time_bins)

    def record(
        self, stimuli: StimulusSet, *, neuroids: NDArray[np.intp] | None = None, maximum_over: int = 1
    ) -> NDArray[np.float32]:
        """Return the responses of the region being recorded, without labels.

        Parameters
        ----------
        stimuli
            Stimuli on the model's screen; their number is a multiple of `maximum_over`.
        neuroids
            Units to return, by their number in the region; all where None.
        maximum_over
            Take the maximum over each run of so many consecutive stimuli.

        Returns
        -------
        NDArray
            float32, (stimuli / `maximum_over`) x units, not writable. Only this is kept in memory or stored.

        Raises
        ------
        ModelError, NoNumber
            As :meth:`look_at`.

        """
        return self._record(self._layers[self._recording().target], stimuli, neuroids, maximum_over)

    def _record(
        self,
        layers: tuple[str, ...],
        stimuli: StimulusSet,
        neuroids: NDArray[np.intp] | None = None,
        maximum_over: int = 1,
    ) -> NDArray[np.float32]:
        if maximum_over < 1 or len(stimuli) % maximum_over:
            raise ValueError(f"{len(stimuli)} stimuli do not divide into runs of {maximum_over}")
        sizes = {layer: math.prod(shape) for layer, shape in self._layer_shapes(layers).items()}
        units = sum(sizes.values()) if neuroids is None else len(neuroids)

        def compute(rows: slice) -> NDArray[np.float32]:
            images = stimuli.images[rows.start * maximum_over : rows.stop * maximum_over]
            return self._compute(images, layers, sizes, neuroids, maximum_over)

        key = {
            **self._ingredients(),
            "layers": list(layers),
            "stimuli": stimuli.digest(),
            "neuroids": "all" if neuroids is None else _digest(neuroids),
            "maximum_over": maximum_over,
        }
        return self._store.activations(
            key,
            (len(stimuli) // maximum_over, units),
            _block_rows(self._batch_size, maximum_over, units),
            compute,
            f"{self.identifier} ({'+'.join(layers)}) for {stimuli.identifier}",
        )

    @abstractmethod
    def description(self) -> ModelDescription:
        """Return what the model's numbers depend on."""

    _axis_names: Mapping[int, tuple[str, ...]] = AXIS_NAMES
    """Coordinate for each axis of a layer's output, by number of axes."""
    _batch_size = 1
    """Stimuli that are processed together; blocks of the store are whole batches."""

    @abstractmethod
    def _layer_shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        """Return the shape of each layer's response to one stimulus."""

    @abstractmethod
    def _batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Yield responses in the order of the images: some images x all units of the layers."""

    @abstractmethod
    def _ingredients(self) -> dict[str, object]:
        """Return what responses depend on besides layers and stimuli, as plain JSON values."""

    @abstractmethod
    def _no_layer(self, region: str) -> str:
        """Return the sentence that says how to commit a layer to a region."""

    def _described_layers(self) -> dict[str, str | list[str]]:
        return {region: layers[0] if len(layers) == 1 else list(layers) for region, layers in self._layers.items()}

    def _recording(self) -> _Recording:
        if not isinstance(self._asked, _Recording):
            raise ModelError(f"{self.identifier} was asked for nothing; call start_recording before it looks.")
        return self._asked

    def _number_of_outputs(self) -> int | None:
        """Return the number of values that the whole model gives for one stimulus; None where it gives none."""
        return None

    def _logits(self, stimuli: StimulusSet) -> NDArray[np.float32]:
        """Return the values that the whole model gives: stimuli x outputs."""
        raise NotImplementedError

    def _compute(
        self,
        images: Sequence[StimulusImage],
        layers: tuple[str, ...],
        sizes: Mapping[str, int],
        neuroids: NDArray[np.intp] | None,
        maximum_over: int,
    ) -> NDArray[np.float32]:
        """Return the responses to the images of one block, selected and reduced batch by batch."""
        units = sum(sizes.values()) if neuroids is None else len(neuroids)
        responses = np.full((len(images) // maximum_over, units), -np.inf, np.float32)
        stimuli_not_finite = 0
        units_not_finite = np.zeros(units, bool)
        seen = 0
        for batch in self._batches(images, layers):
            selected = batch if neuroids is None else batch[:, neuroids]
            finite = np.isfinite(selected)
            if not finite.all():
                stimuli_not_finite += int((~finite.all(axis=1)).sum())
                units_not_finite |= ~finite.all(axis=0)
            rows, starts = np.unique(np.arange(seen, seen + len(batch)) // maximum_over, return_index=True)
            maxima = selected if maximum_over == 1 else np.maximum.reduceat(selected, starts, axis=0)
            # A run of stimuli may go on in the next batch.
            responses[rows[0] : rows[-1] + 1] = np.maximum(responses[rows[0] : rows[-1] + 1], maxima)
            seen += len(batch)
        if stimuli_not_finite:
            columns = np.arange(sum(sizes.values())) if neuroids is None else neuroids
            stops = np.cumsum(list(sizes.values()))
            hit = sorted(set(np.searchsorted(stops, columns[units_not_finite], side="right").tolist()))
            raise NoNumber(
                f"{' and '.join(list(sizes)[index] for index in hit)} of {self.identifier} gives values that are not "
                f"finite for {stimuli_not_finite} of {len(images)} stimuli."
            )
        return responses


def _block_rows(batch_size: int, maximum_over: int, units: int) -> int:
    """Return the rows of a block: whole batches, and whole runs of stimuli that a maximum is taken over."""
    step = math.lcm(batch_size, maximum_over)
    affordable = BLOCK_BYTES / max(1, units * np.dtype(np.float32).itemsize) * maximum_over
    return max(1, round(min(BLOCK_STIMULI, affordable) / step)) * step // maximum_over


def _digest(neuroids: NDArray[np.intp]) -> str:
    return hashlib.sha256(np.asarray(neuroids, "<i8").tobytes()).hexdigest()
