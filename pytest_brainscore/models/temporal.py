"""Recurrent networks as brain models: responses that change over time.

Each use of a layer in a forward pass is a step, and stands for a stretch of time. Time bins that a benchmark asks for
are put together from the stretches that they overlap, as in the published system.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.data.assembly import recording_assembly
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.activations.neuroid_coordinates import neuroid_coordinates
from pytest_brainscore.models.activations.stored_responses import ResponseSource, stored_responses
from pytest_brainscore.models.commitment.commitment import TimedStep
from pytest_brainscore.models.description import ModelDescription
from pytest_brainscore.models.interface import RecordingTarget, TimeBin
from pytest_brainscore.models.layer_mapped_model import Recording
from pytest_brainscore.models.networks.torch_model import TorchBrainModel
from pytest_brainscore.one_thread import one_thread

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet

Stretch = tuple[float, float]
"""Start and end, in milliseconds after stimulus onset."""


def alignment_weights(
    sources: Sequence[Stretch], targets: Sequence[Stretch], mode: Literal["portion", "center"] = "portion"
) -> NDArray[np.float64]:
    """Return how much of each source goes into each target.

    Parameters
    ----------
    sources
        Stretches of time that follow upon each other without gap.
    targets
        Time bins.
    mode
        ``portion``: the share of the source that the target overlaps. ``center``: 1 for the source that holds the
        middle of the target.

    Returns
    -------
    Shape (target, source), 0 to 1; not adding up to 1.

    Raises
    ------
    ValueError
        If sources leave a gap or have no length, or a target ends before it starts, or lies outside the sources.

    """
    start, end = np.asarray(sources, np.float64).reshape(-1, 2).T
    first, last = np.asarray(targets, np.float64).reshape(-1, 2).T
    if len(start) == 0 or (end <= start).any() or (start[1:] != end[:-1]).any():
        raise ValueError(f"The stretches {list(sources)} do not follow upon each other: give them without gaps.")
    outside = (last <= first) | (first < start[0]) | (last > end[-1])
    if outside.any():
        raise ValueError(f"The time bin {targets[int(outside.argmax())]} is not within {start[0]:g} to {end[-1]:g} ms.")
    if mode == "center":
        middle = ((first + last) / 2)[:, np.newaxis]
        return ((start <= middle) & (middle < end)).astype(np.float64)
    overlap = np.minimum(last[:, np.newaxis], end) - np.maximum(first[:, np.newaxis], start)
    return np.asarray(np.maximum(overlap, 0) / (end - start))


@one_thread()
def align(
    values: ArrayLike,
    sources: Sequence[Stretch],
    targets: Sequence[Stretch],
    mode: Literal["portion", "center"] = "portion",
) -> NDArray[np.floating]:
    """Average responses over time bins.

    Parameters
    ----------
    values
        Shape (..., source).
    sources, targets, mode
        As in :func:`alignment_weights`.

    Returns
    -------
    Means weighted by :func:`alignment_weights`, shape (..., target), of the type of `values`.

    Raises
    ------
    ValueError
        As in :func:`alignment_weights`.

    """
    weights = alignment_weights(sources, targets, mode)
    array = np.asarray(values)
    averaged = array @ (weights / weights.sum(axis=1, keepdims=True)).T
    return np.asarray(averaged.astype(array.dtype))


class TemporalBrainModel(TorchBrainModel):
    """A recurrent network.

    Parameters
    ----------
    *arguments, **settings
        As for ``TorchBrainModel``; the regions of `time_course` need no
        `layers`.
    time_course
        For each region that changes over time, the layer and step that stand for each stretch of time, without gaps.

    Raises
    ------
    ModelError
        The stretches of a region leave gaps.

    """

    temporal = True

    def __init__(self, *arguments: object, time_course: Mapping[str, Sequence[TimedStep]], **settings: object) -> None:
        super().__init__(*arguments, **settings)  # type: ignore[arg-type]
        self._time_course = {region: tuple(steps) for region, steps in time_course.items()}
        for region, steps in self._time_course.items():
            try:
                alignment_weights(_stretches(steps), [])
            except ValueError as error:
                raise ModelError(f"The time course of {region} in {self.identifier} is wrong: {error}") from error
            # Behaviour that is read out from the region takes its last step.
            self._layers[region] = (steps[-1].name,)

    def start_recording(self, target: RecordingTarget, time_bins: Sequence[TimeBin]) -> None:
        """Answer the following stimuli with the layers of a region.

        Raises
        ------
        ModelError
            As for any model.
        NotCapable
            The time course of the region does not cover a time bin.

        """
        if target in self._time_course and time_bins and all(start < end for start, end in time_bins):
            try:
                alignment_weights(_stretches(self._time_course[target]), time_bins)
            except ValueError as error:
                raise NotCapable(f"{self.identifier} cannot be recorded from {target} as asked: {error}") from error
        super().start_recording(target, time_bins)

    def record(
        self, stimuli: StimulusSet, *, neuroids: NDArray[np.intp] | None = None, maximum_over: int = 1
    ) -> NDArray[np.float32]:
        """Return the responses of the region being recorded in one time bin, without labels.

        Raises
        ------
        ModelError
            Several time bins are being recorded, or as for any model.

        """
        recording = self._recording()
        if recording.target not in self._time_course:
            return super().record(stimuli, neuroids=neuroids, maximum_over=maximum_over)
        if len(recording.time_bins) > 1:
            raise ModelError(f"{self.identifier} records several time bins; start_recording with one, or use look_at.")
        return stored_responses(self._aligned(recording), self._store, stimuli, neuroids, maximum_over)

    def description(self) -> ModelDescription:
        """Return what the model's numbers depend on; layers of a time course are told with their stretches."""
        described = super().description()
        courses: dict[str, str | list[str]] = {
            region: [f"{step.name} at {step.start:g} to {step.end:g} ms" for step in steps]
            for region, steps in self._time_course.items()
        }
        return replace(described, layers=described.layers | courses)

    def _look_at_recording(self, recording: Recording, stimuli: StimulusSet) -> xarray.DataArray:
        if recording.target not in self._time_course:
            return super()._look_at_recording(recording, stimuli)
        source = self._aligned(recording)
        responses = stored_responses(source, self._store, stimuli)
        last = self._layers[recording.target]
        neuroids = neuroid_coordinates(self.identifier, recording.target, self._layer_shapes(last), self._axis_names)
        course = responses.reshape(len(responses), -1, len(recording.time_bins))
        return recording_assembly(course, stimuli.table, neuroids, recording.time_bins)

    def _aligned(self, recording: Recording) -> ResponseSource:
        """Return what responds with units x time bins, the time bins varying fastest."""
        steps = self._time_course[recording.target]
        stretches = _stretches(steps)
        layers = tuple(dict.fromkeys(step.name for step in steps))
        shapes = self._layer_shapes(layers)
        if len(set(shapes.values())) > 1:
            raise ModelError(
                f"The time course of {recording.target} in {self.identifier} has layers of several shapes; "
                "name layers of one shape."
            )
        order = [layers.index(step.name) for step in steps]
        source = self._source(layers)
        sizes = {layer: source.sizes[layer] * len(recording.time_bins) for layer in layers[-1:]}

        def batches(images: Sequence[StimulusImage]) -> Iterator[NDArray[np.float32]]:
            for batch in source.batches(images):
                by_step = batch.reshape(len(batch), len(layers), -1)[:, order].swapaxes(1, 2)
                yield align(by_step, stretches, recording.time_bins).reshape(len(batch), -1).astype(np.float32)

        bins = {
            "stretches": [list(each) for each in stretches],
            "time_bins": [list(each) for each in recording.time_bins],
        }
        ingredients = {**source.ingredients, **bins, "order": order}
        return replace(source, sizes=sizes, ingredients=ingredients, batches=batches)


def _stretches(steps: Sequence[TimedStep]) -> list[Stretch]:
    return [(step.start, step.end) for step in steps]
