"""How a model is scored on Allen2022_fmri: ridge regression with the penalty 1, or dissimilarities of all images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.subject_recordings import UnitSelection
from pytest_brainscore.benchmarks.shared.subject_similarity import pooled_score
from pytest_brainscore.benchmarks.shared.train_test import train_test_score
from pytest_brainscore.metrics.predictivity.fixed_split import ridge_each

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (70, 170)
"""What the model is asked for; nominal, as responses of blood have no such time."""
RELIABLE: Final = UnitSelection(quality="nc_testset", threshold=30.0)
"""Units with more than 30 % of variance that can be explained."""


def ridge_score(benchmark: Benchmark, model: BrainModel, data: TrainTestData) -> Score:
    """Score how well a model predicts voxels; see `train_test_score`.

    The penalty is 1: the published protocol passes a list of penalties on, which is ignored.
    """
    return train_test_score(benchmark, model, data, selection=RELIABLE, fit=ridge_each, time_bin=TIME_BIN)


def rdm_score(benchmark: Benchmark, model: BrainModel, data: TrainTestData) -> Score:
    """Score how similar dissimilarities of all images are to those in voxels; see `pooled_score`."""
    return pooled_score(benchmark, model, data, selection=RELIABLE, time_bin=TIME_BIN)
