"""Recurrent networks as brain models: responses that change over time.

Each use of a layer in a forward pass is a step, and stands for a stretch of time. Time bins that a benchmark asks for
are put together from the stretches that they overlap, as in the published system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.assembly import recording_assembly
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.activations.layer_reader import LayerReader
from pytest_brainscore.models.activations.stored_responses import ResponseSource, stored_responses
from pytest_brainscore.models.commitment.commitment import TimedStep
from pytest_brainscore.models.interface import ModelDescription, RecordingTarget, TimeBin
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel, StartedRecording
from pytest_brainscore.models.layer_mapped.time_alignment import Stretch, align, alignment_weights

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet


class TemporalBrainModel(LayerMappedModel):
    """A recurrent network.

    Parameters
    ----------
    identifier, reader, visual_degrees, commitment_file
        As for ``LayerMappedModel``.
    layers
        Layers of the regions that do not change over time, and of ``behavior``.
    time_course
        For each region that changes over time, the layer and step that stand for each stretch of time, without gaps.

    Raises
    ------
    ModelError
        The stretches of a region leave gaps.

    """

    temporal = True

    def __init__(
        self,
        identifier: str,
        reader: LayerReader,
        *,
        layers: Mapping[str, tuple[str, ...]],
        time_course: Mapping[str, Sequence[TimedStep]],
        visual_degrees: float,
        commitment_file: Path | None = None,
    ) -> None:
        self._time_course = {region: tuple(steps) for region, steps in time_course.items()}
        for region, steps in self._time_course.items():
            try:
                alignment_weights(_stretches(steps), [])
            except ValueError as error:
                raise ModelError(f"The time course of {region} in {identifier} is wrong: {error}") from error
        # Behavior that is read out from a region takes its last step.
        last = {region: (steps[-1].name,) for region, steps in self._time_course.items()}
        super().__init__(
            identifier,
            reader,
            layers={**layers, **last},
            visual_degrees=visual_degrees,
            commitment_file=commitment_file,
        )

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
        source = self._aligned(recording)
        return stored_responses(source, self._reader.store, self._reader.prepare(stimuli), neuroids, maximum_over)

    def record_by_units(
        self, stimuli: StimulusSet, maximum_over: int = 1
    ) -> Callable[[NDArray[np.intp]], NDArray[np.float32]] | None:
        """Show stimuli, and return what returns the responses of any units; None where :meth:`record` is as good."""
        if self._recording().target in self._time_course:
            return None
        return super().record_by_units(stimuli, maximum_over)

    def description(self) -> ModelDescription:
        """Return what the model's numbers depend on; layers of a time course are told with their stretches."""
        described = super().description()
        courses: dict[str, str | list[str]] = {
            region: [f"{step.name} at {step.start:g} to {step.end:g} ms" for step in steps]
            for region, steps in self._time_course.items()
        }
        return replace(described, layers=described.layers | courses)

    def _look_at_recording(self, recording: StartedRecording, stimuli: StimulusSet) -> xarray.DataArray:
        if recording.target not in self._time_course:
            return super()._look_at_recording(recording, stimuli)
        source = self._aligned(recording)
        responses = stored_responses(source, self._reader.store, self._reader.prepare(stimuli))
        course = responses.reshape(len(responses), -1, len(recording.time_bins))
        return recording_assembly(course, stimuli.table, self._neuroids(recording), recording.time_bins)

    def _source(self, recording: StartedRecording) -> ResponseSource:
        return self._aligned(recording) if recording.target in self._time_course else super()._source(recording)

    def _aligned(self, recording: StartedRecording) -> ResponseSource:
        """Return what responds with units x time bins, the time bins varying fastest."""
        steps = self._time_course[recording.target]
        stretches = _stretches(steps)
        layers = tuple(dict.fromkeys(step.name for step in steps))
        shapes = {layout.shape for layout in self._reader.layouts(layers).values()}
        if len(shapes) > 1:
            raise ModelError(
                f"The time course of {recording.target} in {self.identifier} has layers of several shapes; "
                "name layers of one shape."
            )
        order = [layers.index(step.name) for step in steps]
        source = self._reader.source(layers)
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
