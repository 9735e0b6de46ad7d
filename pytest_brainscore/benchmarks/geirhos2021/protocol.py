"""How a model is scored on the experiments of Geirhos et al. (2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.geirhos2021 import experiment_of
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    confusion_details,
    digest,
    name_categories,
    require_ceiling,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, subject_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.answers import accuracy_design, observer_design
from pytest_brainscore.metrics.behavior.accuracy import accuracy
from pytest_brainscore.metrics.behavior.error_consistency import (
    error_consistency,
    error_consistency_ceiling,
    kappa_of_counts,
)
from pytest_brainscore.metrics.reliability.bootstrap import DRAWS, SEED, bootstrap, deviation
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

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
    subjects = _correct_by_subject(trials, images, benchmark)
    correct = (images["answer"] == images["truth"]).to_numpy(bool)
    conditions = images["condition"].to_numpy(str)
    consistency = error_consistency(correct, subjects, conditions)
    if np.isnan(consistency.value):
        raise NoNumber(
            f"{model.identifier} and all subjects are always right or always wrong in {benchmark.stimulus_set}, so the "
            "consistency of their errors is not defined."
        )
    ceiling = require_ceiling(error_consistency_ceiling(subjects, conditions).value, benchmark)
    unclipped = consistency.value / ceiling
    trials = trials[trials["stimulus_id"].isin(images["stimulus_id"])]
    score = Score(
        value=min(unclipped, 1.0),
        error=credible(_deviation(correct, subjects, conditions) / ceiling, len(images)),
        raw=consistency.value,
        ceiling=ceiling,
        normalisation=benchmark.normalisation,
        clipped=unclipped > 1.0,
        unclipped=consistency.signed / ceiling,
        n={
            "stimuli": len(images),
            "subjects": len(subjects),
            "conditions": len(consistency.conditions),
            "bootstraps": DRAWS,
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": digest(trials),
            "stimuli": kept.digest(),
            "seed": SEED,
        },
        values=xr.DataArray(
            consistency.kappas,
            {"condition": consistency.conditions, "subject": sorted(set(trials["subject"]))},
            ("condition", "subject"),
        ),
    )
    design = observer_design(
        kappa_of_counts,
        correct,
        subjects,
        conditions,
        stimulus_units(benchmark, images["stimulus_id"], conditions),
        subject_units(benchmark, sorted(set(trials["subject"]))),
    )
    return with_replicates(
        score,
        design,
        raw=consistency.signed,
        scale=lambda values: np.abs(values) / ceiling,
        bounded=True,
        categories=images["truth"],
    )


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
    share = accuracy(images["answer"].to_numpy(str), images["truth"].to_numpy(str))
    score = Score(
        value=share.value,
        error=credible(share.error, len(images)),
        raw=share.value,
        ceiling=1.0,
        normalisation=benchmark.normalisation,
        n={"stimuli": len(images), "conditions": images["condition"].nunique()},
        provenance={"protocol": PROTOCOL_REVISION, "stimuli": kept.digest()},
        details={"confusion": confusion_details(images["truth"].to_numpy(str), images["answer"].to_numpy(str))},
    )
    correct = (images["answer"] == images["truth"]).to_numpy(bool)
    shown = stimulus_units(benchmark, images["stimulus_id"], images["condition"].to_numpy(str))
    return with_replicates(score, accuracy_design(correct, shown), categories=images["truth"])


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


def _correct_by_subject(trials: pd.DataFrame, images: pd.DataFrame, benchmark: Benchmark) -> NDArray[np.bool_]:
    """Return whether each subject named each image correctly, shape (subject, image), subjects sorted."""
    # Counted before reshaping: a pivot needs single cells.
    trials = trials[trials["stimulus_id"].isin(images["stimulus_id"])]
    subjects = sorted(set(trials["subject"]))
    pairs = trials.drop_duplicates(["subject", "stimulus_id"])
    if not len(trials) == len(pairs) == len(subjects) * len(images):
        raise DataUnavailable(
            f"Not every subject of {benchmark.assembly} answered once to each of {len(images)} images; take it as "
            "published."
        )
    answers = trials.pivot_table(index="subject", columns="stimulus_id", values="value", aggfunc="first")
    named = answers.loc[subjects, images["stimulus_id"]].to_numpy(str)
    return np.asarray(named == images["truth"].to_numpy(str))


def _deviation(correct: NDArray[np.bool_], subjects: NDArray[np.bool_], conditions: NDArray[np.str_]) -> float:
    """Return the deviation of the mean kappa, its sign dropped, when images are drawn anew."""
    same = subjects == correct
    groups = [np.flatnonzero(conditions == condition) for condition in np.unique(conditions)]

    def mean_kappa(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        kappas = []
        for group in groups:
            drawn = weights[:, group]
            right = (drawn @ correct[group])[:, np.newaxis]
            kappas.append(kappa_of_counts(right, drawn @ subjects[:, group].T, drawn @ same[:, group].T, len(group)))
        # Shape (condition, draw, subject); over conditions first, as in the score.
        return np.abs(_mean(_mean(np.stack(kappas), 0), 1))

    return deviation(bootstrap(mean_kappa, conditions))


def _mean(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Average along an axis, leaving NaN out; NaN where there is nothing else."""
    defined = ~np.isnan(values)
    total = np.where(defined, values, 0.0).sum(axis)
    mean = np.full(total.shape, np.nan)
    np.divide(total, defined.sum(axis), out=mean, where=defined.any(axis))
    return mean
