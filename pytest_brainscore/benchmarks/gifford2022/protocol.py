"""How a model is scored on Gifford2022: ridge regression to every channel at every time, from one response."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import xarray as xr

from pytest_brainscore.benchmarks.shared.recordings import name_of, number_coordinate
from pytest_brainscore.benchmarks.shared.subject_recordings import UnitSelection
from pytest_brainscore.benchmarks.shared.train_test import train_test_score
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.metrics.predictivity.fixed_split import ridge_cv_each, ridge_each

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
    from pytest_brainscore.models.interface import BrainModel, TimeBin
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = cast("TimeBin", (0.0, 0.6))
"""What the model is asked for: seconds, unlike all other families. A model that counts milliseconds understands .6."""
FIRST: Final = 0.0
LAST: Final = 0.59
"""Starts of the first and the last time bin, in seconds."""
BINS: Final = 60
ALL_CHANNELS: Final = UnitSelection(by_region=False)
ALPHAS: Final = (
    *(0.01, 0.1, 0.5, 1, 10, 50, 100, 500, 1e3, 5e3),
    *(1e4, 3.25e4, 5.5e4, 7.75e4),
    *(1e5, 3.25e5, 5.5e5, 7.75e5),
    *(1e6, 3.25e6, 5.5e6, 7.75e6, 1e7),
)
"""The 23 published penalties."""


def ridge_score(benchmark: Benchmark, model: BrainModel, data: TrainTestData) -> Score:
    """Score how well a model predicts the EEG with the penalty 1; see `train_test_score`."""
    return train_test_score(
        benchmark, model, data, selection=ALL_CHANNELS, fit=ridge_each, time_bin=TIME_BIN, flatten=channels_in_time
    )


def ridgecv_score(benchmark: Benchmark, model: BrainModel, data: TrainTestData) -> Score:
    """Score the same with the best of 23 penalties for each person."""
    return train_test_score(
        benchmark,
        model,
        data,
        selection=ALL_CHANNELS,
        fit=partial(ridge_cv_each, alphas=ALPHAS),
        time_bin=TIME_BIN,
        flatten=channels_in_time,
    )


def channels_in_time(assembly: xr.DataArray) -> xr.DataArray:
    """Make a unit of each channel at each time: the channel changes slowest, the time fastest, from early to late.

    Parameters
    ----------
    assembly
        ``presentation`` x ``neuroid`` x ``time_bin``, with ``time_bin_start`` in seconds.

    Returns
    -------
    xarray.DataArray
        ``presentation`` x ``neuroid``, with the coordinates of the channels and ``recording_time``.

    Raises
    ------
    DataUnavailable
        When there are not 60 bins from 0 to .59 seconds.

    """
    starts = number_coordinate(assembly, "time_bin_start")
    # In the order of time, whatever that of the file: training and test responses of a unit are those of one time.
    order = np.argsort(starts, kind="stable")
    chosen = order[(starts[order] >= FIRST) & (starts[order] <= LAST)]
    if "time_bin" not in assembly.dims or chosen.size != BINS:
        raise DataUnavailable(
            f"The recordings {name_of(assembly)} have {chosen.size} time bins that start from {FIRST:g} to {LAST:g} "
            f"seconds instead of {BINS}; use the published file."
        )
    window = assembly.isel(time_bin=chosen).transpose("presentation", "neuroid", "time_bin")
    values = np.asarray(window.values)
    channels = values.shape[1]
    units = {
        str(name): ("neuroid", np.repeat(each.values, BINS))
        for name, each in window.coords.items()
        if each.dims == ("neuroid",)
    }
    presentations = {
        str(name): ("presentation", each.values)
        for name, each in window.coords.items()
        if each.dims == ("presentation",)
    }
    return xr.DataArray(
        values.reshape(len(values), channels * BINS),
        {**presentations, **units, "recording_time": ("neuroid", np.tile(starts[chosen], channels))},
        ("presentation", "neuroid"),
        name=assembly.name,
        attrs=assembly.attrs,
    )
