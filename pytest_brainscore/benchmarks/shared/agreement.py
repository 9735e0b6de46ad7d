"""Is a model as often right as people, does it err on the same images, and how often is it right?

What the benchmarks share in which everybody, people and model, names the category of every image of a set once. The
papers differ in how a model is asked; what is done with the answers is the same.

Tables of images come from `shared.behavior.answer_table`: sorted by ``stimulus_id``, with the columns ``truth`` and
``answer``, and ``condition`` where there are conditions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.behavior import (
    confusion_details,
    digest,
    outcome,
    require_ceiling,
)
from pytest_brainscore.benchmarks.shared.people import correct_by_subject
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, subject_units, with_replicates
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.inference.answers import accuracy_design, observer_design
from pytest_brainscore.metrics.behavior.accuracy import accuracy
from pytest_brainscore.metrics.behavior.accuracy_distance import (
    accuracy_distance,
    accuracy_distance_ceiling,
    accuracy_similarity,
)
from pytest_brainscore.metrics.behavior.error_consistency import (
    error_consistency,
    error_consistency_ceiling,
    kappa_of_counts,
)
from pytest_brainscore.metrics.reliability.bootstrap import DRAWS, SEED, bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import ratio
from pytest_brainscore.metrics.shared.aggregation import credible, defined_mean
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet


def accuracy_distance_outcome(
    benchmark: Benchmark, images: pd.DataFrame, trials: pd.DataFrame, stimuli: StimulusSet, revision: int
) -> Score:
    """Score how near the accuracy of a model is to that of each subject, over all images.

    Parameters
    ----------
    benchmark
        What is scored.
    images
        What was shown, with ``truth`` and the model's ``answer``.
    trials
        As in `correct_by_subject`.
    stimuli
        The same images, for their digest.
    revision
        Of the protocol.

    Returns
    -------
    Score
        Mean similarity divided by that of the subjects with one another, cut to [0, 1]. The error is the deviation of
        a bootstrap over images (within categories), for model and subjects at once, at a fixed ceiling; the published
        one, over subjects, is dropped. ``values`` are the similarities with every subject.

    Raises
    ------
    DataUnavailable
        When the subjects did not all see these images, or there is one subject.

    """
    subjects = correct_by_subject(trials, images, benchmark)
    correct = (images["answer"] == images["truth"].astype(str)).to_numpy(bool)
    raw = accuracy_distance(correct, subjects)
    ceiling = require_ceiling(accuracy_distance_ceiling(subjects).value, benchmark)

    def similarity(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        model_accuracy = (weights @ correct) / len(images)
        subject_accuracies = (weights @ subjects.T) / len(images)
        return np.asarray(accuracy_similarity(model_accuracy[:, np.newaxis], subject_accuracies).mean(axis=-1))

    draws = bootstrap(similarity, images["truth"].to_numpy(str))
    score = outcome(
        benchmark,
        ratio(raw.value, ceiling, deviation(draws)),
        raw=raw.value,
        ceiling=ceiling,
        bounded=True,
        n={"stimuli": len(images), "subjects": len(subjects), "trials": len(trials)},
        provenance={"protocol": revision, "data_sha256": digest(trials), "stimuli": stimuli.digest()},
        values=xr.DataArray(raw.similarities[0], dims="subject"),
    )
    design = observer_design(
        lambda right, theirs, _same, total: accuracy_similarity(right / total, theirs / total),
        correct,
        subjects,
        None,
        stimulus_units(benchmark, images["stimulus_id"], images["truth"].to_numpy(str)),
        subject_units(benchmark, sorted(set(trials["subject"]))),
    )
    return with_replicates(score, design, bounded=True)


def error_consistency_outcome(
    benchmark: Benchmark,
    model: str,
    images: pd.DataFrame,
    trials: pd.DataFrame,
    stimuli: StimulusSet,
    revision: int,
    *,
    bounded: bool = True,
) -> Score:
    """Score how consistently a model errs with people, beyond what their accuracies explain.

    Cohen's kappa of the model's correctness with each subject's is averaged over conditions, then over subjects. The
    published system takes the absolute value, so does this.

    Parameters
    ----------
    benchmark, trials, stimuli, revision
        As in `accuracy_distance_outcome`.
    model
        Its name, for messages.
    images
        With ``truth``, ``condition`` and the model's ``answer``.
    bounded
        Whether the score is cut to [0, 1].

    Returns
    -------
    Score
        Raw score divided by the error consistency among the subjects. The error is the deviation of a bootstrap over
        images (within conditions) at a fixed ceiling, on the scale of the score; the published one is the deviation
        over subjects and conditions. ``values`` has the signed kappas.

    Raises
    ------
    NoNumber
        When no kappa is defined: the model and every subject are always right, or always wrong.
    DataUnavailable
        When the subjects did not all see these images, or there is one subject.

    """
    subjects = correct_by_subject(trials, images, benchmark)
    correct = (images["answer"] == images["truth"]).to_numpy(bool)
    conditions = images["condition"].to_numpy(str)
    consistency = error_consistency(correct, subjects, conditions)
    if np.isnan(consistency.value):
        raise NoNumber(
            f"{model} and all subjects are always right or always wrong in {benchmark.stimulus_set}, so the "
            "consistency of their errors is not defined."
        )
    ceiling = require_ceiling(error_consistency_ceiling(subjects, conditions).value, benchmark)
    unclipped = consistency.value / ceiling
    clipped = bounded and unclipped > 1.0
    signed = consistency.signed / ceiling
    trials = trials[trials["stimulus_id"].isin(images["stimulus_id"])]
    score = Score(
        value=1.0 if clipped else unclipped,
        error=credible(_deviation(correct, subjects, conditions) / ceiling, len(images)),
        raw=consistency.value,
        ceiling=ceiling,
        normalisation=benchmark.normalisation,
        clipped=clipped,
        unclipped=signed if bounded or signed < 0 else None,
        n={
            "stimuli": len(images),
            "subjects": len(subjects),
            "conditions": len(consistency.conditions),
            "bootstraps": DRAWS,
        },
        provenance={
            "protocol": revision,
            "data_sha256": digest(trials),
            "stimuli": stimuli.digest(),
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
        score, design, raw=consistency.signed, scale=lambda values: np.abs(values) / ceiling, bounded=bounded
    )


def accuracy_outcome(
    benchmark: Benchmark, images: pd.DataFrame, stimuli: StimulusSet, revision: int, *, strata: str = "truth"
) -> Score:
    """Score the share of images that a model names correctly.

    Parameters
    ----------
    benchmark, stimuli, revision
        As in `accuracy_distance_outcome`.
    images
        With ``truth`` and the model's ``answer``.
    strata
        Column of what the experiment fixed; images are drawn within it for bootstrap values. Conditions are counted.

    Returns
    -------
    Score
        The ceiling is 1, and the error the standard error of a share. ``details`` has the confusions.

    """
    truth, answers = images["truth"].to_numpy(str), images["answer"].to_numpy(str)
    share = accuracy(answers, truth)
    score = Score(
        value=share.value,
        error=credible(share.error, len(images)),
        raw=share.value,
        ceiling=1.0,
        normalisation=benchmark.normalisation,
        n={
            "stimuli": len(images),
            **({"conditions": images["condition"].nunique()} if strata == "condition" else {}),
        },
        provenance={"protocol": revision, "stimuli": stimuli.digest()},
        details={"confusion": confusion_details(truth, answers)},
    )
    shown = stimulus_units(benchmark, images["stimulus_id"], images[strata].to_numpy(str))
    return with_replicates(score, accuracy_design(truth == answers, shown))


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
        # Shape (draw, subject, condition); over conditions first, as in the score.
        return np.abs(defined_mean(defined_mean(np.stack(kappas, axis=-1))))

    return deviation(bootstrap(mean_kappa, conditions))
