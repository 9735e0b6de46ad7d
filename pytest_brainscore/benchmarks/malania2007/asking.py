"""Asking a model to which side a vernier is shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.behavior import (
    as_identifiers,
    category_probabilities,
    further_probabilities,
    require_columns,
)
from pytest_brainscore.data.stimuli.microsaccades import with_microsaccades
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

FITTING_TRIALS: Final = 2
"""So many times every fitting image is shown."""


class Trials(NamedTuple):
    """What a model answered."""

    offsets: NDArray[np.float64]
    """Of the vernier in each trial, shape (trial,)."""
    correct: NDArray[np.bool_]
    """Whether the side was the right one, shape (trial,)."""


def answers(benchmark: Benchmark, model: BrainModel, fitting: StimulusSet, shown: list[StimulusSet]) -> list[Trials]:
    """Have a model learn once, and answer to stimulus sets in turn, in trials that differ by microsaccades.

    Parameters
    ----------
    benchmark
        Says the number of trials of each image.
    model
        Afterwards it does the probabilities task.
    fitting
        What the model learns from, not yet placed on a screen, with ``image_label``.
    shown
        What it answers to, with ``image_label`` and one column of offsets.

    Returns
    -------
    The trials of each of `shown`.

    Raises
    ------
    DataUnavailable
        When there is nothing to learn from, a column is missing, an offset is no number, or labels differ.

    """
    if not len(fitting):
        raise DataUnavailable(f"The stimulus set {fitting.identifier} has no images to learn from; fetch it again.")
    require_columns(fitting, "image_label")
    learnt = set(as_identifiers(fitting.table["image_label"]).tolist())
    offsets = []
    for stimuli in shown:
        require_columns(stimuli, "image_label")
        unknown = sorted(set(as_identifiers(stimuli.table["image_label"]).tolist()) - learnt)
        if unknown:
            raise DataUnavailable(
                f"The images of {stimuli.identifier} have the labels {', '.join(unknown)}, while those that a model "
                f"learns from, {fitting.identifier}, have {', '.join(sorted(learnt))}; fetch both again."
            )
        offsets.append(_offsets(stimuli))
    degrees, repeats = model.visual_degrees(), benchmark.number_of_trials
    taught = with_microsaccades(place_on_screen(fitting, degrees), FITTING_TRIALS)
    ask = category_probabilities
    answered = []
    for stimuli, offset in zip(shown, offsets, strict=True):
        trials = with_microsaccades(place_on_screen(stimuli, degrees), repeats)
        choices = as_identifiers(ask(model, taught, trials, repeats).choices)
        ask = further_probabilities
        truth = as_identifiers(trials.table["image_label"])
        answered.append(Trials(np.repeat(offset, repeats), np.asarray(choices == truth)))
    return answered


def _offsets(stimuli: StimulusSet) -> NDArray[np.float64]:
    """Return the vernier offset of every image; the reference does not say what the only such column is called."""
    columns = [str(name) for name in stimuli.table.columns if "offset" in str(name).lower()]
    if "vernier_offset" in columns:
        columns = ["vernier_offset"]
    if len(columns) != 1:
        raise DataUnavailable(
            f"The stimulus set {stimuli.identifier} has {len(columns)} columns of offsets "
            f"({', '.join(columns) or 'none'}), and one is needed, such as vernier_offset; fetch its table again."
        )
    try:
        offsets = stimuli.table[columns[0]].to_numpy(np.float64)
    except ValueError as error:
        raise DataUnavailable(
            f"The column {columns[0]} of the stimulus set {stimuli.identifier} is no number throughout ({error}); "
            "fetch its table again."
        ) from error
    if not np.isfinite(offsets).all():
        raise DataUnavailable(
            f"The column {columns[0]} of the stimulus set {stimuli.identifier} lacks {(~np.isfinite(offsets)).sum()} "
            "offsets; fetch its table again."
        )
    return offsets
