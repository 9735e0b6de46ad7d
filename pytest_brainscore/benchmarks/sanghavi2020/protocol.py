"""How a model is scored on the data sets of Sanghavi et al. (2020): response from 70 to 170 ms of seven time bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.neural_predictivity import predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import arrange, select_region, select_time_bins
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (70, 170)
"""In milliseconds after stimulus onset."""
STRATIFY: Final = {"Sanghavi2020": "object_name"}
"""What splits are stratified by; photographs have no objects in equal numbers."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts V4 or IT; see `predictivity_score`.

    Raises
    ------
    DataUnavailable
        When the recordings have another number of repetitions, or another size of images, than the published ones.

    """
    assembly = select_time_bins(select_region(data.assembly, benchmark.region), [TIME_BIN])
    stimuli = data.stimuli
    recording = arrange(assembly.isel(time_bin=0, missing_dims="ignore"), stratify=STRATIFY.get(benchmark.assembly))
    repetitions = len(recording.responses)
    degrees = float(assembly.attrs.get("image_size_degree", benchmark.visual_degrees))
    if repetitions != benchmark.number_of_trials or degrees != benchmark.visual_degrees:
        raise DataUnavailable(
            f"The recordings {benchmark.assembly} have {repetitions} repetitions of images of {degrees:g} degrees "
            f"instead of {benchmark.number_of_trials} of {benchmark.visual_degrees:g}; use the published file."
        )
    return predictivity_score(benchmark, model, recording, stimuli, TIME_BIN)
