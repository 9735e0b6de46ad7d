"""A store of activations, found by what they were computed from, and filled by several processes together.

An entry is a folder named by the digest of everything that the numbers depend on. It holds the array in one file, and
one small marker a block of rows with the block's checksum. A process that finds an entry incomplete computes the
blocks that nobody else is computing, so workers share one extraction, and a killed run loses at most a block each.
Nothing is trusted without its checksum: what is damaged is computed again.

A store has a cap (see ``storage.room``): what was not used for longest makes room for what is new. Entries that a
process fills or has mapped are marked as used, and never taken. On file systems whose locks do not keep processes apart
nothing is removed, and an entry is filled by one process aside and put in its place when it is whole.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
import uuid
import warnings
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal, TypeVar

from filelock import FileLock, Timeout

from pytest_brainscore.data.home import home
from pytest_brainscore.data.retrieval.sizes import size_in_words
from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.activations.storage.array_entry import Activations, ArrayEntry, Block, Verified
from pytest_brainscore.models.activations.storage.entries import (
    FILLING,
    folder_of,
    place_aside,
    remove_if_empty,
    remove_unasked,
    use,
)
from pytest_brainscore.models.activations.storage.locks import Held, why_no_locks
from pytest_brainscore.models.activations.storage.room import VARIABLE, Room, free_space, make_room, size_of_variable
from pytest_brainscore.models.activations.storage.unsaved import assembled

Result = TypeVar("Result")
CacheMode = Literal["use", "refresh", "only", "off"]
Compute = Callable[[slice], Activations]
"""Computes the rows of a slice: rows x units."""

_STORE_ERRORS: Final = (OSError, ValueError, NotImplementedError)
"""What a store that cannot be used ends in: no rights, no space, a file of the wrong form."""
_FULL: Final = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
WAIT = 0.05
"""Seconds between two looks at blocks that other processes are computing; a block takes seconds."""


class ActivationStore:
    """Keeps activations under ``activations`` of the home folder.

    Parameters
    ----------
    mode
        ``use`` what is stored and compute the rest; ``refresh`` computes everything that this run has not computed
        itself; ``only`` uses what is stored and refuses to compute; ``off`` neither reads nor writes.
    run_id
        Name of the run, shared by its processes; a new one where None.
    folder
        Folder of the store instead of the one under the home folder.
    size
        Bytes that the store may take; where None, what ``BRAINSCORE_CACHE_SIZE`` says, else half of the free space.

    Raises
    ------
    BrainScoreError
        ``BRAINSCORE_CACHE_SIZE`` is no size.

    """

    def __init__(
        self,
        mode: CacheMode = "use",
        run_id: str | None = None,
        folder: str | os.PathLike[str] | None = None,
        size: int | None = None,
    ) -> None:
        self.mode = mode
        self.folder = Path(folder) if folder else home() / "activations"
        self.size = size_of_variable() if size is None else size
        self._run_id = run_id or uuid.uuid4().hex
        self._verified: Verified = {}
        self._warned: set[str] = set()

    def activations(
        self, key: Mapping[str, object], shape: tuple[int, int], block_rows: int, compute: Compute, name: str
    ) -> Activations:
        """Return activations, from the store as far as they are in it.

        Parameters
        ----------
        key
            Every ingredient that the numbers depend on, as plain JSON values.
        shape
            Rows and units.
        block_rows
            Rows in a block.
        compute
            Called with a slice of rows for each block that is to be computed.
        name
            What is asked for, for errors.

        Returns
        -------
        NDArray
            float32, rows x units, not writable; memory-mapped where stored or large. Bitwise the same either way.

        Raises
        ------
        ModelError
            Mode ``only``, and something is not stored.

        """
        rows, units = shape
        blocks = [
            Block(number, slice(start, min(start + block_rows, rows)))
            for number, start in enumerate(range(0, rows, block_rows))
        ]
        if self.mode == "off" or rows == 0 or units == 0:
            return assembled(shape, blocks, lambda block: compute(block.rows))
        canonical = json.dumps(key, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        entry = ArrayEntry(folder_of(self.folder, digest), shape, self._verified)
        # A run that refreshes trusts only itself. The process that wrote or read a block need not read it again.
        run = self._run_id if self.mode == "refresh" else None

        def valid(block: Block) -> bool:
            return entry.valid(block, run)

        # Nothing is marked where marks are worth nothing, and nothing is removed there either.
        lacking = None if self.mode == "only" else self._lack_of_locks()
        with self._used(entry.folder, marked=lacking is None) as keep:
            pending = [block for block in blocks if not valid(block)]
            if pending and self.mode == "only":
                raise ModelError(
                    f"The activations of {name} are not in the store ({len(pending)} of {len(blocks)} blocks missing "
                    f"under {entry.folder}); "
                    + mend(
                        option="run once with --brainscore-cache use.",
                        python='look at the stimuli once with store=ActivationStore(mode="use").',
                    )
                )
            unsaved: dict[int, Activations] | None = None
            if pending and lacking is not None:
                self._warn("locks", lacking)
                return self._filled_aside(entry, key, shape, blocks, valid, compute)
            if pending:
                unsaved = self._fill(entry, pending, valid, compute) if self._create(entry, key) else {}
            if unsaved is None:
                try:
                    return keep(entry.open())
                except _STORE_ERRORS as error:
                    self._warn_unusable(error)
            computed = unsaved or {}

            def kept(block: Block) -> Activations:
                if block.number in computed:
                    return computed.pop(block.number)
                return entry.read(block) if valid(block) else compute(block.rows)

            return assembled(shape, blocks, kept)

    @contextmanager
    def _used(self, folder: Path, *, marked: bool) -> Iterator[Callable[[Activations], Activations]]:
        """Mark an entry as used while this is going on, and for as long as there is the array that is kept."""
        mark: Held | None = None
        with suppress(OSError):  # nothing can be written here, which is told when something is to be stored
            mark = use(folder, create=self.mode != "only") if marked else None
        kept = False

        def keep(mapped: Activations) -> Activations:
            nonlocal kept
            memory = getattr(mapped, "_mmap", None)  # what every view of the array holds on to
            if mark is not None and memory is not None:
                weakref.finalize(memory, mark.release).atexit = False
                kept = True
            return mapped

        try:
            yield keep
        finally:
            if mark is not None and not kept:
                mark.release()
                remove_if_empty(self.folder, folder)

    def _lack_of_locks(self) -> str | None:
        """Return the sentence that says that locks do not keep processes apart here; None where they do."""
        try:
            reason = why_no_locks(self.folder)
        except OSError:
            return None
        return reason and (
            f"Processes cannot be kept apart by locks under {self.folder} ({reason}): each computes for itself what is "
            "not stored, and nothing is removed to make room; set BRAINSCORE_HOME to a folder on another file system, "
            "or run brainscore data clean --activations --older 30d now and then."
        )

    def _create(self, entry: ArrayEntry, key: Mapping[str, object], *, locks: bool = True) -> bool:
        """Give an array its place on the disk; False where it cannot have one."""

        def allocate() -> Room | None:
            if entry.is_made():
                entry.create(key, locks=locks)
                return None
            room = make_room(self.folder, entry.bytes, self.size, locks=locks)
            try:
                if room.fits:
                    entry.create(key, locks=locks)
            finally:
                room.close()
            return room

        try:
            room = self._retried(entry.bytes, allocate, locks=locks)
        except _STORE_ERRORS as error:
            self._warn_unusable(error)
            return False
        if room is None or room.fits:
            return True
        self._warn(
            "room",
            f"{size_in_words(entry.bytes)} of activations have no room under {self.folder}, which may take "
            f"{size_in_words(room.cap.bytes)} ({room.cap.told}; what is in use stays); they are computed and not "
            "stored, scores stay the same; "
            + mend(
                option=f"give a larger --brainscore-cache-size, or ${VARIABLE}.",
                python=f"give ActivationStore a larger size, or set {VARIABLE}.",
            ),
        )
        return False

    def _retried(self, needed: int, write: Callable[[], Result], *, locks: bool = True) -> Result:
        """Write something, if need be after older entries have made way on a full disk."""
        while True:
            try:
                return write()
            except OSError as error:
                if error.errno not in _FULL or not locks or not free_space(self.folder, needed):
                    raise

    def _fill(
        self, entry: ArrayEntry, pending: list[Block], valid: Callable[[Block], bool], compute: Compute
    ) -> dict[int, Activations] | None:
        """Compute the blocks that nobody else is computing, until none is missing.

        Returns None then, or, when the store fails, what was computed and could not be stored.
        """
        while pending:
            waiting = []
            for block in pending:
                lock = FileLock(entry.lock(block), timeout=0)
                try:
                    held = self._retried(1, lock.acquire)
                except Timeout:
                    waiting.append(block)
                    continue
                except _STORE_ERRORS as error:
                    self._warn_unusable(error)
                    return {}
                with held:
                    if valid(block):
                        continue
                    values = compute(block.rows)
                    if not self._write(entry, block, values):
                        return {block.number: values}
            if len(waiting) == len(pending):
                time.sleep(WAIT)
            pending = [block for block in waiting if not valid(block)]
        return None

    def _write(self, entry: ArrayEntry, block: Block, values: Activations, *, locks: bool = True) -> bool:
        try:
            self._retried(values.nbytes, lambda: entry.write(block, values, self._run_id), locks=locks)
        except _STORE_ERRORS as error:
            self._warn_unusable(error)
            return False
        return True

    def _filled_aside(
        self,
        entry: ArrayEntry,
        key: Mapping[str, object],
        shape: tuple[int, int],
        blocks: list[Block],
        valid: Callable[[Block], bool],
        compute: Compute,
    ) -> Activations:
        """Return an array, filled where no other process sees it, and put in its place when it is whole."""
        own = ArrayEntry(self.folder / f"{FILLING}{uuid.uuid4().hex}", shape, {})
        stored: set[int] = set()
        last: dict[int, Activations] = {}

        def values_of(block: Block) -> Activations:
            return entry.read(block) if valid(block) else compute(block.rows)

        def kept(block: Block) -> Activations:
            if block.number in last:
                return last.pop(block.number)
            return own.read(block) if block.number in stored else values_of(block)

        try:
            for block in blocks if self._create(own, key, locks=False) else ():
                values = values_of(block)
                if not self._write(own, block, values, locks=False):
                    last[block.number] = values
                    break
                stored.add(block.number)
            if len(stored) < len(blocks):
                return assembled(shape, blocks, kept)
            mapped = own.open()
            place_aside(self.folder, own.folder, entry.folder)
            return mapped
        finally:
            remove_unasked(self.folder, own.folder)

    def _warn_unusable(self, error: Exception) -> None:
        self._warn(
            "unusable",
            f"Activations cannot be stored under {self.folder} ({error}); they are computed in memory, scores stay "
            "the same; set BRAINSCORE_HOME to a folder with space that can be written.",
        )

    def _warn(self, kind: str, text: str) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            warnings.warn(text, stacklevel=5)
