"""The one folder where this package keeps what it has computed or fetched."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from pytest_brainscore.errors import BrainScoreError


def home() -> Path:
    """Return the home folder: ``BRAINSCORE_HOME``, or ``pytest-brainscore`` in the user's cache folder.

    The cache folder is ``XDG_CACHE_HOME`` or ``~/.cache`` (XDG Base Directory Specification), and ``LOCALAPPDATA`` on
    Windows. The folder is not created here.

    Raises
    ------
    BrainScoreError
        When everybody on this machine can replace what lies there.

    """
    folder = _named()
    mode = _mode(folder)
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise BrainScoreError(
            f"Everybody on this machine can replace what is kept in {folder}, and with it every score: take the right "
            f"to write from others (chmod o-w {folder}), or set BRAINSCORE_HOME to a folder of your own."
        )
    return folder


def shared_home() -> str | None:
    """Return a sentence when others can write to the home folder, as in a folder that a laboratory shares.

    What they put there is used: see SECURITY.md. Not said of the group that a user has for themselves alone.
    """
    folder = home()
    mode = _mode(folder)
    if mode & stat.S_IWOTH:
        who = "everybody on this machine"
    elif mode & stat.S_IWGRP and _others(folder.stat().st_gid):
        who = "the members of its group"
    else:
        return None
    return f"{folder} can be written to by {who}: scores are as right as what they keep there (SECURITY.md)"


def _named() -> Path:
    given = os.environ.get("BRAINSCORE_HOME")
    if given:
        return Path(given).expanduser().absolute()
    cache = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    # The specification has relative paths ignored.
    folder = Path(cache) if cache and Path(cache).is_absolute() else Path.home() / ".cache"
    return folder / "pytest-brainscore"


def _mode(folder: Path) -> int:
    """Return who may do what with a folder, as far as the system knows; 0 where it does not exist."""
    if os.name != "posix":
        return 0
    try:
        return folder.stat().st_mode
    except OSError:
        return 0


def _others(group: int) -> bool:
    """Tell whether a group may have other members than this user."""
    import grp
    import pwd

    try:
        me = pwd.getpwuid(os.geteuid())
        members = grp.getgrgid(group).gr_mem
    except KeyError:  # a user or group without a name, as in containers
        return group != os.getegid()
    return group != me.pw_gid or bool(set(members) - {me.pw_name})
