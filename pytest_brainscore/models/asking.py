"""What is asked of any brain model, with or without the abilities that a model may have besides.

An ability counts where an object has its members, however it comes by them: a wrapper that passes on what it does not
have itself keeps the abilities of what it wraps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError, NoNumber
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.probing.answers import COMPANY_TOLERANCE, difference

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import (
        BrainModel,
        CanRecord,
        CanTellTemporal,
        CanTellWhyNot,
    )

BLOCK_STIMULI = 128
"""Stimuli shown at a time to a model without ``record``, roughly; bounds the memory of its recordings."""
STIMULI_SEEN_AGAIN = 8
"""Stimuli shown twice to a model that is no network of layers, roughly."""


def why_not(model: BrainModel, asked: str) -> str | None:
    """Return the reason why a model cannot be recorded from a region, or cannot do a task.

    Answered before any stimulus is shown.

    Parameters
    ----------
    model
        Asked by way of :class:`~pytest_brainscore.models.interface.CanTellWhyNot` where it can tell.
    asked
        A recording target (``V1`` ... ``IT``) or a task (``label``, ``probabilities``, ``odd_one_out``, ``passive``).

    Returns
    -------
    One sentence; None if the model can do it, or cannot tell before it is started.

    """
    return cast("CanTellWhyNot", model).why_not(asked) if _has(model, "why_not") else None


def is_temporal(model: BrainModel) -> bool | None:
    """Tell whether responses of a model change over time; None where it does not say (``CanTellTemporal``)."""
    return bool(cast("CanTellTemporal", model).temporal) if _has(model, "temporal") else None


def record_responses(
    model: BrainModel, stimuli: StimulusSet, *, neuroids: NDArray[np.intp] | None = None, maximum_over: int = 1
) -> NDArray[np.float32]:
    """Return the responses of a model after ``start_recording`` with one time bin.

    Parameters
    ----------
    model
        Asked by way of :class:`~pytest_brainscore.models.interface.CanRecord` where it can, else ``look_at``, a block
        of stimuli at a time.
    stimuli
        Stimuli on the model's screen; their number is a multiple of `maximum_over`.
    neuroids
        Units to return, by their number; all where None.
    maximum_over
        Take the maximum over each run of so many consecutive stimuli.

    Returns
    -------
    NDArray
        float32, (stimuli / `maximum_over`) x units; do not write to it.

    Raises
    ------
    ModelError
        ``look_at`` returned other dimensions than ``presentation`` x ``neuroid``, or other stimuli than shown; or a
        model responds otherwise to stimuli that it sees again in other company.
    NoNumber
        Responses are not finite, or the model has no units.

    """
    responses = _responses(model, stimuli, neuroids, maximum_over)
    if neuroids is None and not responses.shape[1]:
        raise NoNumber(f"{model.identifier} has no units to record from; have it return one or more.")
    if not isinstance(model, LayerMappedModel):  # which asks its network itself
        _check_repeatable(model, stimuli, neuroids, maximum_over, responses)
    return responses


def shown_once(
    model: BrainModel, stimuli: StimulusSet, maximum_over: int = 1
) -> Callable[[NDArray[np.intp]], NDArray[np.float32]] | None:
    """Show stimuli once for all units, if responses of a part of them are had for less than showing all again.

    Parameters
    ----------
    model, stimuli, maximum_over
        As for :func:`record_responses`.

    Returns
    -------
    Callable or None
        Returns what :func:`record_responses` would, for the numbers of some units. None where that is as good.

    Raises
    ------
    ModelError, NoNumber
        As :func:`record_responses`.

    """
    # Another model is shown stimuli twice, to see whether it can be relied on.
    return model.record_by_units(stimuli, maximum_over) if isinstance(model, LayerMappedModel) else None


def result(
    model: BrainModel,
    name: str,
    version: str,
    stimuli: StimulusSet,
    shape: tuple[int, int],
    compute: Callable[[], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return what is computed from the responses of a model, from its store where it has one and that is in it.

    Parameters
    ----------
    model
        After ``start_recording`` with one time bin.
    name
        Of the result.
    version
        Everything that it depends on besides responses: constants, packages.
    stimuli
        Stimuli on the model's screen that it depends on.
    shape
        Of the result: rows x columns.
    compute
        Computes it.

    """
    if isinstance(model, LayerMappedModel):
        return model.result(name, version, stimuli, shape, compute)
    return compute()


def _check_repeatable(
    model: BrainModel,
    stimuli: StimulusSet,
    neuroids: NDArray[np.intp] | None,
    maximum_over: int,
    responses: NDArray[np.float32],
) -> None:
    """Show the first stimuli once more, in reverse order and without the others."""
    runs = min(len(responses), max(1, STIMULI_SEEN_AGAIN // maximum_over))
    few = stimuli.rows(slice(runs * maximum_over)).rows(slice(None, None, -1))
    change = difference(responses[:runs], _responses(model, few, neuroids, maximum_over)[::-1])
    if change > COMPANY_TOLERANCE:
        raise ModelError(
            f"{model.identifier} responds differently to the same stimuli of {stimuli.identifier} when it sees them "
            f"again without the others (by {change:.2g} of its responses); have it respond to each stimulus alike, "
            "whatever it sees besides or has seen before."
        )


def _responses(
    model: BrainModel, stimuli: StimulusSet, neuroids: NDArray[np.intp] | None, maximum_over: int
) -> NDArray[np.float32]:
    if _has(model, "record"):
        return cast("CanRecord", model).record(stimuli, neuroids=neuroids, maximum_over=maximum_over)
    if maximum_over < 1 or len(stimuli) % maximum_over:
        raise ValueError(f"{len(stimuli)} stimuli do not divide into runs of {maximum_over}")
    step = max(1, round(BLOCK_STIMULI / maximum_over)) * maximum_over
    blocks = []
    for start in range(0, len(stimuli), step):
        block = _look_at(model, stimuli.rows(slice(start, start + step)))
        selected = block if neuroids is None else block[:, neuroids]
        if not np.isfinite(selected).all():
            raise NoNumber(
                f"{model.identifier} gives responses that are not finite to {stimuli.identifier}, "
                f"first among stimuli {start} to {start + len(block) - 1}."
            )
        blocks.append(selected.reshape(len(block) // maximum_over, maximum_over, -1).max(axis=1))
    return np.concatenate(blocks)


def _look_at(model: BrainModel, stimuli: StimulusSet) -> NDArray[np.float32]:
    assembly = model.look_at(stimuli)
    if set(assembly.dims) != {"presentation", "neuroid"}:
        raise ModelError(
            f"look_at of {model.identifier} returned the dimensions {', '.join(map(str, assembly.dims))} for one time "
            "bin; it must return presentation and neuroid."
        )
    shown, returned = list(stimuli.table["stimulus_id"]), assembly["stimulus_id"].values.tolist()
    if shown != returned:
        raise ModelError(
            f"look_at of {model.identifier} returned other stimuli than it was shown, or in another order; its "
            "coordinate stimulus_id must be that of the stimulus set."
        )
    return np.asarray(assembly.transpose("presentation", "neuroid").values, np.float32)


def _has(model: BrainModel, member: str) -> bool:
    return getattr(model, member, None) is not None
