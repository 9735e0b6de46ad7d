"""Responses to a stimulus set, block by block through the store."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import NoNumber
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.ways import STORED, WHOLE, note_way

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet

BLOCK_STIMULI = 400
"""Stimuli in a block of the store, roughly: some seconds of work."""
BLOCK_BYTES = 64 * 2**20
"""Size of a block, roughly, where units are many: a process holds one block in memory."""


class Some(NamedTuple):
    """Responses of some units, read from less than whole images where that is possible."""

    batches: Iterator[NDArray[np.float32]] | None
    """Some images x these units, in the order of the images; None where whole images have to be read."""
    way: str
    """How they are read, in words."""


@dataclass(frozen=True)
class ResponseSource:
    """Something that responds to images."""

    name: str
    """Name of the model, for errors."""
    sizes: Mapping[str, int]
    """Units of each layer, in the order in which they are joined."""
    ingredients: Mapping[str, object]
    """What responses depend on besides stimuli, as plain JSON values; the names of the layers among it."""
    batch_size: int
    """Stimuli that are processed together; blocks of the store are whole batches."""
    batches: Callable[[Sequence[StimulusImage]], Iterator[NDArray[np.float32]]]
    """Yields responses in the order of the images: some images x all units."""
    some: Callable[[Sequence[StimulusImage], NDArray[np.intp]], Some] | None = None
    """Reads some units only, the same bit for bit; asked for each block."""


def stored_responses(
    source: ResponseSource,
    store: ActivationStore,
    stimuli: StimulusSet,
    neuroids: NDArray[np.intp] | None = None,
    maximum_over: int = 1,
) -> NDArray[np.float32]:
    """Return responses, from the store as far as they are in it.

    Parameters
    ----------
    source
        What responds.
    store
        Where responses are kept.
    stimuli
        Stimuli on the model's screen; their number is a multiple of `maximum_over`.
    neuroids
        Units to return, by their number; all where None.
    maximum_over
        Take the maximum over each run of so many consecutive stimuli.

    Returns
    -------
    NDArray
        float32, (stimuli / `maximum_over`) x units, not writable.

    Raises
    ------
    NoNumber
        Responses are not finite.

    """
    if maximum_over < 1 or len(stimuli) % maximum_over:
        raise ValueError(f"{len(stimuli)} stimuli do not divide into runs of {maximum_over}")
    units = sum(source.sizes.values()) if neuroids is None else len(neuroids)

    def compute(rows: slice) -> NDArray[np.float32]:
        images = stimuli.images[rows.start * maximum_over : rows.stop * maximum_over]
        selected, way = _selected(source, images, neuroids)
        note_way(stimuli.identifier, way)
        return _compute(source, images, selected, neuroids, maximum_over)

    note_way(stimuli.identifier, STORED)

    key = {
        **source.ingredients,
        "stimuli": stimuli.digest(),
        "neuroids": "all" if neuroids is None else _digest(neuroids),
        "maximum_over": maximum_over,
    }
    return store.activations(
        key,
        (len(stimuli) // maximum_over, units),
        block_rows(source.batch_size, maximum_over, units),
        compute,
        f"{source.name} ({'+'.join(source.sizes)}) for {stimuli.identifier}",
    )


def _selected(
    source: ResponseSource, images: Sequence[StimulusImage], neuroids: NDArray[np.intp] | None
) -> tuple[Iterator[NDArray[np.float32]], str]:
    """Return the batches of some images x the chosen units, and how they are read."""
    if neuroids is None:
        return source.batches(images), WHOLE
    some = source.some(images, neuroids) if source.some else Some(None, WHOLE)
    if some.batches is not None:
        return some.batches, some.way
    return (batch[:, neuroids] for batch in source.batches(images)), some.way


def _compute(
    source: ResponseSource,
    images: Sequence[StimulusImage],
    batches: Iterator[NDArray[np.float32]],
    neuroids: NDArray[np.intp] | None,
    maximum_over: int,
) -> NDArray[np.float32]:
    """Return the responses to the images of one block, selected and reduced batch by batch."""
    units = sum(source.sizes.values()) if neuroids is None else len(neuroids)
    responses = np.full((len(images) // maximum_over, units), -np.inf, np.float32)
    stimuli_not_finite = 0
    units_not_finite = np.zeros(units, bool)
    seen = 0
    for selected in batches:
        finite = np.isfinite(selected)
        if not finite.all():
            stimuli_not_finite += int((~finite.all(axis=1)).sum())
            units_not_finite |= ~finite.all(axis=0)
        rows, starts = np.unique(np.arange(seen, seen + len(selected)) // maximum_over, return_index=True)
        maxima = selected if maximum_over == 1 else np.maximum.reduceat(selected, starts, axis=0)
        # A run of stimuli may go on in the next batch.
        responses[rows[0] : rows[-1] + 1] = np.maximum(responses[rows[0] : rows[-1] + 1], maxima)
        seen += len(selected)
    if stimuli_not_finite:
        columns = np.arange(sum(source.sizes.values())) if neuroids is None else neuroids
        stops = np.cumsum(list(source.sizes.values()))
        hit = sorted(set(np.searchsorted(stops, columns[units_not_finite], side="right").tolist()))
        raise NoNumber(
            f"{' and '.join(list(source.sizes)[index] for index in hit)} of {source.name} gives values that are not "
            f"finite for {stimuli_not_finite} of {len(images)} stimuli."
        )
    return responses


def block_rows(batch_size: int, maximum_over: int, units: int) -> int:
    """Return the rows of a block: whole batches, and whole runs of stimuli that a maximum is taken over."""
    step = math.lcm(batch_size, maximum_over)
    affordable = BLOCK_BYTES / max(1, units * np.dtype(np.float32).itemsize) * maximum_over
    return max(1, round(min(BLOCK_STIMULI, affordable) / step)) * step // maximum_over


def _digest(neuroids: NDArray[np.intp]) -> str:
    return hashlib.sha256(np.asarray(neuroids, "<i8").tobytes()).hexdigest()
