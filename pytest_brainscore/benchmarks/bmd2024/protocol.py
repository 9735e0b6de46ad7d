"""How a model is scored on the images of BMD2024."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    digest,
    name_categories,
    outcome,
    require_ceiling,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, subject_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.inference.answers import observer_design
from pytest_brainscore.metrics.behavior.accuracy_distance import (
    accuracy_distance,
    accuracy_distance_ceiling,
    accuracy_similarity,
)
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import ratio

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
    subjects = _correct_by_subject(trials, len(stimuli), benchmark)
    labels = sorted(set(trials["truth"].astype(str).tolist()))
    answers = name_categories(
        model, labels, place_on_screen(stimuli, model.visual_degrees()), benchmark.number_of_trials
    )
    images = answer_table(stimuli, {"answer": answers}, "truth")
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
        provenance={"protocol": PROTOCOL_REVISION, "data_sha256": digest(trials), "stimuli": stimuli.digest()},
        values=xr.DataArray(raw.similarities[0], dims="subject"),
    )
    design = observer_design(
        lambda right, theirs, _same, total: accuracy_similarity(right / total, theirs / total),
        correct,
        subjects,
        None,
        stimulus_units(benchmark, images["stimulus_id"], images["truth"].to_numpy(str)),
        subject_units(benchmark, sorted(set(trials["subject"]))),
        smooth=False,
    )
    return with_replicates(score, design, bounded=True, categories=images["truth"])


def _correct_by_subject(trials: pd.DataFrame, images: int, benchmark: Benchmark) -> NDArray[np.bool_]:
    """Return whether each subject was correct about each image, shape (subject, image), subjects sorted."""
    right = trials["value"].astype(str) == trials["truth"].astype(str)
    table = right.groupby([trials["subject"], trials["stimulus_id"]]).agg(["first", "size"]).unstack()
    if table.isna().to_numpy().any() or (table["size"] != 1).to_numpy().any() or table["first"].shape[1] != images:
        raise DataUnavailable(
            f"Not every subject of {benchmark.assembly} answered once to each of {images} images; fetch it again."
        )
    return np.asarray(table["first"], dtype=np.bool_)
