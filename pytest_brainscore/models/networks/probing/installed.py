"""What came with Python or a package, and what is the user's own code."""

from __future__ import annotations

import sys
import sysconfig
from functools import cache
from pathlib import Path
from typing import Final

INSTALLED: Final = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib"))
"""Folders of the standard library and of installed packages."""


@cache
def is_installed(name: str | None) -> bool:
    """Tell whether a module, by its name, came with Python or a package, and is not the user's own."""
    if name is None:  # of functions that were written by a program
        return False
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if not file:  # built in, or typed into a session
        return name.partition(".")[0] in sys.stdlib_module_names and name != "__main__"
    path = Path(file).resolve()
    return bool({"site-packages", "dist-packages"} & set(path.parts)) or any(
        path.is_relative_to(place) for place in INSTALLED
    )
