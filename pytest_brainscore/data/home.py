"""The one folder where this package keeps what it has computed or fetched."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def home() -> Path:
    """Return the home folder: ``BRAINSCORE_HOME``, or ``pytest-brainscore`` in the user's cache folder.

    The cache folder is ``XDG_CACHE_HOME`` or ``~/.cache`` (XDG Base Directory Specification), and ``LOCALAPPDATA`` on
    Windows. The folder is not created here.
    """
    given = os.environ.get("BRAINSCORE_HOME")
    if given:
        return Path(given).expanduser().absolute()
    cache = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    # The specification has relative paths ignored.
    folder = Path(cache) if cache and Path(cache).is_absolute() else Path.home() / ".cache"
    return folder / "pytest-brainscore"
