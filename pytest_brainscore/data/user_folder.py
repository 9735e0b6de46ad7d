"""The folder of data that the user already has: ``--brainscore-data DIR`` or ``BRAINSCORE_DATA``. Light to import."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_brainscore.errors import mend

VARIABLE = "BRAINSCORE_DATA"
OFFLINE_VARIABLE = "BRAINSCORE_OFFLINE"
"""Set to anything but the empty text or 0: nothing is fetched."""


def user_folder() -> Path | None:
    """Return the folder that the user named, or None; it need not exist."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else None


def where_to_put(path: str) -> str:
    """Return the words that tell a user where something belongs, for a sentence on what is missing."""
    folder = user_folder()
    return str(folder / path) if folder else f"DIR/{path} and {name_the_folder()}"


def name_the_folder() -> str:
    """Return the words that say how to name the folder DIR."""
    return mend(option="give --brainscore-data DIR", python=f"set {VARIABLE}=DIR in the environment")


def offline() -> bool:
    """Tell whether the user wants nothing to be fetched."""
    return os.environ.get(OFFLINE_VARIABLE, "") not in ("", "0")
