"""How a model is scored on images whose shape and texture contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.behavior import name_categories, require_columns
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.inference.answers import accuracy_design
from pytest_brainscore.inference.draws import Units
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.metrics.behavior.cue_conflict import cue_conflict
from pytest_brainscore.metrics.reliability.bootstrap import DRAWS, SEED, bootstrap, deviation
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
SHAPE: Final = "original_image_category"
TEXTURE: Final = "conflict_image_category"
"""Columns with the category of an image's shape and of its texture."""


def shape_match_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score the share of images whose shape a model names, of those whose shape and texture differ in category.

    Parameters
    ----------
    benchmark
        Says how many trials there are.
    model
        Afterwards it does the label task, with the sorted categories of the shapes.
    data
        ``stimuli``: images with the columns ``original_image_category`` (shape) and ``conflict_image_category``
        (texture); they fill the model's input and are not placed on a screen.

    Returns
    -------
    Score
        The ceiling is 1; the error is the standard error of a share.

    """
    stimuli = data.stimuli
    answers, shapes, textures = _answers(benchmark, stimuli, model)
    counted = cue_conflict(answers, shapes, textures)
    value = counted.shape_match
    error = float(np.sqrt(value * (1 - value) / counted.stimuli))
    details = decision_details(answers, shapes, textures)
    score = _score(benchmark, stimuli, value, error, {"stimuli": counted.stimuli}, {}, details)
    conflict = shapes != textures
    design = accuracy_design((answers == shapes)[conflict], _drawn(benchmark, stimuli, shapes))
    return with_replicates(score, design, categories=shapes[conflict])


def shape_bias_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score the share of answers that name the shape, of those that name shape or texture.

    Parameters
    ----------
    benchmark, model, data
        As in `shape_match_score`.

    Returns
    -------
    Score
        The ceiling is 1; the error is the deviation of a bootstrap over the images (within categories of shape),
        because the number of answers that count depends on them too.

    Raises
    ------
    NoNumber
        When the model names neither shape nor texture of any image.

    """
    stimuli = data.stimuli
    answers, shapes, textures = _answers(benchmark, stimuli, model)
    counted = cue_conflict(answers, shapes, textures)
    if np.isnan(counted.shape_bias):
        raise NoNumber(
            f"{model.identifier} names neither the shape nor the texture of any image in {stimuli.identifier}, so it "
            "has no shape bias."
        )
    conflict = shapes != textures
    by_shape, by_texture = (answers == shapes)[conflict], (answers == textures)[conflict]

    def bias_of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        decided = weights @ (by_shape | by_texture)
        bias = np.full(len(weights), np.nan)
        np.divide(weights @ by_shape, decided, out=bias, where=decided > 0)
        return bias

    error = deviation(bootstrap(bias_of, shapes[conflict]))
    details = decision_details(answers, shapes, textures)
    n = {"stimuli": counted.stimuli, "decided": int((by_shape | by_texture).sum()), "bootstraps": DRAWS}
    score = _score(benchmark, stimuli, counted.shape_bias, error, n, {"seed": SEED}, details)
    shown = _drawn(benchmark, stimuli, shapes)
    by_shape, by_texture = shown.sort(by_shape), shown.sort(by_texture)
    return with_replicates(score, Design((Level(shown, bias_of),)), categories=shapes[conflict])


def decision_details(answers: NDArray[np.str_], shapes: NDArray[np.str_], textures: NDArray[np.str_]) -> dict[str, Any]:
    """Return how often shape and texture decided for each category of shape, as plain values for a plot.

    Parameters
    ----------
    answers, shapes, textures
        Named category, and category of shape and texture of every image, shape (stimulus,). Images whose shape and
        texture are of one category do not count.

    Returns
    -------
    dict[str, Any]
        ``labels``: categories of the shape, sorted; for each of them, in ``shape``, ``texture`` and ``other``, how many
        answers named the shape, the texture, or neither.

    """
    conflict = shapes != textures
    labels = sorted(set(shapes[conflict].tolist()))
    of_label = [conflict & (shapes == label) for label in labels]
    shape = [int((answers == shapes)[rows].sum()) for rows in of_label]
    texture = [int((answers == textures)[rows].sum()) for rows in of_label]
    other = [int(rows.sum()) - a - b for rows, a, b in zip(of_label, shape, texture, strict=True)]
    return {"labels": labels, "shape": shape, "texture": texture, "other": other}


def _answers(
    benchmark: Benchmark, stimuli: StimulusSet, model: BrainModel
) -> tuple[NDArray[np.str_], NDArray[np.str_], NDArray[np.str_]]:
    """Return answer, shape and texture of every image. All are shown: other benchmarks share their activations."""
    require_columns(stimuli, SHAPE, TEXTURE)
    shapes, textures = stimuli.table[SHAPE].to_numpy(str), stimuli.table[TEXTURE].to_numpy(str)
    answers = name_categories(model, sorted(set(shapes.tolist())), stimuli, benchmark.number_of_trials)
    return answers, shapes, textures


def _drawn(benchmark: Benchmark, stimuli: StimulusSet, shapes: NDArray[np.str_]) -> Units:
    """Return the images whose shape and texture differ in category, drawn within categories of shape."""
    conflict = shapes != stimuli.table[TEXTURE].to_numpy(str)
    return stimulus_units(benchmark, stimuli.table["stimulus_id"].to_numpy()[conflict], shapes[conflict])


def _score(
    benchmark: Benchmark,
    stimuli: StimulusSet,
    value: float,
    error: float,
    n: dict[str, int],
    provenance: dict[str, str | int | float],
    details: dict[str, Any],
) -> Score:
    return Score(
        value=value,
        error=credible(error, len(stimuli)),
        raw=value,
        ceiling=1.0,
        normalisation=benchmark.normalisation,
        n=n,
        provenance={"protocol": PROTOCOL_REVISION, "stimuli": stimuli.digest(), **provenance},
        details={"cue_conflict": details},
    )
