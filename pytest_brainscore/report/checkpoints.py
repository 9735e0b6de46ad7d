"""Which network a name stands for: the same factory with other weights is another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pytest_brainscore.report.record import ModelRecord

Checkpoint = tuple[str, str | None]
"""Identifier of a model and SHA-256 of its weights, None where there are none or they are not known."""

_SHOWN_CHARACTERS = 8
"""Enough of a checksum to tell two by."""


def checkpoint(model: ModelRecord) -> Checkpoint:
    """Return what tells a model from others of its name."""
    return model.identifier, model.weights_sha256


def checkpoint_names(checkpoints: Iterable[Checkpoint]) -> dict[Checkpoint, str]:
    """Return a name for each checkpoint: its identifier, with the beginning of the checksum where others share that."""
    known = list(dict.fromkeys(checkpoints))
    shared = Counter(identifier for identifier, _ in known)
    return {
        (identifier, weights): identifier
        if shared[identifier] == 1
        else f"{identifier} ({weights[:_SHOWN_CHARACTERS] if weights else 'weights not known'})"
        for identifier, weights in known
    }
