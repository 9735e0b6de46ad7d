"""How a model is scored on Rajalingham2020: splits of letter strings, without labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.neural_predictivity import predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import arrange, select_only_time_bin, select_region
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (70, 170)
"""In milliseconds after stimulus onset, where the file does not say which; the reference does not, either."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts IT; see `predictivity_score`.

    Raises
    ------
    DataUnavailable
        When the recordings have another number of repetitions than the published ones.

    """
    assembly = data.assembly
    # All sites are in IT: the published file need not say so.
    sites = select_region(assembly, benchmark.region) if "region" in assembly.coords else assembly
    response, time_bin = select_only_time_bin(sites, TIME_BIN)
    recording = arrange(response)
    repetitions = len(recording.responses)
    if repetitions != benchmark.number_of_trials:
        raise DataUnavailable(
            f"The recordings {benchmark.assembly} have {repetitions} repetitions instead of "
            f"{benchmark.number_of_trials}; use the published file."
        )
    return predictivity_score(benchmark, model, recording, data.stimuli, time_bin)
