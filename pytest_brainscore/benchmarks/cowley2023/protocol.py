"""How a model is scored on Cowley2023: images fill its input, PLS on all units, splits in the order of the images."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
from pytest_brainscore.benchmarks.cowley2023 import session_of
from pytest_brainscore.benchmarks.shared.neural_predictivity import predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import arrange
from pytest_brainscore.data.publishers.cowley2023 import session_assembly, session_stimuli

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (70, 170)
"""What the model is asked for. The spikes were counted in 100 ms; when these began is not distributed, and the window
is the one of other recordings in V4 (Majaj et al. 2015)."""


def session_data(benchmark: Benchmark) -> BenchmarkData:
    """Return images and responses of the session of a benchmark, from the user's folder."""
    session = session_of(benchmark)
    stimuli = session_stimuli(session, degrees=benchmark.visual_degrees)
    assembly = session_assembly(session).assign_attrs(identifier=benchmark.assembly)
    return BenchmarkData(benchmark, stimuli=stimuli, assembly=assembly)


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts the neurons of a session; see `predictivity_score`.

    The images of 112 x 112 pixels are not placed on a screen: they are preprocessed to fill the model's input.
    """
    filling = replace(data.stimuli, degrees=model.visual_degrees())
    return predictivity_score(benchmark, model, arrange(data.assembly), filling, TIME_BIN)
