"""How a model is scored on the images of BMD2024."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.shared.agreement import accuracy_distance_outcome
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    name_categories,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.people import require_everybody
from pytest_brainscore.data.stimuli.screen import place_on_screen

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""


def accuracy_distance_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how near the accuracy of a model is to that of each subject, over all images.

    Parameters
    ----------
    benchmark
        One of the benchmarks of this family.
    model
        Afterwards it does the label task.
    data
        ``assembly``: answered category of each trial, with the coordinates ``stimulus_id``, ``subject`` and
        ``truth``; every subject saw every image once. ``stimuli``: images with the column ``truth``.

    Returns
    -------
    Score
        Mean similarity divided by that of the subjects with one another, cut to [0, 1]. The error is the deviation of
        a bootstrap over images (within categories), for model and subjects at once, at a fixed ceiling; the published
        one, over subjects, is dropped. ``values`` are the similarities with every subject.

    Raises
    ------
    DataUnavailable
        When the subjects did not all see the images that the model saw.

    """
    stimuli, assembly = data.stimuli, data.assembly
    require_columns(stimuli, "truth")
    trials = trial_table(assembly, "stimulus_id", "subject", "truth")
    require_shown(trials, stimuli, benchmark)
    require_everybody(trials, stimuli, benchmark)
    labels = sorted(set(trials["truth"].astype(str).tolist()))
    answers = name_categories(
        model, labels, place_on_screen(stimuli, model.visual_degrees()), benchmark.number_of_trials
    )
    images = answer_table(stimuli, {"answer": answers}, "truth")
    return accuracy_distance_outcome(benchmark, images, trials, stimuli, PROTOCOL_REVISION)
