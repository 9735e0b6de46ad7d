"""torchvision without PyTorch's compiler, which costs more to import than both of them together.

Some versions of torchvision import ``torch._dynamo.utils`` for one function, which only detection networks on some
devices call. While torchvision is imported, a stand-in is there instead; whatever is asked of it gets the compiler.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Final

COMPILER: Final = "torch._dynamo"
_ASKED_LATER: Final = {f"{COMPILER}.utils": "is_compile_supported"}
"""Functions that are imported by name, and called later if ever."""


def import_torchvision() -> None:
    """Import torchvision, unless that was done; the compiler is imported once something of it is used.

    Raises
    ------
    ImportError
        torchvision is not installed.

    """
    if "torchvision" in sys.modules:
        return
    import torch  # noqa: F401 - imports parts of the compiler itself, on some machines

    with _compiler_later():
        importlib.import_module("torchvision")


@contextmanager
def _compiler_later() -> Iterator[None]:
    """Have the compiler stood in for, where it was not imported yet."""
    if COMPILER in sys.modules:
        yield
        return
    stand_ins = {name: _StandIn(name) for name in (COMPILER, *_ASKED_LATER)}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        _take_away(stand_ins)


class _StandIn(ModuleType):
    """A module that is imported when something of it is used, but for functions that are only imported by name."""

    def __getattr__(self, name: str) -> object:
        module = self.__name__
        if name.startswith("__") and (name, module) != ("__path__", COMPILER):
            raise AttributeError(name)  # whoever looks through all modules asks for no more
        if _ASKED_LATER.get(module) == name:
            return _called_later(module, name)
        return getattr(_imported(module), name)


def _called_later(module: str, name: str) -> Callable[..., object]:
    def called(*arguments: object, **named: object) -> object:
        function: Callable[..., object] = getattr(_imported(module), name)
        return function(*arguments, **named)

    return called


def _imported(module: str) -> ModuleType:
    """Return the module itself, after whatever stands in for it is taken away."""
    _take_away({name: each for name, each in sys.modules.items() if isinstance(each, _StandIn)})
    return importlib.import_module(module)


def _take_away(stand_ins: dict[str, _StandIn]) -> None:
    for name, stand_in in stand_ins.items():
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
