"""Representational similarity of a model and a recording: what the families Bracci2019 and Kriegeskorte2008 share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.benchmarks.shared.recordings import rows_of_images
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.metrics.similarity.pair_bootstrap import DRAWS, pair_bootstrap
from pytest_brainscore.metrics.similarity.rdm import rdm_similarity, representational_dissimilarity
from pytest_brainscore.models.asking import record_responses

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget, TimeBin

__all__ = ["DRAWS", "SEED", "bootstrap_error", "model_dissimilarity", "record", "similarity"]

SEED: Final = 0
"""Seed of the bootstrap over stimuli."""


def record(
    benchmark: Benchmark, model: BrainModel, stimuli: StimulusSet, stimulus_ids: ArrayLike, time_bin: TimeBin
) -> NDArray[np.float32]:
    """Return the responses of a model in the order of a recording.

    Parameters
    ----------
    benchmark
        Says the region.
    model
        Afterwards it records from the region.
    stimuli
        Not yet placed on a screen, in any order; shown in theirs.
    stimulus_ids
        Stimuli of the recording, each once.
    time_bin
        What the model is asked to record, in milliseconds.

    Returns
    -------
    NDArray
        Shape (stimulus, unit).

    Raises
    ------
    DataUnavailable
        When the stimuli are others than those of the recording.

    """
    order = rows_of_images(stimulus_ids, stimuli, benchmark.assembly)
    model.start_recording(cast("RecordingTarget", benchmark.region), [time_bin])
    responses = record_responses(model, place_on_screen(stimuli, model.visual_degrees()))
    return responses if np.array_equal(order, np.arange(len(order))) else responses[order]


def model_dissimilarity(model: BrainModel, responses: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the dissimilarities of all pairs of stimuli in a model, shape (stimulus, stimulus).

    Raises
    ------
    NoNumber
        When the model has one unit, or the same response in all units to a stimulus.

    """
    if responses.shape[1] < 2:
        raise NoNumber(f"{model.identifier} has one unit; dissimilarities of stimuli need more.")
    dissimilarity = representational_dissimilarity(responses)
    undefined = int(np.isnan(dissimilarity.diagonal()).sum())
    if undefined:
        raise NoNumber(
            f"All units of {model.identifier} respond alike to {undefined} of {len(responses)} stimuli, whose "
            "dissimilarity to others is not defined then."
        )
    return dissimilarity


def similarity(model: BrainModel, first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the Spearman correlation of two dissimilarity matrices.

    Raises
    ------
    NoNumber
        When there is none, as the model tells no two stimuli apart.

    """
    value = rdm_similarity(first, second)
    if np.isnan(value):
        raise NoNumber(f"{model.identifier} finds all pairs of stimuli equally dissimilar; there is no correlation.")
    return value


def bootstrap_error(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return how much the similarity of two dissimilarity matrices depends on the stimuli; see `pair_bootstrap`."""
    return pair_bootstrap(first, second, seed=SEED)
