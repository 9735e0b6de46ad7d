"""How a model is scored on the triplets of Hebart et al. (2023)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.hebart2023 import CEILING, CHANCE
from pytest_brainscore.benchmarks.shared.behavior import as_identifiers, digest, outcome, trial_table
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, ModelError
from pytest_brainscore.inference.answers import triplet_design
from pytest_brainscore.metrics.behavior.accuracy import accuracy
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import above_chance

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
IMAGES: Final = ("image_1", "image_2", "image_3")
"""Coordinates of the images of a triplet; the last is the one that the participant chose."""


def match_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how often a model finds the same image odd as the participant who saw the triplet.

    The published system takes the ids of a triplet for row numbers of the stimulus set. Here they are looked up, which
    is the same for its ids 0 to 1853 in order, and otherwise right.

    Parameters
    ----------
    benchmark
        The benchmark of this family.
    model
        Afterwards it does the odd-one-out task.
    data
        ``assembly``: one trial per triplet, with the coordinates ``image_1``, ``image_2`` and ``image_3``: ids
        of stimuli, the last one being the participant's choice. ``stimuli``: one image per object.

    Returns
    -------
    Score
        Share of matches, as a share of what lies between chance (1/3) and the published ceiling (a constant), cut to
        [0, 1]. The error is the deviation of a bootstrap over images: a triplet counts as often as its three images
        were drawn together. The published system states none.

    Raises
    ------
    DataUnavailable
        When a triplet has an image that is not in the stimulus set.
    ModelError
        When the model does not answer once per triplet.

    """
    stimuli, assembly = data.stimuli, data.assembly
    trials = trial_table(assembly, *IMAGES)
    rows = _rows_of_images(trials, stimuli, benchmark)
    # Images are placed once and their rows repeated, not placed once per triplet.
    images = replace(stimuli, table=stimuli.table[["stimulus_id"]])
    shown = place_on_screen(images, model.visual_degrees()).rows(rows.ravel())
    model.start_task("odd_one_out")
    answers = as_identifiers(model.look_at(shown, benchmark.number_of_trials).values.reshape(-1))
    if len(answers) != len(rows):
        raise ModelError(
            f"{model.identifier} gave {len(answers)} answers to {len(rows)} triplets of {benchmark.stimulus_set}; have "
            "it answer once to every three stimuli."
        )
    ids = as_identifiers(stimuli.table["stimulus_id"])
    match = accuracy(answers, ids[rows[:, 2]])
    # Drawn in the order of their ids, not of the table.
    drawn_as = ids.argsort().argsort()[rows]

    def share(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([_weighted_share(drawn, drawn_as, match.correct) for drawn in weights])

    draws = bootstrap(share, np.zeros(len(stimuli), dtype=np.intp))
    score = outcome(
        benchmark,
        above_chance(match.value, CEILING, CHANCE, deviation(draws)),
        raw=match.value,
        ceiling=CEILING,
        bounded=True,
        n={"stimuli": len(stimuli), "triplets": len(rows)},
        provenance={"protocol": PROTOCOL_REVISION, "data_sha256": digest(trials), "stimuli": stimuli.digest()},
    )
    return with_replicates(
        score,
        triplet_design(match.correct, rows, stimulus_units(benchmark, ids)),
        scale=lambda shares: (shares - CHANCE) / (CEILING - CHANCE),
        bounded=True,
    )


def _rows_of_images(trials: pd.DataFrame, stimuli: StimulusSet, benchmark: Benchmark) -> NDArray[np.intp]:
    """Return the position of each image of each triplet in the stimulus set, shape (triplet, 3)."""
    index = pd.Index(as_identifiers(stimuli.table["stimulus_id"]))
    rows = np.stack([index.get_indexer(pd.Index(as_identifiers(trials[name]))) for name in IMAGES], axis=1)
    if len(rows) == 0 or (rows < 0).any():
        raise DataUnavailable(
            f"{(rows < 0).any(axis=1).sum()} of {len(rows)} triplets of {benchmark.assembly} have images that are not "
            f"in the stimulus set {benchmark.stimulus_set}; fetch both again."
        )
    return np.asarray(rows)


def _weighted_share(drawn: NDArray[np.float64], rows: NDArray[np.intp], correct: NDArray[np.bool_]) -> float:
    """Return the share of matches when images count as often as they were drawn; NaN if no triplet was drawn."""
    weights = drawn[rows].prod(axis=1)
    total = weights.sum()
    return float(weights[correct].sum() / total) if total else float("nan")
