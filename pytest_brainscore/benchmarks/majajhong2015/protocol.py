"""How a model is scored on MajajHong2015: response from 70 to 170 ms, splits with all 64 objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.neural_predictivity import predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import arrange, select_region, select_time_bins

if TYPE_CHECKING:
    import xarray as xr

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.benchmarks.shared.recordings import Recording
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (70, 170)
"""In milliseconds after stimulus onset; the only one recorded."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts V4 or IT; see `predictivity_score`."""
    return predictivity_score(benchmark, model, region_recording(benchmark, data.assembly), data.stimuli, TIME_BIN)


def region_recording(benchmark: Benchmark, recorded: xr.DataArray) -> Recording:
    """Return the responses of the region of a benchmark, arranged by repetition, with objects to stratify by."""
    assembly = select_time_bins(select_region(recorded, benchmark.region), [TIME_BIN])
    return arrange(assembly.isel(time_bin=0, missing_dims="ignore"), stratify="object_name")
