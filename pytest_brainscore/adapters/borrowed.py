"""A model of the published package as a model of this one."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from pytest_brainscore.adapters.containers import coordinates_of, in_order_of, published_stimuli, under_numbers
from pytest_brainscore.data.assembly import behavior_assembly, recording_assembly
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable

if TYPE_CHECKING:
    import xarray

_MEMBERS: Final = ("identifier", "visual_degrees", "start_task", "start_recording", "look_at")


def from_brainscore(model: Any) -> BorrowedModel:
    """Return a model of the published package as one that every benchmark of this package scores.

    It gets its own kind of stimulus sets, whose images are files for as long as it looks; nothing is taken from, or
    left in, its store of activations. A factory that returns such a model (``--model mylab/theirs.py:build``) needs no
    adapter; this is for models that have the interface without being of its class.

    Parameters
    ----------
    model
        A ``BrainModel`` of ``brainscore_vision``.

    Raises
    ------
    ModelError
        It lacks a member of that interface.

    Examples
    --------
    ::

        from brainscore_vision import load_model
        from pytest_brainscore import load_benchmark
        from pytest_brainscore.adapters import from_brainscore

        model = from_brainscore(load_model("alexnet"))
        load_benchmark("Marques2020_Cavanaugh2002-surround_suppression_index")(model)

    """
    lacking = [name for name in _MEMBERS if not hasattr(model, name)]
    if lacking or isinstance(model, type):
        what = "is a class" if isinstance(model, type) else f"has no {', '.join(lacking)}"
        raise ModelError(f"{type(model).__name__} {what}; give from_brainscore a BrainModel of the published package.")
    return BorrowedModel(model)


class BorrowedModel:
    """What :func:`from_brainscore` returns.

    Attributes
    ----------
    model
        The model of the published package.
    identifier
        Its name.

    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.identifier = str(model.identifier)
        self._task: str | None = None
        self._time_bins: tuple[tuple[int, int], ...] = ()

    def visual_degrees(self) -> float:
        """Return the visual angle of its screen, in degrees."""
        return float(self.model.visual_degrees())

    def start_task(
        self, task: str, fitting: StimulusSet | Sequence[str] | Mapping[str, Any] | str | None = None
    ) -> None:
        """Have the following stimuli answered by behavior, see ``BrainModel``.

        Raises
        ------
        NotCapable
            The model cannot do it.

        """
        given: Any = fitting
        with tempfile.TemporaryDirectory(prefix="brainscore-") as folder:
            if isinstance(fitting, StimulusSet):
                given = published_stimuli(under_numbers(fitting), Path(folder))
            elif isinstance(fitting, Mapping):
                raise NotCapable(f"{self.identifier} is of the published package, which knows categories by name only.")
            elif fitting is not None and not isinstance(fitting, str):
                given = list(fitting)
            self._started(task, *([] if given is None else [given]))
        self._task = None if task == "passive" else task
        self._time_bins = ()

    def start_recording(self, target: str, time_bins: Sequence[tuple[int, int]]) -> None:
        """Have the following stimuli answered by recordings from a region, see ``BrainModel``.

        Raises
        ------
        NotCapable
            The model cannot be recorded from there.

        """
        with suppress(Exception):  # models without tasks have no passive one either
            self.model.start_task("passive")  # else the task of before would go on
        try:
            self.model.start_recording(target, time_bins=[(int(start), int(end)) for start, end in time_bins])
        except Exception as error:  # of somebody's model
            raise NotCapable(f"{self.identifier} cannot be recorded from {target} ({_told(error)}).") from error
        self._task = None
        self._time_bins = tuple((int(start), int(end)) for start, end in time_bins)

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
        """Show stimuli and return what the last ``start_`` call asked for, see ``BrainModel``.

        Raises
        ------
        ModelError
            Nothing was started, or what the model returns is no answer to it.

        """
        if self._task is None and not self._time_bins:
            raise ModelError(f"{self.identifier} was asked for nothing; call start_recording before it looks.")
        # Rows are stimuli of their own, but for triplets, where the same stimulus is in several.
        shown = stimuli if self._task == "odd_one_out" else under_numbers(stimuli)
        with tempfile.TemporaryDirectory(prefix="brainscore-") as folder:
            answer = self.model.look_at(published_stimuli(shown, Path(folder)), number_of_trials=number_of_trials)
            if self._task == "odd_one_out":
                return self._odd(answer, stimuli)
            kind = "neuroid" if self._task is None else "choice"
            if not hasattr(answer, "dims") or not {"presentation", kind} <= set(answer.dims):
                raise ModelError(
                    f"look_at of {self.identifier} returned {_dimensions(answer)}; it must return presentation and "
                    f"{kind}."
                )
            ordered = answer.transpose("presentation", kind, ...)
            rows = in_order_of(
                ordered.values, coordinates_of(ordered, "presentation")["stimulus_id"], shown, self.identifier
            )
            return (
                self._recorded(ordered, rows, stimuli) if self._task is None else self._chosen(ordered, rows, stimuli)
            )

    def _recorded(self, answer: Any, rows: Any, stimuli: StimulusSet) -> xarray.DataArray:
        bins = rows.shape[2] if rows.ndim == 3 else 1
        if bins not in (1, len(self._time_bins)):
            raise ModelError(
                f"look_at of {self.identifier} returned {bins} time bins for the {len(self._time_bins)} asked for."
            )
        responses = np.asarray(rows, np.float32)
        if bins == 1:
            responses = responses.reshape(len(rows), -1)
        return recording_assembly(responses, stimuli.table, coordinates_of(answer, "neuroid"), self._time_bins)

    def _chosen(self, answer: Any, rows: Any, stimuli: StimulusSet) -> xarray.DataArray:
        if self._task == "label":
            return behavior_assembly(rows, stimuli.table)
        return behavior_assembly(rows, stimuli.table, [str(each) for each in answer["choice"].values])

    def _odd(self, answer: Any, stimuli: StimulusSet) -> xarray.DataArray:
        """Return the odd one of each triplet: the published package documents its position, and returns its name."""
        triplets = stimuli.table["stimulus_id"].to_numpy().reshape(-1, 3)
        odd = np.asarray(answer.values).reshape(-1)
        if len(odd) == len(triplets) and all(
            each in triplet.tolist() for each, triplet in zip(odd, triplets, strict=True)
        ):
            found = odd
        elif len(odd) == len(triplets) and all(each in (0, 1, 2) for each in odd.tolist()):
            found = np.take_along_axis(triplets, odd.astype(int)[:, np.newaxis], axis=1)[:, 0]
        else:
            raise ModelError(
                f"look_at of {self.identifier} returned {len(odd)} answers to {len(triplets)} triplets that name none "
                "of their stimuli; it must return the odd one of each, or its position from 0 to 2."
            )
        names = pd.DataFrame({"stimulus_id": ["|".join(map(str, triplet)) for triplet in triplets]})
        return behavior_assembly(np.asarray(found)[:, np.newaxis], names)

    def _started(self, task: str, *fitting: Any) -> None:
        try:
            self.model.start_task(task, *fitting)
        except Exception as error:  # of somebody's model
            raise NotCapable(f"{self.identifier} cannot do the task {task} ({_told(error)}).") from error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _dimensions(answer: Any) -> str:
    dimensions = getattr(answer, "dims", None)
    return f"a {type(answer).__name__}" if dimensions is None else f"the dimensions {', '.join(map(str, dimensions))}"
