"""How a model is scored on the curves of Lonnqvist2024."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from pytest_brainscore.benchmarks.shared.agreement import accuracy_distance_outcome, accuracy_outcome
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    as_labels,
    category_probabilities,
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

    Fitting and test images are placed on the model's screen; the model learns the labels of the fitting images, and
    the more probable one is its answer.

    Parameters
    ----------
    benchmark
        One of the three groups of people.
    model
        Afterwards it does the probabilities task.
    data
        ``assembly``: the answer of each trial, with ``stimulus_id`` and ``subject``; every subject saw every image
        once. ``stimuli``: images with ``truth``. ``fitting``: images with ``image_label``.

    Raises
    ------
    DataUnavailable
        When the subjects did not all see the images that the model saw, or fitting images have other labels.

    """
    stimuli, fitting, assembly = data.stimuli, data.fitting, data.assembly
    stimuli = _labelled(benchmark, stimuli, fitting)
    trials = trial_table(assembly, "stimulus_id", "subject")
    trials["value"] = as_labels(trials["value"])
    require_shown(trials, stimuli, benchmark)
    require_everybody(trials, stimuli, benchmark)
    images = _answered(benchmark, model, fitting, stimuli)
    return accuracy_distance_outcome(benchmark, images, trials, stimuli, PROTOCOL_REVISION)


def accuracy_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score the share of images that a model answers correctly, asked as for the comparison with people.

    Parameters
    ----------
    benchmark, model
        As in `accuracy_distance_score`.
    data
        ``stimuli`` and ``fitting``, as in `accuracy_distance_score`.

    Raises
    ------
    DataUnavailable
        When a column is missing, or fitting images have other labels.

    """
    fitting = data.fitting
    stimuli = _labelled(benchmark, data.stimuli, fitting)
    return accuracy_outcome(benchmark, _answered(benchmark, model, fitting, stimuli), stimuli, PROTOCOL_REVISION)


def _labelled(benchmark: Benchmark, stimuli: StimulusSet, fitting: StimulusSet) -> StimulusSet:
    """Return the test images with ``truth`` as text, whichever type the table has."""
    require_columns(stimuli, "truth")
    require_columns(fitting, "image_label")
    truth = as_labels(stimuli.table["truth"])
    learnt = set(as_labels(fitting.table["image_label"]).tolist())
    unknown = sorted(set(truth.tolist()) - learnt)
    if unknown:
        raise DataUnavailable(
            f"The images of {benchmark.stimulus_set} show {', '.join(unknown)}, while those that a model is fitted to, "
            f"{benchmark.fitting_stimulus_set}, show {', '.join(sorted(learnt))}; fetch both again."
        )
    return replace(stimuli, table=stimuli.table.assign(truth=truth))


def _answered(benchmark: Benchmark, model: BrainModel, fitting: StimulusSet, stimuli: StimulusSet) -> pd.DataFrame:
    degrees = model.visual_degrees()
    probabilities = category_probabilities(
        model, place_on_screen(fitting, degrees), place_on_screen(stimuli, degrees), benchmark.number_of_trials
    )
    return answer_table(stimuli, {"answer": as_labels(probabilities.choices)}, "truth")
