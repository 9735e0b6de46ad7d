"""How a model is scored on corrupted photographs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.photographs import naming_score
from pytest_brainscore.data.publishers.imagenet_c import LEVELS, TYPES
from pytest_brainscore.data.stimuli.corruptions import SEED, corrupted, library_versions

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PHOTOGRAPHS: Final = 50_000
"""Validation images of ImageNet, each of which was corrupted."""
STEP: Final = 10
"""Version 2 of the published benchmark uses every tenth row of the table only."""


def archived_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score a model on every tenth image of the archive, pooled over types and levels.

    Where the published system finds no local copy it takes all images, ten times as many as its own published scores
    are made of; here it is always every tenth. ``values`` has the share of correct answers by type and level.

    Raises
    ------
    DataUnavailable, NotCapable
        When images are missing, or the model has no 1000 ImageNet outputs.

    """
    stimuli = data.stimuli.rows(slice(None, None, STEP))
    return naming_score(benchmark, model, stimuli, _images(benchmark), "noise_type", "noise_level")


def generated_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score a model on images that are corrupted here, pooled over types and levels.

    At most as many photographs as the archived benchmarks use are corrupted: with a complete folder every tenth, all
    of a folder with at most 5000. The versions of the libraries that corrupt are part of the provenance.

    Raises
    ------
    DataUnavailable, NotCapable
        When images or the library are missing, or the model has no 1000 ImageNet outputs.

    """
    photographs = data.stimuli
    step = max(1, len(photographs) // (PHOTOGRAPHS // STEP))
    stimuli = corrupted(photographs.rows(slice(None, None, step)), TYPES[_category(benchmark)], LEVELS)
    score = naming_score(benchmark, model, stimuli, _images(benchmark), "noise_type", "noise_level")
    return replace(score, provenance={**score.provenance, "seed": SEED, "corrupted_by": library_versions()})


def _category(benchmark: Benchmark) -> str:
    return benchmark.identifier.removesuffix("-top1").rpartition("-")[2]


def _images(benchmark: Benchmark) -> int:
    """Return the number of images of a complete run: 75,000 or 100,000."""
    return PHOTOGRAPHS // STEP * len(LEVELS) * len(TYPES[_category(benchmark)])
