"""Scores on data that a test hands in, in the place of those of the catalogue."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import xarray

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.scoring.score import Score


def score_on(
    benchmark: Benchmark,
    model: Any,
    *,
    stimuli: StimulusSet | None = None,
    assembly: xarray.DataArray | None = None,
    fitting: StimulusSet | None = None,
) -> Score:
    """Score a model by the protocol of a benchmark; what is not given comes from the catalogue."""
    module, _, name = str(benchmark.protocol).partition(":")
    data = BenchmarkData(benchmark, stimuli=stimuli, assembly=assembly, fitting=fitting)
    score: Score = getattr(import_module(module), name)(benchmark, model, data)
    return score
