"""How a model is scored on the silhouettes of Baker & Elder (2022)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.baker2022 import SilhouetteComparison, comparison_of
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    as_identifiers,
    digest,
    name_categories,
    outcome,
    require_ceiling,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.levels import Design, Level, Statistic
from pytest_brainscore.metrics.behavior.baker_accuracy_delta import (
    accuracy_delta,
    baker_accuracy_delta,
    baker_accuracy_delta_ceiling,
    delta_similarity,
    subject_halves,
)
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import ratio
from pytest_brainscore.metrics.shared.aggregation import defined_mean

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this family that may change a score."""
WHOLE: Final = "w"
"""Image type of the whole silhouettes."""


def accuracy_delta_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how similar the accuracy that a model loses on broken silhouettes is to what people lose.

    The model names one of the animals. Its accuracy is averaged over animals, that of a subject over trials. As
    published, the subjects are taken in the order of their numbers, and the last of them is in none of the random
    halves that the model is compared with.

    Parameters
    ----------
    benchmark
        One of the benchmarks of this family.
    model
        Afterwards it does the label task.
    data
        ``assembly``: whether each trial was correct (0 or 1), with the coordinates ``stimulus_id``,
        ``subject``, ``truth``, ``image_type`` and, for the inverted ones, ``orientation``. ``stimuli``:
        silhouettes with the columns ``animal``, ``image_type`` and, for the inverted ones, ``orientation``.
        Those of other types or another orientation than compared are not shown.

    Returns
    -------
    Score
        Raw score divided by the ceiling of the compared trials, cut to [0, 1]. The error is the deviation of a
        bootstrap over images (within animals and types), for model and subjects at once, at a fixed ceiling. ``values``
        are the similarities with every half.

    Raises
    ------
    DataUnavailable
        When model and subjects did not see the same images, or a subject saw none of one type.
    NoNumber
        When the similarity is undefined: none of the halves lost or gained any accuracy. (One of them is left out of
        the mean, and counted in ``n``.)

    """
    stimuli, assembly = data.stimuli, data.assembly
    comparison = comparison_of(benchmark)
    telling = ("image_type", "orientation") if comparison.orientation else ("image_type",)
    require_columns(stimuli, "animal", *telling)
    shown = stimuli.rows(_compared(stimuli.table, comparison))
    trials = trial_table(assembly, "stimulus_id", "subject", "truth", *telling)
    require_shown(trials, stimuli, benchmark)
    trials = trials[_compared(trials, comparison)].reset_index(drop=True)
    require_shown(trials, shown, benchmark)
    deltas = _subject_deltas(trials, benchmark)
    labels = sorted(set(assembly["truth"].values.astype(str).tolist()))
    on_screen = place_on_screen(shown, model.visual_degrees())
    answers = name_categories(model, labels, on_screen, benchmark.number_of_trials)
    images = answer_table(shown, {"correct": answers == shown.table["animal"].to_numpy(str)}, "animal", "image_type")
    whole = (images["image_type"] == WHOLE).to_numpy(bool)
    delta = accuracy_delta(images["correct"].to_numpy(bool), whole, images["animal"].to_numpy(str))
    raw = baker_accuracy_delta(delta, deltas)
    if np.isnan(raw.value):
        raise NoNumber(
            f"{model.identifier} has no similarity with subjects who lose no accuracy ({benchmark.assembly})."
        )
    undefined = int(np.isnan(raw.similarities).sum())
    ceiling = require_ceiling(baker_accuracy_delta_ceiling(deltas).value, benchmark)
    statistic, cell = _resampled(images, trials)
    score = outcome(
        benchmark,
        ratio(raw.value, ceiling, deviation(bootstrap(statistic, cell))),
        raw=raw.value,
        ceiling=ceiling,
        bounded=True,
        n={
            "stimuli": len(images),
            "subjects": deltas.size,
            "trials": len(trials),
            **({"undefined_halves": undefined} if undefined else {}),
        },
        provenance={"protocol": PROTOCOL_REVISION, "data_sha256": digest(trials), "stimuli": shown.digest()},
        values=xr.DataArray(raw.similarities, dims="half"),
    )
    design = Design((Level(stimulus_units(benchmark, images["stimulus_id"], cell), statistic),))
    return with_replicates(score, design, bounded=True, categories=images["animal"])


def _compared(table: pd.DataFrame, comparison: SilhouetteComparison) -> NDArray[np.bool_]:
    """Return which rows a comparison is about."""
    kept = table["image_type"].isin([WHOLE, comparison.broken]).to_numpy(bool)
    if comparison.orientation is not None:
        kept = kept & (table["orientation"] == comparison.orientation).to_numpy(bool)
    return kept


def _subjects(trials: pd.DataFrame) -> list[str]:
    """Return the subjects in the order of their numbers, whether these are stored as numbers or as text."""
    return sorted(set(as_identifiers(trials["subject"]).tolist()), key=lambda subject: (len(subject), subject))


def _subject_deltas(trials: pd.DataFrame, benchmark: Benchmark) -> NDArray[np.float64]:
    """Return the accuracy delta of every subject, in the order of their numbers."""
    subject, whole = as_identifiers(trials["subject"]), trials["image_type"] == WHOLE
    accuracy = trials["value"].astype(np.float64).groupby([subject, whole]).mean().unstack().reindex(_subjects(trials))
    if accuracy.shape[1] != 2 or accuracy.isna().to_numpy().any():
        raise DataUnavailable(f"A subject of {benchmark.assembly} saw none of one type of silhouettes; fetch it again.")
    return np.asarray(accuracy[True] - accuracy[False], dtype=np.float64)


def _resampled(images: pd.DataFrame, trials: pd.DataFrame) -> tuple[Statistic, NDArray[np.intp]]:
    """Return the similarity as a function of how often each image counts, for model and subjects alike.

    And the animals and types within which images are drawn.
    """
    subjects = _subjects(trials)
    position = {stimulus: row for row, stimulus in enumerate(images["stimulus_id"])}
    image = trials["stimulus_id"].map(position).to_numpy(np.intp)
    subject = pd.Index(subjects).get_indexer(pd.Index(as_identifiers(trials["subject"])))
    whole = (trials["image_type"] == WHOLE).to_numpy(np.intp)
    seen = np.zeros((len(images), len(subjects), 2))
    hits = np.zeros_like(seen)
    np.add.at(seen, (image, subject, whole), 1)
    np.add.at(hits, (image, subject, whole), trials["value"].to_numpy(np.float64))
    cells, cell = np.unique(images["animal"] + "/" + images["image_type"], return_inverse=True)
    member = np.equal.outer(cell, np.arange(cells.size)).astype(np.float64)
    # The accuracies of the whole and of the broken silhouettes of an animal enter its delta with opposite signs.
    signs = np.where([name.endswith(f"/{WHOLE}") for name in cells], 1.0, -1.0) / (cells.size / 2)
    correct = images["correct"].to_numpy(np.float64)[:, np.newaxis]
    halves = subject_halves(len(subjects))

    def similarity(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        model = (weights @ (correct * member)) / (weights @ member) @ signs
        with np.errstate(invalid="ignore"):  # no image of a type drawn that a subject saw: no number for that draw
            accuracy = np.tensordot(weights, hits, 1) / np.tensordot(weights, seen, 1)
        human = (accuracy[..., 1] - accuracy[..., 0])[:, halves].mean(axis=-1)
        return defined_mean(delta_similarity(model[:, np.newaxis], human))

    return similarity, np.asarray(cell.ravel(), dtype=np.intp)
