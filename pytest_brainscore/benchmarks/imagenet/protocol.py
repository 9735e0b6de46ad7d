"""How a model is scored on ImageNet: all validation images of the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.photographs import naming_score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

IMAGES: Final = 50_000
"""Validation images of ImageNet."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score the share of validation images of ImageNet whose class a model names; see `naming_score`."""
    return naming_score(benchmark, model, data.stimuli, IMAGES)
