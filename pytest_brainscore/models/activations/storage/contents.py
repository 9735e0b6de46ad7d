"""What is in the store, for people who look, and what of it they want gone. Light to import."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pytest_brainscore.models.activations.storage.entries import StoredEntry, entries, in_use, remove_entry
from pytest_brainscore.models.activations.storage.locks import why_no_locks
from pytest_brainscore.models.activations.storage.room import Cap, cap_of


class Contents(NamedTuple):
    """A store, looked at."""

    entries: Sequence[StoredEntry]
    """The least recently used first."""
    used: Sequence[StoredEntry]
    """Those that some process uses now."""
    bytes: int
    """What all take."""
    cap: Cap
    """What they may take."""
    no_locks: str | None
    """Why it cannot be told what is in use; None where it can."""


def contents(store: Path) -> Contents:
    """Return what is in a store."""
    found = entries(store)
    total = sum(each.bytes for each in found)
    try:
        lacking = why_no_locks(store) if store.is_dir() else None
    except OSError:  # nothing can be written there
        lacking = None
    used = [] if lacking else [each for each in found if in_use(each)]
    return Contents(found, used, total, cap_of(store, None, total), lacking)


def chosen(looked_at: Contents, older: float | None, keep: int | None) -> list[StoredEntry]:
    """Return the entries that are to go: those not used for some time, then the oldest until only so many bytes stay.

    What is in use stays, and counts among what stays.

    Parameters
    ----------
    looked_at
        The store.
    older
        Seconds since the last use; None for all, unless `keep` is given.
    keep
        Bytes that may stay; None for none.

    """
    free = [each for each in looked_at.entries if each not in looked_at.used]
    if keep is None:
        return [each for each in free if older is None or time.time() - each.used > older]
    going = [] if older is None else [each for each in free if time.time() - each.used > older]
    left = looked_at.bytes - sum(each.bytes for each in going)
    for each in free:
        if left <= keep:
            break
        if each not in going:
            going.append(each)
            left -= each.bytes
    return going


def remove_entries(store: Path, going: Iterable[StoredEntry]) -> list[StoredEntry]:
    """Remove entries, and return those that are gone: what somebody began to use meanwhile stays."""
    return [each for each in going if remove_entry(store, each)]


def remove_empty_store(store: Path) -> None:
    """Remove the folder of a store that holds nothing any more."""
    if not entries(store):
        # Those who wait for this lock find that it is gone, and take another.
        for file in (each for each in store.iterdir() if each.name.startswith(".") and each.is_file()):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # in use by now
            store.rmdir()
