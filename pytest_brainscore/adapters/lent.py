"""A model of this package as a model of the published one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_brainscore.adapters.containers import coordinates_of, labelled, own_stimuli, published
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError

if TYPE_CHECKING:
    import xarray


def to_brainscore(model: Any) -> Any:
    """Return a model of this package as a ``BrainModel`` that benchmarks of the published package score.

    It returns what models of that package return: presentations in the order of the stimuli, one row each whatever the
    number of trials.

    Parameters
    ----------
    model
        What ``load_model`` returns, or any other object with ``identifier``, ``visual_degrees``, ``start_task``,
        ``start_recording`` and ``look_at``.

    Raises
    ------
    ModelError
        The published package is not installed.

    Examples
    --------
    ::

        from brainscore_vision import load_benchmark
        from pytest_brainscore import load_model
        from pytest_brainscore.adapters import to_brainscore

        load_benchmark("MajajHong2015public.IT-pls")(to_brainscore(load_model("mylab/net.py:build")))

    """
    interface = published("brainscore_vision.model_interface", "BrainModel")
    kind = type("LentModel", (_LentModel, interface), {"__doc__": "A model of pytest-brainscore."})
    return kind(model)


class _LentModel:
    def __init__(self, model: Any) -> None:
        self.model = model
        self._task: str | None = None

    @property
    def identifier(self) -> str:
        """Name of the model."""
        return str(self.model.identifier)

    def visual_degrees(self) -> float:
        """Return the visual angle of its screen, in degrees."""
        return float(self.model.visual_degrees())

    def start_task(self, task: str, *fitting: Any, **settings: Any) -> None:
        """Have the following stimuli answered by behavior."""
        given = [*fitting, *(settings.pop(name) for name in ("fitting_stimuli", "choice_labels") if name in settings)]
        if given and hasattr(given[0], "get_stimulus"):
            given[0] = own_stimuli(given[0], self.visual_degrees())
        self.model.start_task(task, *given, **settings)
        self._task = None if task == "passive" else task

    def start_recording(self, recording_target: str, time_bins: Any) -> None:
        """Have the following stimuli answered by recordings from a region."""
        self.model.start_recording(recording_target, [_time_bin(each) for each in time_bins])
        self._task = None

    def look_at(self, stimuli: Any, number_of_trials: int = 1, require_variance: bool = False) -> Any:
        """Show stimuli and return what the last ``start_`` call asked for.

        Raises
        ------
        ModelError
            Responses are to vary from trial to trial: models of this package answer every trial alike.

        """
        if require_variance:
            raise ModelError(f"{self.identifier} answers every trial alike; ask it without require_variance.")
        shown = own_stimuli(stimuli, self.visual_degrees())
        answer = self.model.look_at(shown, number_of_trials)
        if self._task == "odd_one_out":
            ids = {"stimulus_id": ("presentation", answer["stimulus_id"].values)}
            return labelled("BehavioralAssembly", answer.values.reshape(1, -1), ("choice", "presentation"), ids)
        presentations = _presentations(shown)
        if self._task == "label":
            labels = answer.values.reshape(-1).tolist()
            chosen = {**presentations, "label": ("presentation", labels)}
            return labelled("BehavioralAssembly", [labels], ("choice", "presentation"), chosen)
        if self._task == "probabilities":
            choices = {**presentations, "choice": ("choice", answer["choice"].values)}
            values = answer.transpose("presentation", "choice").values
            return labelled("BehavioralAssembly", values, ("presentation", "choice"), choices)
        return _recording(answer, presentations)


def _recording(answer: xarray.DataArray, presentations: dict[str, tuple[str, Any]]) -> Any:
    dimensions = ("presentation", "neuroid", *(["time_bin"] if "time_bin" in answer.dims else []))
    coordinates: dict[str, Any] = dict(presentations)
    for dimension in dimensions[1:]:
        coordinates |= {name: (dimension, values) for name, values in coordinates_of(answer, dimension).items()}
    if "time_bin" not in dimensions:
        coordinates |= {
            name: answer[name].item() for name in ("time_bin_start", "time_bin_end") if name in answer.coords
        }
    return labelled("NeuroidAssembly", np.array(answer.transpose(*dimensions).values), dimensions, coordinates)


def _presentations(stimuli: StimulusSet) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {
        str(name): ("presentation", column.to_numpy()) for name, column in stimuli.table.items()
    }
    paths = [str(getattr(image, "path", "")) for image in stimuli.images]
    return {**found, "stimulus_path": found.get("stimulus_path", ("presentation", paths))}


def _time_bin(time_bin: Any) -> tuple[int, int]:
    pair = time_bin.item() if getattr(time_bin, "shape", None) == () else time_bin
    start, end = pair
    return int(start), int(end)
