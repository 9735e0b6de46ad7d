"""Whether two records of a model are about the same network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from pytest_brainscore.report.record import ModelRecord

TOLERANCE: Final = 1e-2
"""Allowed difference of what one network answers on two machines, relative to the largest number of the sketch."""


def what_differs(one: ModelRecord, other: ModelRecord) -> str | None:
    """Return what shows that two networks are not the same; None where nothing does.

    The weights must be the same bit for bit. Answers to the probe are compared where both have asked the same layer,
    and may differ as much as two machines do.
    """
    if one.weights_sha256 != other.weights_sha256:
        return "weights"
    for layer in one.probe.keys() & other.probe.keys():
        if not _about_equal(one.probe[layer], other.probe[layer]):
            return f"answers of {layer} to the images of the probe"
    return None


def joined(one: ModelRecord, other: ModelRecord) -> ModelRecord:
    """Return what two records of the same model know together, the second being the newer one."""
    probe = dict(sorted((one.probe | other.probe).items()))  # whichever process came first
    return msgspec.structs.replace(other, layers=one.layers | other.layers, probe=probe)


def _about_equal(one: Sequence[float], other: Sequence[float]) -> bool:
    largest = max(map(abs, [*one, *other]), default=0.0)
    return len(one) == len(other) and all(abs(a - b) <= TOLERANCE * largest for a, b in zip(one, other, strict=True))
