"""Reads small stimuli of which several are on an image, as long as that gives what each on its own gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.stored_responses import ResponseSource, stored_responses
from pytest_brainscore.models.activations.ways import STORED, note_way, noting_ways
from pytest_brainscore.models.networks.fields.packing import Packing

CHECKED: Final = 16
"""Stimuli that are shown one by one, too, roughly."""


class Disagreement(Exception):
    """Units answer otherwise to several stimuli on an image."""


def read_packed(
    source: ResponseSource, store: ActivationStore, stimuli: StimulusSet, packing: Packing, maximum_over: int
) -> Callable[[NDArray[np.intp]], NDArray[np.float32]] | None:
    """Show packed stimuli, and return what returns the responses of units to each run of stimuli.

    Parameters
    ----------
    source
        Responds to images with all units.
    store
        Where responses to the packed images are kept.
    stimuli, maximum_over
        What is asked for.
    packing
        How it is shown.

    Returns
    -------
    Callable or None
        From the numbers of units to the maxima over runs of stimuli, runs x units. None where some of the stimuli got
        other responses on their own.

    """
    checked = False

    def batches(images: Sequence[StimulusImage]) -> Iterator[NDArray[np.float32]]:
        nonlocal checked
        if not checked and not _agrees(source, stimuli, packing, maximum_over):
            raise Disagreement
        checked = True
        return source.batches(images)

    with noting_ways() as ways:
        try:
            responses = stored_responses(
                replace(source, batches=batches, some=None), store, packing.stimuli, None, maximum_over
            )
        except Disagreement:
            return None
    together = f"{len(packing.stimuli)} images with several stimuli instead of {len(stimuli)}"
    note_way(stimuli.identifier, STORED if STORED in ways.values() else together)
    runs = np.arange(len(packing.groups))
    return lambda units: packing.unpacked(responses, units, runs, packing.groups)


def _agrees(source: ResponseSource, stimuli: StimulusSet, packing: Packing, maximum_over: int) -> bool:
    """Tell whether all units answer alike to some runs of stimuli on their own, and among others."""
    crowd = np.bincount(packing.groups)[packing.groups]
    runs = np.argsort(-crowd, kind="stable")[: max(1, CHECKED // maximum_over)]
    rows = _rows(runs, maximum_over)
    last = len(packing.stimuli) // maximum_over - 1
    shown = _rows(np.append(packing.groups[runs], last), maximum_over)
    unkept = ActivationStore(mode="off")
    alone = stored_responses(source, unkept, stimuli.rows(rows), None, maximum_over)
    among = stored_responses(source, unkept, packing.stimuli.rows(shown), None, maximum_over)
    found = packing.unpacked(among, np.arange(alone.shape[1]), runs, np.arange(len(runs)))
    return found.tobytes() == alone.tobytes()


def _rows(runs: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    return (runs[:, np.newaxis] * length + np.arange(length)).ravel()
