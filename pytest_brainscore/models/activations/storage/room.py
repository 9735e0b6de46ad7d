"""How large the store of activations may become, and what goes when there is no room for more. Light to import."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_brainscore.data.retrieval.sizes import parse_size
from pytest_brainscore.models.activations.storage.entries import StoredEntry, entries, remove_entry

if TYPE_CHECKING:
    from filelock import FileLock

VARIABLE: Final = "BRAINSCORE_CACHE_SIZE"
SHARE: Final = 0.5
"""What of the free space, its own included, the store takes at most where nobody says: as much stays free as it has."""
_LOCK: Final = ".room.lock"


class Cap(NamedTuple):
    """How large a store may be."""

    bytes: int
    told: str
    """Where that is from, in words."""


def size_of_variable() -> int | None:
    """Return the size in the environment; None where there is none.

    Raises
    ------
    BrainScoreError
        It is no size.

    """
    given = os.environ.get(VARIABLE, "").strip()
    return parse_size(given, f"${VARIABLE}") if given else None


def cap_of(store: Path, given: int | None, held: int) -> Cap:
    """Return how large a store may be.

    Parameters
    ----------
    store
        Its folder, which may not exist yet.
    given
        Bytes that the user allows; None to go by the environment, and by the free space without.
    held
        Bytes that it takes now.

    """
    if given is not None:
        return Cap(given, "as asked for")
    named = size_of_variable()
    if named is not None:
        return Cap(named, f"${VARIABLE}")
    place = next((each for each in (store, *store.parents) if each.exists()), Path())
    return Cap(int((shutil.disk_usage(place).free + held) * SHARE), "half of the free space")


class Room(NamedTuple):
    """Whether there is room for an entry."""

    fits: bool
    cap: Cap
    lock: FileLock | None
    """Held where it fits, until the entry has taken its room; None where nothing is locked."""

    def close(self) -> None:
        """Let others look for room."""
        if self.lock is not None:
            self.lock.release()


def make_room(store: Path, needed: int, given: int | None, *, locks: bool) -> Room:
    """Remove what was not used for longest and is not in use, until an entry fits under the cap.

    One process at a time: two would find room for one twice.

    Parameters
    ----------
    store
        Its folder.
    needed
        Bytes of the entry.
    given
        As for :func:`cap_of`.
    locks
        Whether the file system has locks; without, nothing is removed, as nobody can tell what is in use.

    """
    lock = _lock(store) if locks else None
    if lock is not None:
        lock.acquire()
    fits = False
    try:
        known = entries(store)
        held = sum(each.bytes for each in known)
        cap = cap_of(store, given, held)
        if held + needed > cap.bytes and locks and needed <= cap.bytes:
            held -= _removed(store, known, held + needed - cap.bytes)
        fits = held + needed <= cap.bytes
        return Room(fits, cap, lock if fits else None)
    finally:
        if lock is not None and not fits:
            lock.release()


def free_space(store: Path, needed: int) -> bool:
    """Remove what was not used for longest, because the disk or the quota is full; False where nothing can go."""
    try:
        with _lock(store):
            return _removed(store, entries(store), max(needed, 1)) > 0
    except (OSError, NotImplementedError):  # no locks here, so that nobody can tell what is in use
        return False


def _lock(store: Path) -> FileLock:
    from filelock import FileLock  # here: the command line reads the rest of this module before anything is scored

    return FileLock(store / _LOCK)


def _removed(store: Path, known: Sequence[StoredEntry], needed: int) -> int:
    """Remove entries in this order until so many bytes are free; return how many are."""
    freed = 0
    for entry in known:
        if freed >= needed:
            break
        if remove_entry(store, entry):
            freed += entry.bytes
    return freed
