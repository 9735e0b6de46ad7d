"""What stands in for the published package: its containers and its interface, as far as models meet them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray
from PIL import Image

STIMULI = "brainscore_core.supported_data_standards.brainio.stimuli"
ASSEMBLIES = "brainscore_core.supported_data_standards.brainio.assemblies"
INTERFACE = "brainscore_vision.model_interface"


class StimulusSet(pd.DataFrame):
    """A table that knows the files of its images."""

    identifier: object
    stimulus_paths: dict[object, Any]

    _metadata = ["identifier", "stimulus_paths"]  # noqa: RUF012 - as pandas has it

    def get_stimulus(self, stimulus_id: object) -> Any:
        """Return the path of an image."""
        return self.stimulus_paths[stimulus_id]


def assembly(values: Any, coords: dict[str, Any], dims: list[str]) -> xarray.DataArray:
    """Return an array whose coordinates along a dimension are levels of one index, where there are several."""
    made = xarray.DataArray(values, coords, dims)
    for dimension in dims:
        levels = [str(name) for name, each in made.coords.items() if each.dims == (dimension,) and name != dimension]
        if len(levels) > 1 and dimension not in made.coords:
            made = made.set_index({dimension: levels})  # type: ignore[dict-item]
    return made


class BrainModel:
    """The interface."""

    identifier: Any
    visual_degrees: Any
    start_task: Any
    start_recording: Any
    look_at: Any


BrainModel.__module__ = INTERFACE


class Theirs(BrainModel):
    """A model that sees the mean colour of an image, with behavior by its brightness."""

    identifier = "theirs"
    trials = 1
    """Rows that it returns for a stimulus."""
    reverse = False
    """Whether it returns stimuli in another order."""

    def __init__(self) -> None:
        self.started: list[tuple[Any, ...]] = []
        self.identifiers: list[object] = []

    def visual_degrees(self) -> int:
        """Return the visual angle of its screen."""
        return 8

    def start_task(self, task: str, fitting: Any = None) -> None:
        """Note what was started."""
        if task == "label" and fitting == ["no such thing"]:
            raise AttributeError("type object 'LabelToImagenetIndices' has no attribute")
        if task == "probabilities":
            assert [Image.open(fitting.get_stimulus(each)).size for each in fitting["stimulus_id"]]
            fitting = list(dict.fromkeys(fitting["image_label"]))
        self.started.append((task, fitting))

    def start_recording(self, recording_target: str, time_bins: Any) -> None:
        """Note what was started."""
        if recording_target == "V2":
            raise KeyError("V2")
        self.started.append((recording_target, time_bins))

    def look_at(self, stimuli: Any, number_of_trials: int = 1, require_variance: bool = False) -> Any:
        """Return what was started last."""
        self.identifiers.append(stimuli.identifier)
        ids = [each for each in stimuli["stimulus_id"] for _ in range(self.trials)]
        seen = np.array(
            [np.asarray(Image.open(stimuli.get_stimulus(each)).convert("RGB")).mean((0, 1)) for each in ids]
        )
        if self.reverse:
            ids, seen = ids[::-1], seen[::-1]
        what, how = self.started[-1]
        rows = {"stimulus_id": ("presentation", ids), "trial": ("presentation", list(range(len(ids))))}
        if what == "label":
            labels = [how[int(each > 128)] for each in seen.mean(1)]
            return assembly([labels], rows, ["choice", "presentation"])
        if what == "probabilities":
            high = seen.mean(1) / 255
            values = np.stack([high, 1 - high], 1)
            return assembly(values, {**rows, "choice": ("choice", how)}, ["presentation", "choice"])
        if what == "odd_one_out":
            odd = [max(three, key=lambda each: str(each)) for three in np.array(ids).reshape(-1, 3)]
            return assembly([odd], {"stimulus_id": ("presentation", odd)}, ["choice", "presentation"])
        neuroids = {"neuroid_id": ("neuroid", list("rgb")), "layer": ("neuroid", ["one"] * 3)}
        if len(how) == 1:
            return assembly(seen.T, {**rows, **neuroids}, ["neuroid", "presentation"])
        course = seen[:, :, np.newaxis] * np.arange(1, len(how) + 1)
        bins = {
            "time_bin_start": ("time_bin", [start for start, _ in how]),
            "time_bin_end": ("time_bin", [end for _, end in how]),
        }
        return assembly(course, {**rows, **neuroids, **bins}, ["presentation", "neuroid", "time_bin"])


@pytest.fixture
def published_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put what stands in for the package in its place."""
    contents: dict[str, dict[str, Any]] = {
        STIMULI: {"StimulusSet": StimulusSet},
        ASSEMBLIES: {"NeuroidAssembly": assembly, "BehavioralAssembly": assembly},
        INTERFACE: {"BrainModel": BrainModel},
    }
    for name, content in contents.items():
        module = ModuleType(name)
        vars(module).update(content)
        for place in range(name.count(".") + 1):
            package = ".".join(name.split(".")[: place + 1])
            if package not in sys.modules:
                monkeypatch.setitem(sys.modules, package, ModuleType(package))
        monkeypatch.setitem(sys.modules, name, module)
