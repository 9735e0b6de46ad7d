"""Writing a whole file, or nothing: a reader, or the next run after a crash, never sees half a file."""

from __future__ import annotations

import os
import stat
import uuid
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: Path, content: bytes, *, follow_link: bool = True) -> None:
    """Replace the content of a file at once.

    The content goes to a temporary file in the same folder (a rename is atomic only within a file system), is forced
    to the disk, and takes the place of `path`. The old file stays whole whatever happens before that.

    Parameters
    ----------
    path
        File to write; its folder exists. A symbolic link stays, and the file it points to is replaced. What is no
        file (a device, a pipe) cannot be replaced and is written to directly.
    content
        The new content.
    follow_link
        False: a symbolic link is itself replaced, and nothing outside the folder is touched. For folders of our own,
        where a link was not put by the user.

    Raises
    ------
    OSError
        When the folder cannot be written or the disk is full; the temporary file is removed.

    """
    if follow_link and path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve() if follow_link else path.absolute()
    # Not `tempfile`, whose files only their owner can read: baselines and reports are shared.
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def open_own_file(path: Path) -> BinaryIO:
    """Open a file of our own for reading and writing, which only this process would write; made when it is not there.

    In a folder that others can write to, anything may lie under a name that can be guessed. A symbolic link, a second
    name of some file, a pipe or a file of another user is taken away, never written through.

    Raises
    ------
    OSError
        When the file cannot be opened, or what lies there cannot be taken away.

    """
    flags = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        opened = os.open(path, flags)
    except FileNotFoundError:
        return _made(path)
    except OSError:  # a symbolic link, a folder, or a file that we may not write to
        path.unlink()
        return _made(path)
    status = os.fstat(opened)
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    if stat.S_ISREG(status.st_mode) and status.st_nlink <= 1 and mine:
        return os.fdopen(opened, "r+b")
    os.close(opened)
    path.unlink()
    return _made(path)


def _made(path: Path) -> BinaryIO:
    return path.open("x+b")  # exclusively: it fails where something, also a link, has been put meanwhile
