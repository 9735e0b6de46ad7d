"""What the store of activations holds, who uses it, and how something of it is removed. Light to import."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from pytest_brainscore.models.activations.storage.locks import Held, alone, shared

ARRAY: Final = "data.npy"
"""File of an entry with all its numbers."""
MARK: Final = "use.lock"
"""File of an entry that whoever uses it has a shared lock of; its time is that of the last use."""
FILLING: Final = ".filling-"
"""How folders begin of entries that are filled by one process alone, where there are no locks."""
_REMOVED: Final = ".removed-"
_PREFIX: Final = re.compile("[0-9a-f]{2}")


class StoredEntry(NamedTuple):
    """Something in the store: an array, or what a process left behind that was killed."""

    folder: Path
    bytes: int
    used: float
    """When it was last used, in seconds of the epoch."""


def folder_of(store: Path, digest: str) -> Path:
    """Return where the entry of a key lies."""
    return store / digest[:2] / digest


def entries(store: Path) -> list[StoredEntry]:
    """Return what is in a store, the least recently used first; nothing where there is none."""
    return sorted((_entry(folder) for folder in _folders(store)), key=lambda each: (each.used, each.folder))


def use(folder: Path, *, create: bool = True) -> Held | None:
    """Mark an entry as used by this process, and used now.

    Times of access are not kept by many file systems, hence the mark's own time.

    Returns
    -------
    Held | None
        The mark; None where there is no such entry and none is to be made.

    Raises
    ------
    OSError
        It cannot be marked, for example where nothing may be written.

    """
    held = shared(folder / MARK, create=create)
    if held is not None:
        with suppress(OSError):  # somebody else's
            os.utime(folder / MARK)
    return held


@contextmanager
def used(folder: Path) -> Iterator[None]:
    """Keep a folder of the store from being removed; without locks nothing is removed anyway."""
    mark: Held | None = None
    with suppress(OSError):
        mark = use(folder)
    try:
        yield
    finally:
        if mark is not None:
            mark.release()


def in_use(entry: StoredEntry) -> bool:
    """Tell whether some process uses an entry, on this machine or another."""
    mark = entry.folder / MARK
    if not mark.exists():
        return False  # whoever has just made the folder, and is about to mark it, makes it again
    held = alone(mark)
    if held is None:
        return True
    held.release()
    return False


def remove_entry(store: Path, entry: StoredEntry) -> bool:
    """Remove an entry that nobody uses; False where somebody does, or it cannot be removed."""
    held = alone(entry.folder / MARK)
    if held is None:
        return False
    try:
        if os.name == "nt":  # a folder with an open file, of ours too, cannot be moved
            held.release()
        return remove_unasked(store, entry.folder)
    finally:
        held.release()


def remove_if_empty(store: Path, folder: Path) -> None:
    """Remove the folder of an entry that was marked and has not come to be, unless another process marked it too."""
    if not (folder / ARRAY).exists():
        remove_entry(store, StoredEntry(folder, 0, 0.0))


def remove_unasked(store: Path, folder: Path) -> bool:
    """Remove a folder of the store, whoever uses it: at once out of sight, then file by file."""
    aside = store / f"{_REMOVED}{uuid.uuid4().hex}"
    try:
        folder.rename(aside)
    except OSError:
        return False
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(OSError):
        if folder.parent != store:
            folder.parent.rmdir()
    return True


def place_aside(store: Path, filled: Path, place: Path) -> None:
    """Put a folder that was filled aside in its place; what was there stays aside, as somebody may read it.

    Of two processes that do so one is the last, and both have put the same there.
    """
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            place.rename(store / f"{_REMOVED}{uuid.uuid4().hex}")
        filled.rename(place)


def _folders(store: Path) -> Iterator[Path]:
    try:
        found = [each for each in os.scandir(store) if each.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return
    for each in found:
        if not _PREFIX.fullmatch(each.name):
            yield Path(each.path)
            continue
        with suppress(FileNotFoundError):  # the last one in it was removed meanwhile
            yield from (Path(inner.path) for inner in os.scandir(each.path) if inner.is_dir(follow_symlinks=False))


def _entry(folder: Path) -> StoredEntry:
    size, used = 0, 0.0
    with suppress(OSError):  # removed meanwhile
        used = folder.stat().st_mtime
        used = (folder / ARRAY).stat().st_mtime
    try:
        size = (folder / ARRAY).stat().st_size
    except OSError:
        with suppress(OSError):
            size = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file() and not each.is_symlink())
    with suppress(OSError):
        used = (folder / MARK).stat().st_mtime
    return StoredEntry(folder, size, used)
