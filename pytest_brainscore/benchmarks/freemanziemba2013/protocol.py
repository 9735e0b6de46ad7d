"""How a model is scored on FreemanZiemba2013: mean response from 50 to 200 ms, splits balanced by texture type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import xarray as xr

from pytest_brainscore.benchmarks.shared.neural_predictivity import predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import arrange, select_region, select_time_bins

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (50, 200)
"""Window of the mean response, in milliseconds; recorded in bins of one."""
_BLOCK_PRESENTATIONS: Final = 512
"""Presentations read at a time: the 150 bins of all 6300 would take 770 MB."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts V1 or V2; see `predictivity_score`."""
    assembly = select_region(data.assembly, benchmark.region)
    stimuli = data.stimuli
    recording = arrange(mean_response(assembly), stratify="texture_type")
    return predictivity_score(benchmark, model, recording, stimuli, TIME_BIN)


def mean_response(assembly: xr.DataArray) -> xr.DataArray:
    """Return the mean over the 150 bins of the window, read a block of presentations at a time.

    Parameters
    ----------
    assembly
        ``presentation`` x ``neuroid`` x ``time_bin``, bins of one millisecond.

    Returns
    -------
    xarray.DataArray
        float64, ``presentation`` x ``neuroid``. Missing bins (NaN) are left out.

    Raises
    ------
    DataUnavailable
        When a bin is missing.

    """
    window = select_time_bins(assembly, [(start, start + 1) for start in range(*TIME_BIN)])
    blocks = [
        window.isel(presentation=slice(start, start + _BLOCK_PRESENTATIONS)).astype(np.float64).mean("time_bin")
        for start in range(0, window.sizes["presentation"], _BLOCK_PRESENTATIONS)
    ]
    return xr.concat(blocks, "presentation").rename(assembly.name)
