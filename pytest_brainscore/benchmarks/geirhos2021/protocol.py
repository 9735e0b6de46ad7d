"""How a model is scored on the experiments of Geirhos et al. (2021)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.geirhos2021 import VISUAL_DEGREES, experiment_of, stimuli_folder, trial_tables_folder
from pytest_brainscore.data.screen import place_on_screen
from pytest_brainscore.data.stimulus_set import ImageFile, StimulusSet
from pytest_brainscore.data.trial_tables import TrialTable, read_trial_tables
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.error_consistency import cohen_kappa, error_consistency, error_consistency_ceiling
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
SEED: Final = 0
"""Seed of the bootstrap over images."""
BOOTSTRAPS: Final = 1000
"""Draws of the bootstrap; their deviation is then known to 2 %."""


def error_consistency_score(benchmark: Benchmark, model: BrainModel) -> Score:
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
    DataUnavailable, NotCapable
        When images or trial tables are missing, or the model has no 1000 ImageNet outputs.

    """
    trials, stimuli = _experiment(benchmark)
    correct = _correct(model, place_on_screen(stimuli, model.visual_degrees()), trials, benchmark.number_of_trials)
    consistency = error_consistency(correct, trials.correct, trials.conditions)
    if np.isnan(consistency.value):
        raise NoNumber(
            f"{model.identifier} and all subjects are always right or always wrong in {benchmark.stimulus_set}, so the "
            "consistency of their errors is not defined."
        )
    ceiling = error_consistency_ceiling(trials.correct, trials.conditions).value
    unclipped = consistency.value / ceiling
    draws = np.abs(_bootstrapped(correct, trials))
    return Score(
        value=float(np.clip(unclipped, 0.0, 1.0)),
        error=float(np.nanstd(draws)) / ceiling,
        raw=consistency.value,
        ceiling=ceiling,
        normalisation=benchmark.normalisation,
        clipped=bool(unclipped > 1.0),
        n=_counts(trials) | {"bootstraps": BOOTSTRAPS},
        provenance=_provenance(trials, stimuli),
    )


def top1_score(benchmark: Benchmark, model: BrainModel) -> Score:
    """Score the share of images that a model names correctly, of the images that are also used with people.

    The images fill the model's input; they are not placed on a screen. The error is the standard error of a share.

    Raises
    ------
    DataUnavailable, NotCapable
        When images or trial tables are missing, or the model has no 1000 ImageNet outputs.

    """
    trials, stimuli = _experiment(benchmark)
    accuracy = float(_correct(model, stimuli, trials, benchmark.number_of_trials).mean())
    return Score(
        value=accuracy,
        error=float(np.sqrt(accuracy * (1 - accuracy) / len(stimuli))),
        raw=accuracy,
        ceiling=1.0,
        normalisation=benchmark.normalisation,
        n=_counts(trials),
        provenance=_provenance(trials, stimuli),
    )


def _experiment(benchmark: Benchmark) -> tuple[TrialTable, StimulusSet]:
    """Return the trials that count and the images they showed, in the same order."""
    experiment = experiment_of(benchmark)
    tables, images = trial_tables_folder(experiment), stimuli_folder(experiment)
    if tables is None or images is None:
        raise DataUnavailable(benchmark.unavailable() or f"{benchmark.identifier} has no data folder.")
    trials = read_trial_tables(tables)
    if experiment.excluded:
        trials = trials.without(*experiment.excluded)
    # The last part of the published image name is the file in the folder of its category.
    names = [stimulus.rpartition("_")[2] for stimulus in trials.stimuli]
    files = [images / category / name for category, name in zip(trials.categories.tolist(), names, strict=True)]
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise DataUnavailable(
            f"{len(missing)} of {len(files)} images of {experiment.name} are missing, the first is {missing[0]}; copy "
            "the whole folder."
        )
    table = pd.DataFrame({"stimulus_id": list(trials.stimuli), "truth": trials.categories})
    return trials, StimulusSet(benchmark.stimulus_set, table, tuple(map(ImageFile, files)), VISUAL_DEGREES)


def _correct(model: BrainModel, stimuli: StimulusSet, trials: TrialTable, number_of_trials: int) -> NDArray[np.bool_]:
    """Return whether the model names each stimulus correctly, shape (stimulus,)."""
    model.start_task("label", sorted(set(trials.categories.tolist())))
    answers = model.look_at(stimuli, number_of_trials)
    return np.asarray(answers.transpose("presentation", ...).values.reshape(-1) == trials.categories)


def _bootstrapped(correct: NDArray[np.bool_], trials: TrialTable) -> NDArray[np.float64]:
    """Return the mean kappa of each bootstrap draw over images, shape (bootstrap,)."""
    generator = np.random.default_rng(SEED)
    kappas = []
    for condition in np.unique(trials.conditions):
        images = np.flatnonzero(trials.conditions == condition)
        drawn = images[generator.integers(len(images), size=(BOOTSTRAPS, len(images)))]
        kappas.append(np.stack([cohen_kappa(correct[drawn], subject[drawn]) for subject in trials.correct]))
    # Shape (condition, subject, bootstrap); over conditions first, as in the score.
    return np.asarray(np.nanmean(np.nanmean(np.stack(kappas), axis=0), axis=0))


def _counts(trials: TrialTable) -> dict[str, int]:
    return {
        "stimuli": len(trials.stimuli),
        "subjects": len(trials.subjects),
        "conditions": len(np.unique(trials.conditions)),
    }


def _provenance(trials: TrialTable, stimuli: StimulusSet) -> dict[str, str | int]:
    answers = "\n".join([*trials.subjects, *trials.stimuli, *trials.conditions, *trials.responses.ravel()])
    return {
        "protocol": PROTOCOL_REVISION,
        "data_sha256": hashlib.sha256(answers.encode()).hexdigest(),
        "stimuli": stimuli.digest(),
        "seed": SEED,
    }
