"""What a benchmark may ask of a model: the interface of the published system.

A benchmark knows nothing about layers or networks. Any object with these five members can be scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

RecordingTarget = Literal["V1", "V2", "V4", "IT"]
Task = Literal["passive", "label", "probabilities", "odd_one_out"]
TimeBin = tuple[int, int]
"""Start and end of a recording window, in milliseconds after stimulus onset."""


@runtime_checkable
class BrainModel(Protocol):
    """A subject in an experiment: it looks at stimuli, and is recorded from or does a task."""

    @property
    def identifier(self) -> str:
        """Unique name of the model."""
        ...

    def visual_degrees(self) -> float:
        """Return the visual angle that the side of the model's input spans, in degrees."""
        ...

    def start_task(self, task: Task, fitting: StimulusSet | Sequence[str] | str | None = None) -> None:
        """Have the following stimuli answered by behavior."""
        ...

    def start_recording(self, target: RecordingTarget, time_bins: Sequence[TimeBin]) -> None:
        """Have the following stimuli answered by recordings from a region."""
        ...

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
        """Show stimuli and return what the last ``start_`` call asked for.

        Recordings have the dimensions ``presentation`` x ``neuroid``, and ``time_bin`` when more than one was asked
        for; the coordinates on ``presentation`` are the columns of the stimulus set, in its order.
        """
        ...
