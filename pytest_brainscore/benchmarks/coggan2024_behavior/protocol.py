"""How a model is scored on the occluded objects of Coggan & Tong (2024)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    as_identifiers,
    category_probabilities,
    digest,
    outcome,
    require_ceiling,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, subject_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.inference.weighted import weighted_means
from pytest_brainscore.metrics.behavior.condition_wise_accuracy import (
    condition_wise_accuracy_ceiling,
    condition_wise_accuracy_similarity,
    subject_similarities,
)
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import squared_ratio
from pytest_brainscore.metrics.shared.aggregation import defined_mean

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this family that may change a score."""


def condition_wise_accuracy_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how similar the accuracies of a model over conditions are to those of each subject.

    A decoder of the model learns the categories from unoccluded images. Conditions are the combinations of the type and
    colour of the occluder; images without one (visibility 1) do not count and are not shown. The ceiling is that of
    each subject with the mean of the others, a lower bound: a score above 1 is possible, and not cut. As published,
    the square drops the sign of a negative similarity; ``raw`` has it. A subject whose accuracy, or the model's on the
    subject's images, is the same in all conditions has no similarity and is left out of the mean, as published; ``n``
    counts such subjects.

    Parameters
    ----------
    benchmark
        The benchmark of this family.
    model
        Afterwards it does the probabilities task.
    data
        ``assembly``: one trial per image, with the coordinates ``stimulus_id``, ``subject`` and
        ``human_accuracy`` (0 or 1). ``stimuli``: images with the columns ``object_class``, ``occluder_type``,
        ``occluder_color`` and ``visibility``. ``fitting``: unoccluded images with the column ``image_label``.

    Returns
    -------
    Score
        Square of raw score over ceiling. The error is the deviation of a bootstrap over images (within subjects and
        conditions), for model and subjects at once, at a fixed ceiling. ``values`` are the similarities with every
        subject, NaN for those left out.

    Raises
    ------
    DataUnavailable
        When model and subjects did not see the same images, or a subject did not see all conditions.
    NoNumber
        When the accuracy of the model, or of every subject, is the same in all conditions, so that they do not
        correlate; or a probability is not finite.

    """
    fitting, stimuli, assembly = data.fitting, data.stimuli, data.assembly
    columns = ("object_class", "occluder_type", "occluder_color", "visibility")
    require_columns(stimuli, *columns)
    require_columns(fitting, "image_label")
    occluded = stimuli.rows(stimuli.table["visibility"].astype(np.float64).to_numpy() < 1)
    trials = trial_table(assembly, "stimulus_id", "subject", "human_accuracy")
    require_shown(trials, stimuli, benchmark)
    trials = trials[trials["stimulus_id"].isin(as_identifiers(occluded.table["stimulus_id"]))]
    require_shown(trials, occluded, benchmark)
    degrees = model.visual_degrees()
    answers = category_probabilities(
        model, place_on_screen(fitting, degrees), place_on_screen(occluded, degrees), benchmark.number_of_trials
    )
    correct = answers.choices == occluded.table["object_class"].to_numpy(str)
    images = answer_table(occluded, {"correct": correct}, *columns)
    shown = _by_cell(trials.merge(images, on="stimulus_id", how="left"), benchmark)
    right = shown[["correct", "human_accuracy"]].to_numpy(np.float64).T
    starts = np.flatnonzero(~shown["cell"].duplicated())
    shape = (2, -1, shown["subject"].nunique(), starts.size // shown["subject"].nunique())

    def accuracies(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return accuracies of model and subjects, shape (2, draw, subject, condition)."""
        hits = [np.add.reduceat(weights * observer, starts, axis=1) for observer in right]
        return (np.stack(hits) / np.diff(starts, append=len(shown))).reshape(shape)

    model_accuracy, human_accuracy = accuracies(np.ones((1, len(shown))))[:, 0]
    raw = condition_wise_accuracy_similarity(model_accuracy, human_accuracy)
    if np.isnan(raw.value):
        raise NoNumber(
            f"{model.identifier}, or every subject of {benchmark.assembly}, is equally accurate in all conditions, so "
            "that their accuracies do not correlate."
        )
    ceiling = require_ceiling(condition_wise_accuracy_ceiling(human_accuracy).value, benchmark)
    draws = bootstrap(lambda weights: defined_mean(subject_similarities(*accuracies(weights))), shown["cell"])
    undefined = int(np.isnan(raw.similarities).sum())
    score = outcome(
        benchmark,
        squared_ratio(raw.value, ceiling)._replace(error=deviation((draws / ceiling) ** 2)),
        raw=raw.value,
        ceiling=ceiling,
        bounded=False,
        n={
            "stimuli": len(images),
            "fitting_stimuli": len(fitting),
            "subjects": len(human_accuracy),
            "conditions": human_accuracy.shape[1],
            "trials": len(shown),
            **({"undefined_subjects": undefined} if undefined else {}),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": digest(trials),
            "stimuli": occluded.digest(),
            "fitting_stimuli": fitting.digest(),
        },
        values=xr.DataArray(raw.similarities, dims="subject"),
    )
    # Every image was seen by one subject, with whom it is drawn.
    seen = stimulus_units(
        benchmark, shown["subject"].astype(str) + "/" + shown["stimulus_id"].astype(str), shown["cell"]
    )
    places = seen.place(np.arange(len(shown)))
    images_of_subjects = Level(
        seen, lambda weights: defined_mean(subject_similarities(*accuracies(weights[:, places]))), by_stratum=True
    )
    known = ~np.isnan(raw.similarities)
    people = subject_units(benchmark, shown["subject"].unique()[known])
    similarities = people.sort(raw.similarities[known])
    design = Design(
        (Level(people, lambda weights: weighted_means(weights, similarities)),), nested=(images_of_subjects,)
    )
    return with_replicates(score, design, categories=shown["object_class"])


def _by_cell(trials: pd.DataFrame, benchmark: Benchmark) -> pd.DataFrame:
    """Return trials sorted by their cell, a subject and a condition; the cell is added as a column."""
    keys = ["subject", "occluder_type", "occluder_color"]
    ordered = trials.sort_values([*keys, "stimulus_id"], ignore_index=True)
    ordered["cell"] = ordered.groupby(keys).ngroup()
    seen = pd.crosstab(ordered["subject"], [ordered["occluder_type"], ordered["occluder_color"]])
    if (seen == 0).to_numpy().any():
        raise DataUnavailable(
            f"Not every subject of {benchmark.assembly} saw every type and colour of occluder; fetch it again."
        )
    return ordered
