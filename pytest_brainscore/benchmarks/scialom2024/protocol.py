"""How a model is scored on the images of Scialom2024."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.benchmarks.shared.agreement import (
    accuracy_distance_outcome,
    accuracy_outcome,
    error_consistency_outcome,
)
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    name_categories,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.people import require_everybody
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""


def accuracy_distance_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how near the accuracy of a model is to that of each subject; see `accuracy_distance_outcome`.

    The images fill the model's input; they are not placed on a screen.

    Parameters
    ----------
    benchmark
        One of the accuracy distances of this family.
    model
        Afterwards it does the label task.
    data
        ``assembly``: the answer of each trial, with ``stimulus_id`` and ``subject``; every subject saw every image
        once. ``stimuli``: images with ``truth``, one of twelve objects; "sewing machine" and "sewingmachine" are one.

    Raises
    ------
    DataUnavailable
        When the subjects did not all see the images that the model saw.

    """
    stimuli, trials = _with_trials(benchmark, data)
    images = _answered(benchmark, model, stimuli)
    return accuracy_distance_outcome(benchmark, images, trials, stimuli, PROTOCOL_REVISION)


def error_consistency_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how consistently a model errs with people; see `error_consistency_outcome`. Not cut at 1, as published.

    The images are placed on the model's screen.

    Parameters
    ----------
    benchmark
        One of the error consistencies of this family.
    model
        Afterwards it does the label task.
    data
        As in `accuracy_distance_score`; images (or trials) also have ``condition``, and kappas are averaged over
        conditions first.

    Raises
    ------
    NoNumber
        When the model and every subject are always right, or always wrong.
    DataUnavailable
        When the subjects did not all see the images that the model saw, or conditions are missing.

    """
    stimuli, trials = _with_trials(benchmark, data)
    stimuli = _with_conditions(benchmark, stimuli, data)
    images = _answered(benchmark, model, place_on_screen(stimuli, model.visual_degrees()), "condition")
    return error_consistency_outcome(
        benchmark, model.identifier, images, trials, stimuli, PROTOCOL_REVISION, bounded=False
    )


def accuracy_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score the share of images that a model names correctly. They fill its input, not placed on a screen.

    Parameters
    ----------
    benchmark
        One of the accuracies of this family.
    model
        Afterwards it does the label task.
    data
        ``stimuli``, as in `accuracy_distance_score`.

    """
    stimuli = _labelled(data.stimuli)
    return accuracy_outcome(benchmark, _answered(benchmark, model, stimuli), stimuli, PROTOCOL_REVISION)


def _with_trials(benchmark: Benchmark, data: BenchmarkData) -> tuple[StimulusSet, pd.DataFrame]:
    stimuli, assembly = data.stimuli, data.assembly
    stimuli = _labelled(stimuli)
    trials = trial_table(assembly, "stimulus_id", "subject")
    trials["value"] = plain_labels(trials["value"])
    require_shown(trials, stimuli, benchmark)
    require_everybody(trials, stimuli, benchmark)
    return stimuli, trials


def _labelled(stimuli: StimulusSet) -> StimulusSet:
    require_columns(stimuli, "truth")
    return replace(stimuli, table=stimuli.table.assign(truth=plain_labels(stimuli.table["truth"])))


def _with_conditions(benchmark: Benchmark, stimuli: StimulusSet, data: BenchmarkData) -> StimulusSet:
    """Return the images with the column ``condition`` as text; where they have none, that of the trials."""
    if "condition" in stimuli.table.columns:
        condition = stimuli.table["condition"].astype(str)
    else:
        trials = trial_table(data.assembly, "stimulus_id", "condition").astype(str)
        of_image = trials.drop_duplicates(["stimulus_id", "condition"])
        if of_image["stimulus_id"].duplicated().any():
            raise DataUnavailable(
                f"An image of {benchmark.assembly} has more than one condition; take the trials as published."
            )
        shown = answer_table(stimuli, {"place": np.arange(len(stimuli))}).merge(of_image, on="stimulus_id")
        condition = shown.sort_values("place")["condition"]
    return replace(stimuli, table=stimuli.table.assign(condition=condition.to_numpy(str)))


def _answered(benchmark: Benchmark, model: BrainModel, stimuli: StimulusSet, *columns: str) -> pd.DataFrame:
    labels = sorted(set(stimuli.table["truth"]))
    answers = name_categories(model, labels, stimuli, benchmark.number_of_trials)
    return answer_table(stimuli, {"answer": plain_labels(answers)}, "truth", *columns)


def plain_labels(labels: ArrayLike) -> NDArray[np.str_]:
    """Return labels as the label task looks them up: without blanks, in lower case."""
    return np.array(["".join(str(label).split()).lower() for label in np.asarray(labels).tolist()], dtype=np.str_)
