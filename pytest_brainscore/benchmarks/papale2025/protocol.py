"""How a model is scored on Papale2025: ridge regression on single presentations of the training images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.subject_recordings import UnitSelection
from pytest_brainscore.benchmarks.shared.train_test import train_test_score
from pytest_brainscore.metrics.predictivity.fixed_split import ridge_cv_each, ridge_each

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (70, 170)
"""What the model is asked for."""
RELIABLE: Final = UnitSelection(quality="reliability", threshold=0.3)
"""Electrodes that respond alike to repetitions."""


def ridge_score(benchmark: Benchmark, model: BrainModel, data: TrainTestData) -> Score:
    """Score how well a model predicts electrodes with the penalty 1; see `train_test_score`."""
    return train_test_score(benchmark, model, data, selection=RELIABLE, fit=ridge_each, time_bin=TIME_BIN)


def ridgecv_score(benchmark: Benchmark, model: BrainModel, data: TrainTestData) -> Score:
    """Score the same with the best of 99 penalties for each monkey."""
    return train_test_score(benchmark, model, data, selection=RELIABLE, fit=ridge_cv_each, time_bin=TIME_BIN)
