"""Asking a model to which side a vernier is shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.behavior import (
    as_labels,
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


_OFFSETS: Final = ("vernier_offset_arcsec", "vernier_offset")
"""Columns that are taken where there are several with "offset" in their names."""


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
    learnt = set(as_labels(fitting.table["image_label"]).tolist())
    offsets = []
    for stimuli in shown:
        require_columns(stimuli, "image_label")
        unknown = sorted(set(as_labels(stimuli.table["image_label"]).tolist()) - learnt)
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
        choices = as_labels(ask(model, taught, trials, repeats).choices)
        ask = further_probabilities
        truth = as_labels(trials.table["image_label"])
        answered.append(Trials(np.repeat(offset, repeats), np.asarray(choices == truth)))
    return answered


def _offsets(stimuli: StimulusSet) -> NDArray[np.float64]:
    """Return the vernier offset of every image.

    As published, what the threshold is measured over is the label, where labels are numbers. Words (the side of the
    offset) have no size; then it is the only column of offsets, called ``vernier_offset_arcsec`` in published tables.
    """
    labels = stimuli.table["image_label"]
    if labels.dtype.kind in "iuf":
        return _finite(stimuli, "image_label")
    columns = [str(name) for name in stimuli.table.columns if "offset" in str(name).lower()]
    columns = [name for name in columns if name in _OFFSETS] or columns
    if len(columns) != 1:
        raise DataUnavailable(
            f"The stimulus set {stimuli.identifier} has {len(columns)} columns of offsets "
            f"({', '.join(columns) or 'none'}), and one is needed, such as {_OFFSETS[0]}; fetch its table again."
        )
    return _finite(stimuli, columns[0])


def _finite(stimuli: StimulusSet, column: str) -> NDArray[np.float64]:
    try:
        offsets = stimuli.table[column].to_numpy(np.float64)
    except ValueError as error:
        raise DataUnavailable(
            f"The column {column} of the stimulus set {stimuli.identifier} is no number throughout ({error}); "
            "fetch its table again."
        ) from error
    if not np.isfinite(offsets).all():
        raise DataUnavailable(
            f"The column {column} of the stimulus set {stimuli.identifier} lacks {(~np.isfinite(offsets)).sum()} "
            "offsets; fetch its table again."
        )
    return offsets
