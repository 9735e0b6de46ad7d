"""How a model is scored on the visual search experiments of Ferguson et al. (2024)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.ferguson2024 import experiment_of
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    category_probabilities,
    digest,
    outcome,
    require_columns,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, subject_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.inference.weighted import weighted_means
from pytest_brainscore.metrics.behavior.search_asymmetry import SET_SIZES, asymmetry_integral, lapse_corrected
from pytest_brainscore.metrics.behavior.value_delta import value_delta
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import ratio

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
SCALE: Final = 0.75
"""How fast the similarity falls with the distance of the integrals, as published."""
BLOCKS: Final = ("first", "second")
LABELS: Final = ("oddball", "same")
"""Label of images with even and with odd numbers."""


def value_delta_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how similar the search asymmetry of a model is to that of people.

    A decoder of the model learns from the fitting stimuli whether there is an oddball. Accuracies in both blocks for 1,
    5 and 11 distractors are corrected for lapses, and the difference between blocks is integrated over the number of
    distractors. As published, the lapse rate of the subjects is applied to the model too, and the label of the first
    fitting stimulus is taken for the oddball: ``provenance`` says which that is.

    Parameters
    ----------
    benchmark
        One of the benchmarks of this family.
    model
        Afterwards it does the probabilities task.
    data
        ``assembly``: whether each trial was correct (0 or 1), with the coordinates ``participant_id``,
        ``block``, ``distractor_nums`` and ``trial_type``. ``stimuli`` and ``fitting``: images with the columns
        ``image_number`` and ``block``.

    Returns
    -------
    Score
        Raw score divided by the published ceiling, cut to [0, 1]. The error is the deviation of a bootstrap over the
        images that the model saw (within blocks and numbers of distractors); subjects and ceiling count as known.
        ``values`` are the integrals of the model and the subjects.

    Raises
    ------
    DataUnavailable
        When there are no images or trials for a block and number of distractors.
    NoNumber
        When a probability is not finite.

    """
    fitting, stimuli, assembly = data.fitting, data.stimuli, data.assembly
    experiment = experiment_of(benchmark)
    require_columns(stimuli, "image_number", "block")
    require_columns(fitting, "image_number")
    trials = trial_table(assembly, "participant_id", "block", "distractor_nums", "trial_type")
    participants = _human_accuracies(trials, benchmark)
    human = asymmetry_integral(*lapse_corrected(_mean_over_participants(participants), experiment.lapse_rate))
    degrees = model.visual_degrees()
    labelled = replace(fitting, table=fitting.table.assign(image_label=_labels(fitting.table)))
    answers = category_probabilities(
        model, place_on_screen(labelled, degrees), place_on_screen(stimuli, degrees), benchmark.number_of_trials
    )
    first = str(labelled.table["image_label"].iloc[0])
    oddball = answers.values[:, answers.categories == first] > answers.values[:, answers.categories != first]
    images = answer_table(stimuli, {"answer": np.where(oddball[:, 0], *LABELS)}, "image_number", "block")
    correct = (images["answer"].to_numpy(str) == _labels(images)).astype(np.float64)
    cell = _cells(images["block"].to_numpy(str), _set_sizes(images), benchmark)
    member = np.equal.outer(cell, np.arange(6)).astype(np.float64)

    def integral(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        accuracy = lapse_corrected(
            (weights @ (correct[:, np.newaxis] * member)) / member.sum(axis=0), experiment.lapse_rate
        )
        return asymmetry_integral(accuracy[:, :3], accuracy[:, 3:])

    own = float(integral(np.ones((1, len(images))))[0])
    raw = value_delta(own, float(human), SCALE)
    draws = np.exp(-SCALE * np.abs(bootstrap(integral, cell) - human))
    score = outcome(
        benchmark,
        ratio(raw, experiment.ceiling, deviation(draws)),
        raw=raw,
        ceiling=experiment.ceiling,
        bounded=True,
        n={
            "stimuli": len(images),
            "fitting_stimuli": len(fitting),
            "subjects": trials["participant_id"].nunique(),
            "trials": len(trials),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": digest(trials),
            "stimuli": stimuli.digest(),
            "fitting_stimuli": fitting.digest(),
            "taken_for_oddball": first,
        },
        values=xr.DataArray([own, float(human)], {"observer": ["model", "human"]}, ("observer",)),
    )
    shown = stimulus_units(benchmark, images["stimulus_id"], cell)
    places = shown.place(np.arange(len(images)))
    people = subject_units(benchmark, participants.index.astype(str))
    of_people = people.sort(participants.to_numpy(np.float64))

    def by_people(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        means = np.stack([weighted_means(weights, of_cell) for of_cell in of_people.T], axis=1)
        drawn = lapse_corrected(means, experiment.lapse_rate)
        return np.exp(-SCALE * np.abs(own - asymmetry_integral(drawn[:, :3], drawn[:, 3:])))

    # What the model does and what people do are independent: nothing is counted twice.
    by_images = Level(
        shown, lambda weights: np.exp(-SCALE * np.abs(integral(weights[:, places]) - human)), by_stratum=True
    )
    return with_replicates(
        score, Design((by_images, Level(people, by_people))), bounded=True, categories=images["block"]
    )


def _labels(table: pd.DataFrame) -> NDArray[np.str_]:
    """Return whether there is an oddball in each image: its number is even."""
    return np.asarray(np.where(table["image_number"].astype(int) % 2 == 0, *LABELS))


def _set_sizes(table: pd.DataFrame) -> NDArray[np.intp]:
    """Return the number of distractors of each image: pairs of images have 1, 5, 11, 1, 5, 11 ... distractors."""
    return np.asarray(SET_SIZES)[table["image_number"].astype(int).to_numpy() % 6 // 2]


def _cells(blocks: NDArray[np.str_], set_sizes: NDArray[np.number], benchmark: Benchmark) -> NDArray[np.intp]:
    """Return the cell of every row: 0 to 2 for 1, 5 and 11 distractors in the first block, 3 to 5 in the second."""
    known = np.isin(blocks, BLOCKS) & np.isin(set_sizes, SET_SIZES)
    cell = 3 * (blocks == BLOCKS[1]) + np.searchsorted(SET_SIZES, set_sizes)
    if not known.all() or np.unique(cell).size != 6:
        raise DataUnavailable(
            f"{benchmark.assembly} lacks a block ({' or '.join(BLOCKS)}) or a number of distractors "
            f"({', '.join(map(str, SET_SIZES))}), or has others; fetch its data again."
        )
    return np.asarray(cell)


def _human_accuracies(trials: pd.DataFrame, benchmark: Benchmark) -> pd.DataFrame:
    """Return the accuracies of every participant (row) in each cell (column); NaN without trials of a cell."""
    counted = trials[trials["trial_type"] == "normal"]
    set_sizes = counted["distractor_nums"].astype(np.float64).to_numpy()
    cell = pd.Series(_cells(counted["block"].to_numpy(str), set_sizes, benchmark), counted.index)
    return counted["value"].astype(np.float64).groupby([counted["participant_id"], cell]).mean().unstack()


def _mean_over_participants(accuracies: pd.DataFrame) -> NDArray[np.float64]:
    """Return mean accuracies, shape (block, number of distractors); who has no trials of a cell is left out of it."""
    return accuracies.mean().to_numpy(np.float64).reshape(2, 3)
