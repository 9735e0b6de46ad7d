"""Which network a record of a model is of: whether two are of the same, and what to call two of the same name.

The same factory with other weights is another network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from pytest_brainscore.report.record import ModelRecord

TOLERANCE: Final = 1e-2
"""Allowed difference of what one network answers on two machines, relative to the largest number of the sketch."""
ONE_DEVICE_TOLERANCE: Final = 1e-4
"""The same for two processes of one run on one device. Numbers are mostly equal bit for bit there, and other threads
or the order of additions change the sketch by 1e-6."""
TWO_DEVICES_TOLERANCE: Final = 2e-3
"""The same for two devices of one kind, which may be of two generations: reduced precision differs by .001."""
Checkpoint = tuple[str, str | None]
"""Identifier of a model and SHA-256 of its weights, None where there are none or they are not known."""

_SHOWN_CHARACTERS = 8
"""Enough of a checksum to tell two by."""


def what_differs(one: ModelRecord, other: ModelRecord, *, in_one_run: bool = False) -> str | None:
    """Return what shows that two networks are not the same; None where nothing does.

    The weights must be the same bit for bit. Answers to the probe are compared where both have asked the same layer,
    and may differ as much as two machines do; within one run, as much as two processes on one machine.
    """
    tolerance = _tolerance(one.device, other.device) if in_one_run else TOLERANCE
    if one.weights_sha256 != other.weights_sha256:
        return "weights"
    for layer in one.probe.keys() & other.probe.keys():
        if not _about_equal(one.probe[layer], other.probe[layer], tolerance):
            return f"answers of {layer} to the images of the probe"
    return None


def joined(one: ModelRecord, other: ModelRecord) -> ModelRecord:
    """Return what two records of the same model know together, the second being the newer one."""
    probe = dict(sorted((one.probe | other.probe).items()))  # whichever process came first
    remarks = sorted({*one.remarks, *other.remarks})
    return msgspec.structs.replace(other, layers=one.layers | other.layers, probe=probe, remarks=remarks)


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


def _tolerance(one: str | None, other: str | None) -> float:
    if one is None or other is None or one.partition(":")[0] != other.partition(":")[0]:
        return TOLERANCE
    return ONE_DEVICE_TOLERANCE if one == other else TWO_DEVICES_TOLERANCE


def _about_equal(one: Sequence[float], other: Sequence[float], tolerance: float) -> bool:
    largest = max(map(abs, [*one, *other]), default=0.0)
    return len(one) == len(other) and all(abs(a - b) <= tolerance * largest for a, b in zip(one, other, strict=True))
