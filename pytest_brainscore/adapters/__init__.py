"""Models across the border to the published package, ``brainscore_vision``, both ways.

Importing this is light; the published package is imported when a model is taken over or lent.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_brainscore.adapters.borrowed import from_brainscore as from_brainscore
    from pytest_brainscore.adapters.lent import to_brainscore as to_brainscore

__all__ = ["adapted", "from_brainscore", "to_brainscore"]

_HOMES = {
    "from_brainscore": "pytest_brainscore.adapters.borrowed",
    "to_brainscore": "pytest_brainscore.adapters.lent",
}
_PACKAGE = "brainscore_vision"
_INTERFACE = "BrainModel"


def adapted(value: object) -> object:
    """Return a model of the published package as one of this package, and anything else as it is."""
    for kind in type(value).__mro__:
        if kind.__name__ == _INTERFACE and kind.__module__.partition(".")[0] == _PACKAGE:
            found: object = getattr(import_module(_HOMES["from_brainscore"]), "from_brainscore")(value)  # noqa: B009
            return found
    return value


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
