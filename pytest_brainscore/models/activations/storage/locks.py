"""Locks between processes that end with the process that holds them, also one that is killed. Light to import.

Entries of the store are marked as used by a shared lock (flock(2)) on a file of theirs, for as long as a process fills
them or has them mapped; who removes an entry needs the file for itself alone. Nobody has to clean up after a process
that died: the kernel, or the server of a network file system, does. Windows has no shared locks; there a file that is
open cannot be moved, which serves as well.
"""

from __future__ import annotations

import errno
import os
import uuid
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

fcntl: Any = None if os.name == "nt" else import_module("fcntl")

_FLAGS: Final = (
    getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
_TAKEN: Final = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
"""What flock(2) says when somebody else has the lock."""
_OF_ONE_MACHINE: Final = {"nolock", "local_lock=all", "local_lock=flock", "localflock", "nobrl"}
"""Options of network mounts with which other machines do not see locks (nfs(5), mount.cifs(8), Lustre)."""
_NEVER_SHARED: Final = ("fuse.sshfs",)
"""Network file systems whose locks no other machine sees, whatever their options."""


class Held:
    """A lock that this process holds, until it is released or the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let go; a second time does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def shared(file: Path, *, create: bool) -> Held | None:
    """Take a lock together with others, after waiting for somebody who has it alone.

    Parameters
    ----------
    file
        Its folder exists, or it is made with `create`.
    create
        Make what is not there.

    Returns
    -------
    Held | None
        None where there is no such file and none is to be made.

    Raises
    ------
    OSError
        The file cannot be made or locked.

    """
    while True:
        if create:
            file.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = _opened(file, os.O_RDONLY, create=create)
        except FileNotFoundError:
            if not create:
                return None
            continue  # the folder was taken away between the two steps
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_SH)
            if _is(file, descriptor):
                return Held(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # of an entry that was removed while this waited


def alone(file: Path) -> Held | None:
    """Take a lock that nobody else has; None where somebody has it, or it cannot be had.

    On Windows nobody is asked: what is open cannot be moved there.
    """
    try:
        descriptor = _opened(file, os.O_RDWR, create=True)
    except OSError:
        return None
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is(file, descriptor):
            return Held(descriptor)
    except OSError:
        pass
    os.close(descriptor)
    return None


def why_no_locks(folder: Path) -> str | None:
    """Return why processes cannot keep out of each other's way in a folder; None where they can.

    Asked of the file system itself, once a process: a lock is taken, and must be refused a second time. Network file
    systems that are mounted so that locks count on one machine only are told by the mount's options.

    Raises
    ------
    OSError
        Nothing can be written to the folder, so that this cannot be told.

    """
    if fcntl is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return _why_no_locks(str(folder), folder.stat().st_dev)


@lru_cache
def _why_no_locks(folder: str, _device: int) -> str | None:
    file = Path(folder) / f".locks-{uuid.uuid4().hex}"
    first = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
    try:
        second = os.open(file, os.O_RDWR | _FLAGS)
        try:
            fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
            twice = _try(second)
        except OSError as error:
            return error.strerror or str(error)
        finally:
            os.close(second)
    finally:
        os.close(first)
        file.unlink(missing_ok=True)
    return "two can have the same lock" if twice else _of_one_machine(Path(folder))


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    return True


def _of_one_machine(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """Return what of a mount keeps other machines from seeing locks; None where nothing does, or it is not known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    place, found = folder.resolve(), (-1, "", set[str]())
    for line in lines:  # proc(5): ID PARENT DEVICE ROOT POINT OPTIONS ... - TYPE SOURCE OPTIONS OF THE FILE SYSTEM
        mount, _, system = line.partition(" - ")
        words, of_system = mount.split(" "), system.split(" ")
        point = Path(words[4].replace("\\040", " ")) if len(words) > 5 else None
        if point is not None and len(of_system) > 2 and place.is_relative_to(point) and len(point.parts) >= found[0]:
            found = len(point.parts), of_system[0], {*words[5].split(","), *of_system[2].split(",")}
    _, kind, options = found
    if kind in _NEVER_SHARED:
        return f"other machines do not see locks of {kind}"
    told = sorted(options & _OF_ONE_MACHINE)
    return f"it is mounted with {told[0]}, so that other machines see no locks" if told else None


def _opened(file: Path, access: int, *, create: bool) -> int:
    try:
        return os.open(file, access | _FLAGS)
    except FileNotFoundError:
        if not create:
            raise
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS, 0o666)
    except FileExistsError:  # somebody else was faster
        return os.open(file, access | _FLAGS)


def _is(file: Path, descriptor: int) -> bool:
    """Tell whether an open file still has this name."""
    try:
        named, opened = os.stat(file), os.fstat(descriptor)  # noqa: PTH116 - as os.fstat
    except OSError:
        return False
    return (named.st_dev, named.st_ino) == (opened.st_dev, opened.st_ino)
