"""Modules beside a user's file: every file gets its own, also where another folder has one of the same name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from pytest_brainscore.models.networks.probing.installed import INSTALLED

_own: dict[Path, dict[str, ModuleType]] = {}
"""Neighbours that were hidden again, by folder: imported once in a process."""


@contextmanager
def own_neighbours(folder: Path) -> Iterator[None]:
    """Let imports find what lies in a folder, not what another folder's file of the same name left behind."""
    folder = folder.resolve()
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}

    def imported() -> dict[str, ModuleType]:
        return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in names}

    foreign = {name: module for name, module in imported().items() if _elsewhere(module, folder)}
    for name in foreign:
        del sys.modules[name]
    sys.modules.update(_own.get(folder, {}))
    try:
        yield
    finally:
        replaced = {name.partition(".")[0] for name in foreign}
        own = {name: module for name, module in imported().items() if name.partition(".")[0] in replaced}
        _own.setdefault(folder, {}).update(own)
        for name in own:
            del sys.modules[name]
        sys.modules.update(foreign)


def _elsewhere(module: ModuleType, folder: Path) -> bool:
    """Tell whether a module is a file of the user's in another folder."""
    file = getattr(module, "__file__", None)
    if not file:
        return False
    path = Path(file).resolve()
    return not any(path.is_relative_to(place) for place in (folder, *INSTALLED))
