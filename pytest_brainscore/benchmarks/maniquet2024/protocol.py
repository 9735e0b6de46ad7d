"""How a model is scored on the manipulated objects of Maniquet et al. (2024)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.maniquet2024 import CEILINGS
from pytest_brainscore.benchmarks.maniquet2024.tasks import manipulation_of
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    category_probabilities,
    digest,
    outcome,
    require_columns,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.levels import Design, Level, Statistic
from pytest_brainscore.metrics.behavior.confusion_similarity import confusion_counts, confusion_similarity
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import ratio
from pytest_brainscore.metrics.shared.correlation import pearson_correlation

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""


def confusion_similarity_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score whether a model mistakes the same categories for one another as people do.

    Confusions are counted over all test images for the model, and over all trials of all subjects; those of the two
    are correlated. Trials with an answer that is none of the learnt categories are left out.

    Parameters
    ----------
    benchmark
        The benchmark with the metric of this name.
    model
        Afterwards it does the probabilities task.
    data
        ``assembly``: whether each trial was correct (0 or 1), with the coordinates ``stimulus_id``, ``task``,
        ``image_label`` and ``prediction``. ``stimuli``: test images with the columns ``image_label``, ``manipulation``
        and ``manipulation_details``. ``fitting``: images with the column ``image_label``.

    Returns
    -------
    Score
        Raw score divided by the published ceiling (a constant), not cut. The error is the deviation of a bootstrap over
        test images (within categories) for the model; subjects and ceiling count as known.

    Raises
    ------
    NoNumber
        When the mistakes of the model, or of the subjects, are all equally frequent: there are none, for instance.

    """
    trials = trial_table(data.assembly, "stimulus_id", "task", "image_label", "prediction")
    images, categories = _answers(benchmark, model, data)
    human = confusion_counts(trials["image_label"].to_numpy(str), trials["prediction"].to_numpy(str), categories)
    truth, choice = images["image_label"].to_numpy(str), images["choice"].to_numpy(str)
    counts = confusion_counts(truth, choice, categories)
    raw = float(confusion_similarity(counts, human))
    if np.isnan(raw):
        raise NoNumber(
            f"{model.identifier}, or the subjects of {benchmark.assembly}, make all mistakes equally often or none, so "
            "their confusions do not correlate."
        )
    cells = [(row == truth) & (column == choice) for row in categories for column in categories]
    member = np.stack(cells, axis=1).astype(np.float64)

    def similarity(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return confusion_similarity((weights @ member).reshape(-1, *counts.shape), human[np.newaxis])

    score = _score(benchmark, data, raw, bootstrap(similarity, truth), trials, {"categories": len(categories)})
    return with_replicates(score, _design(benchmark, images, truth, similarity), categories=truth)


def tasks_consistency_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score whether the tasks that are hard for people are hard for a model.

    For each task, the accuracy of all subjects over its trials, and that of the model on the test images with the same
    manipulation; these are correlated over tasks.

    Parameters
    ----------
    benchmark
        The benchmark with the metric of this name.
    model
        Afterwards it does the probabilities task.
    data
        ``assembly``: whether each trial was correct (0 or 1), with the coordinates ``stimulus_id``, ``task``,
        ``image_label`` and ``prediction``. ``stimuli``: test images with the columns ``image_label``, ``manipulation``
        and ``manipulation_details``. ``fitting``: images with the column ``image_label``.

    Returns
    -------
    Score
        Raw score divided by the published ceiling (a constant), not cut. The error is the deviation of a bootstrap over
        test images (within manipulations) for the model; subjects and ceiling count as known. ``values`` are the
        accuracies of both in every task.

    Raises
    ------
    DataUnavailable
        When there are no test images for a task, or there are fewer than two tasks.
    NoNumber
        When the model, or the subjects, are equally accurate in all tasks.

    """
    trials = trial_table(data.assembly, "stimulus_id", "task", "image_label", "prediction")
    human = trials["value"].astype(np.float64).groupby(trials["task"].astype(str)).mean()
    require_columns(data.stimuli, "manipulation", "manipulation_details")
    tasks = human.index.to_list()
    images, _ = _answers(benchmark, model, data)
    shown = (images["manipulation"] + "/" + images["manipulation_details"]).to_numpy(str)
    member = np.stack([shown == "/".join(manipulation_of(task)) for task in tasks], axis=1).astype(np.float64)
    without = [task for task, size in zip(tasks, member.sum(axis=0), strict=True) if size == 0]
    if without or len(tasks) < 2:
        raise DataUnavailable(
            f"There are no images of the task {without[0]!r} in {benchmark.stimulus_set}; fetch it again."
            if without
            else f"{benchmark.assembly} has fewer than two tasks to correlate over; fetch it again."
        )
    correct = (images["choice"].to_numpy(str) == images["image_label"].to_numpy(str)).astype(np.float64)

    def consistency(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        accuracies = (weights @ (correct[:, np.newaxis] * member) / member.sum(axis=0)).T
        return pearson_correlation(accuracies, np.broadcast_to(human.to_numpy()[:, np.newaxis], accuracies.shape))

    raw = float(consistency(np.ones((1, len(images))))[0])
    if np.isnan(raw):
        raise NoNumber(
            f"{model.identifier}, or the subjects of {benchmark.assembly}, are equally accurate in all tasks, so their "
            "accuracies do not correlate."
        )
    values = xr.DataArray(
        np.stack([correct @ member / member.sum(axis=0), human.to_numpy()]),
        {"observer": ["model", "human"], "task": tasks},
        ("observer", "task"),
    )
    score = _score(benchmark, data, raw, bootstrap(consistency, shown), trials, {"tasks": len(tasks)}, values)
    # Accuracies are divided by the numbers of images of each task, which stay.
    (level,) = _design(benchmark, images, shown, consistency).levels
    design = Design((level._replace(by_stratum=True),))
    return with_replicates(score, design, categories=images["image_label"])


def _answers(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> tuple[pd.DataFrame, NDArray[np.str_]]:
    """Return the choice of the model for every test image, and the categories that it chose from, sorted."""
    require_columns(data.stimuli, "image_label", "manipulation", "manipulation_details")
    require_columns(data.fitting, "image_label")
    degrees = model.visual_degrees()
    answers = category_probabilities(
        model,
        place_on_screen(data.fitting, degrees),
        place_on_screen(data.stimuli, degrees),
        benchmark.number_of_trials,
    )
    columns = ("image_label", "manipulation", "manipulation_details")
    return answer_table(data.stimuli, {"choice": answers.choices}, *columns), np.sort(answers.categories)


def _design(benchmark: Benchmark, images: pd.DataFrame, strata: NDArray[np.str_], statistic: Statistic) -> Design:
    """Return what a score generalises over: the test images, in the order of their ids, within strata."""
    return Design((Level(stimulus_units(benchmark, images["stimulus_id"], strata), statistic),))


def _score(
    benchmark: Benchmark,
    data: BenchmarkData,
    raw: float,
    draws: NDArray[np.float64],
    trials: pd.DataFrame,
    n: dict[str, int],
    values: xr.DataArray | None = None,
) -> Score:
    ceiling = CEILINGS[benchmark.metric]
    counts = {"stimuli": len(data.stimuli), "fitting_stimuli": len(data.fitting), "trials": len(trials)}
    return outcome(
        benchmark,
        ratio(raw, ceiling, deviation(draws)),
        raw=raw,
        ceiling=ceiling,
        bounded=False,
        n=counts | n,
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": digest(trials),
            "stimuli": data.stimuli.digest(),
            "fitting_stimuli": data.fitting.digest(),
        },
        values=values,
    )
