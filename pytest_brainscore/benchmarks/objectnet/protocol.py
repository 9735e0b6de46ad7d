"""How a model is scored on ObjectNet: the images of the classes that ImageNet has as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.photographs import naming_score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

IMAGES: Final = 17_261
"""Images of ObjectNet whose class ImageNet has."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score the share of images of ObjectNet whose class a model names; see `naming_score`."""
    return naming_score(benchmark, model, data.stimuli, IMAGES)
