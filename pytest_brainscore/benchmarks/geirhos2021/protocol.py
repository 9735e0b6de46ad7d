"""How a model is scored on the experiments of Geirhos et al. (2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
from pytest_brainscore.benchmarks.geirhos2021 import experiment_of
from pytest_brainscore.benchmarks.shared.agreement import accuracy_outcome, error_consistency_outcome
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    as_identifiers,
    name_categories,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this family that may change a score."""
PACKAGED_CONDITIONS: Final = {"false-colour": "true", "normal-image": "false"}
"""What the packaged false-colour experiment calls the conditions of the trial tables. Its names are exchanged: images
in false colours ("false" in the trial tables) are called normal, and are those that count."""


def error_consistency_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how consistently a model errs with people, beyond what their accuracies explain.

    Images of 3 degrees are placed on the model's screen, the model names one of 16 categories, and Cohen's kappa of its
    correctness with each subject's is averaged over conditions, then over subjects. The published system takes the
    absolute value, so does this; ``values`` has the signed kappas.

    Parameters
    ----------
    benchmark
        One of the error consistency benchmarks of this family.
    model
        Afterwards it does the label task.
    data
        ``assembly``: named category of each trial, with the coordinates ``stimulus_id`` and ``subject``; every
        subject saw every image once. ``stimuli``: images with the columns ``truth`` and ``condition``; those of
        excluded conditions are left out.

    Returns
    -------
    Score
        Raw score divided by the error consistency among the subjects, cut to [0, 1]. The error is the deviation of a
        bootstrap over images (within conditions) at a fixed ceiling, on the scale of the score; the published one is
        the deviation over subjects and conditions.

    Raises
    ------
    NoNumber
        When no kappa is defined: the model and every subject are always right, or always wrong.
    DataUnavailable
        When the subjects did not all see the images that the model saw.

    """
    stimuli, assembly = data.stimuli, data.assembly
    trials = trial_table(assembly, "stimulus_id", "subject")
    require_shown(trials, stimuli, benchmark)
    kept = kept_images(benchmark, stimuli)
    images = _answered(benchmark, place_on_screen(kept, model.visual_degrees()), model)
    return error_consistency_outcome(benchmark, model.identifier, images, trials, kept, PROTOCOL_REVISION)


def top1_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score the share of images that a model names correctly, of the images that are also used with people.

    The images fill the model's input; they are not placed on a screen. The error is the standard error of a share.

    Parameters
    ----------
    benchmark
        One of the top-1 benchmarks of this family.
    model
        Afterwards it does the label task.
    data
        ``stimuli``: images with the columns ``truth`` and ``condition``; those of excluded conditions are left
        out.

    """
    stimuli = data.stimuli
    kept = kept_images(benchmark, stimuli)
    images = _answered(benchmark, kept, model)
    return accuracy_outcome(benchmark, images, kept, PROTOCOL_REVISION, strata="condition")


def quick_data(benchmark: Benchmark) -> BenchmarkData:
    """Return half of the images of each category, every other one in the order of their names, and the trials on them.

    Raises
    ------
    DataUnavailable
        When the stimuli or the trials are not on this machine.

    """
    whole = BenchmarkData(benchmark)
    require_columns(whole.stimuli, "truth")
    names = as_identifiers(whole.stimuli.table["stimulus_id"])
    truth = whole.stimuli.table["truth"].astype(str).to_numpy()
    chosen = np.zeros(len(names), dtype=bool)
    for category in np.unique(truth):
        members = np.flatnonzero(truth == category)
        chosen[members[np.argsort(names[members])][::2]] = True
    stimuli = whole.stimuli.rows(chosen)
    seen = np.isin(as_identifiers(whole.assembly["stimulus_id"].values), names[chosen])
    return BenchmarkData(benchmark, stimuli=stimuli, assembly=whole.assembly[seen])


def kept_images(benchmark: Benchmark, stimuli: StimulusSet) -> StimulusSet:
    """Return the images of the conditions that count, in their order.

    Raises
    ------
    DataUnavailable
        When a condition that is to be left out does not occur, or no other does.

    """
    require_columns(stimuli, "truth", "condition")
    conditions = [_condition(value) for value in stimuli.table["condition"]]
    excluded = [_condition(value) for value in experiment_of(benchmark).excluded]
    kept = ~np.isin(conditions, excluded)
    if not kept.any() or not set(excluded) <= set(conditions):
        raise DataUnavailable(
            f"The stimulus set {stimuli.identifier} has the conditions {', '.join(sorted(set(conditions)))}, of which "
            f"{', '.join(excluded) or 'none'} must be left out; take the images as published."
        )
    return stimuli.rows(kept)


def _condition(value: object) -> str:
    """Return a condition in one spelling: trial tables have 0.60 where packaged tables have the number 0.6."""
    text = str(value).strip().lower()
    try:
        return f"{float(text):g}"
    except ValueError:
        return PACKAGED_CONDITIONS.get(text, text)


def _answered(benchmark: Benchmark, stimuli: StimulusSet, model: BrainModel) -> pd.DataFrame:
    """Return condition, truth and the model's answer for every image, sorted by image."""
    truth = stimuli.table["truth"].astype(str)
    answers = name_categories(model, sorted(set(truth)), stimuli, benchmark.number_of_trials)
    conditions = np.array([_condition(value) for value in stimuli.table["condition"]])
    return answer_table(stimuli, {"truth": truth.to_numpy(), "condition": conditions, "answer": answers})
