"""Brain-Score in the training loop: snapshots of a network are scored while it trains, and training goes on as ever.

Importing this is light; PyTorch, Lightning and transformers are never imported by it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_brainscore.training.callback import BrainScoreCallback as BrainScoreCallback
    from pytest_brainscore.training.snapshot import Snapshot as Snapshot

__all__ = ["BrainScoreCallback", "Snapshot"]

_HOMES = {
    "BrainScoreCallback": "pytest_brainscore.training.callback",
    "Snapshot": "pytest_brainscore.training.snapshot",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
