"""A store of activations, found by what they were computed from, and filled by several processes together.

An entry is a folder named by the digest of everything that the numbers depend on. It holds the array in one file, and
one small marker a block of rows with the block's checksum. A process that finds an entry incomplete computes the
blocks that nobody else is computing, so workers share one extraction, and a killed run loses at most a block each.
Nothing is trusted without its checksum: what is damaged is computed again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
import uuid
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from filelock import FileLock, Timeout
from numpy.lib import format as npy
from numpy.typing import NDArray

from pytest_brainscore.atomic import open_own_file, write_atomically
from pytest_brainscore.data.home import home
from pytest_brainscore.errors import ModelError, mend

CacheMode = Literal["use", "refresh", "only", "off"]
Activations = NDArray[np.float32]
Compute = Callable[[slice], Activations]
"""Computes the rows of a slice: rows x units."""

_STORE_ERRORS = (OSError, ValueError, NotImplementedError)
"""What a store that cannot be used ends in: no rights, no space, a file of the wrong form, no locks."""
WAIT = 0.05
"""Seconds between two looks at blocks that other processes are computing; a block takes seconds."""


@dataclass(frozen=True)
class _Block:
    number: int
    rows: slice


_Verified = dict[Path, tuple[str, int | None]]
"""Checksum and file that a block was last found sound in, by marker."""


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

    """

    def __init__(
        self, mode: CacheMode = "use", run_id: str | None = None, folder: str | os.PathLike[str] | None = None
    ) -> None:
        self.mode = mode
        self.folder = Path(folder) if folder else home() / "activations"
        self._run_id = run_id or uuid.uuid4().hex
        self._verified: _Verified = {}
        self._warned = False

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
            float32, rows x units, not writable; memory-mapped where stored. Bitwise the same either way.

        Raises
        ------
        ModelError
            Mode ``only``, and something is not stored.

        """
        rows, units = shape
        blocks = [
            _Block(number, slice(start, min(start + block_rows, rows)))
            for number, start in enumerate(range(0, rows, block_rows))
        ]
        if self.mode == "off" or rows == 0 or units == 0:
            return _in_memory(shape, blocks, lambda block: compute(block.rows))
        canonical = json.dumps(key, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        entry = _Entry(self.folder / digest[:2] / digest, shape, self._verified)
        # A run that refreshes trusts only itself. The process that wrote or read a block need not read it again.
        run = self._run_id if self.mode == "refresh" else None

        def valid(block: _Block) -> bool:
            return entry.valid(block, run)

        pending = [block for block in blocks if not valid(block)]
        if pending and self.mode == "only":
            raise ModelError(
                f"The activations of {name} are not in the store ({len(pending)} of {len(blocks)} blocks missing under "
                f"{entry.folder}); "
                + mend(
                    option="run once with --brainscore-cache use.",
                    python='look at the stimuli once with store=ActivationStore(mode="use").',
                )
            )
        unsaved: dict[int, Activations] | None = None
        if pending:
            unsaved = self._fill(entry, pending, valid, compute) if self._create(entry, key) else {}
        if unsaved is None:
            try:
                return entry.open()
            except _STORE_ERRORS as error:
                self._warn(error)
        computed = unsaved or {}

        def kept(block: _Block) -> Activations:
            if block.number in computed:
                return computed[block.number]
            return entry.read(block) if valid(block) else compute(block.rows)

        return _in_memory(shape, blocks, kept)

    def _create(self, entry: _Entry, key: Mapping[str, object]) -> bool:
        try:
            entry.create(key)
        except _STORE_ERRORS as error:
            self._warn(error)
            return False
        return True

    def _fill(
        self, entry: _Entry, pending: list[_Block], valid: Callable[[_Block], bool], compute: Compute
    ) -> dict[int, Activations] | None:
        """Compute the blocks that nobody else is computing, until none is missing.

        Returns None then, or, when the store fails, what was computed and could not be stored.
        """
        while pending:
            waiting = []
            for block in pending:
                lock = FileLock(entry.lock(block), timeout=0)
                try:
                    held = lock.acquire()
                except Timeout:
                    waiting.append(block)
                    continue
                except _STORE_ERRORS as error:
                    self._warn(error)
                    return {}
                with held:
                    if valid(block):
                        continue
                    values = compute(block.rows)
                    try:
                        entry.write(block, values, self._run_id)
                    except _STORE_ERRORS as error:
                        self._warn(error)
                        return {block.number: values}
            if len(waiting) == len(pending):
                time.sleep(WAIT)
            pending = [block for block in waiting if not valid(block)]
        return None

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"Activations cannot be stored under {self.folder} ({error}); they are computed in memory, scores stay "
                "the same; set BRAINSCORE_HOME to a folder with space that can be written.",
                stacklevel=4,
            )


class _Entry:
    """The folder of one array."""

    def __init__(self, folder: Path, shape: tuple[int, int], verified: _Verified) -> None:
        self.folder = folder
        self._verified = verified
        self.data = folder / "data.npy"
        self._shape = shape
        self._header = _header(shape)
        self._row_bytes = shape[1] * np.dtype(np.float32).itemsize

    def marker(self, block: _Block) -> Path:
        return self.folder / f"{block.number:05d}.json"

    def lock(self, block: _Block) -> Path:
        return self.folder / f"{block.number:05d}.lock"

    def create(self, key: Mapping[str, object]) -> None:
        """Allocate the array unless it is there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "create.lock"):
            if self._lengthened():
                return
            write_atomically(
                self.folder / "key.json", json.dumps(key, indent=2, sort_keys=True).encode(), follow_link=False
            )
            temporary = self.folder / "data.npy.tmp"
            with open_own_file(temporary) as file:
                file.truncate(0)
                file.write(self._header)
                file.truncate(file.tell() + self._shape[0] * self._row_bytes)
            temporary.replace(self.data)

    def open(self) -> Activations:
        """Map the array for reading."""
        mapped: Activations = np.load(self.data, mmap_mode="r", allow_pickle=False)
        return mapped

    def read(self, block: _Block) -> Activations:
        """Read a block; ValueError when the file is damaged."""
        with self.data.open("rb") as file:
            file.seek(self._offset(file) + block.rows.start * self._row_bytes)
            count = (block.rows.stop - block.rows.start) * self._shape[1]
            return np.frombuffer(file.read(count * 4), np.float32).reshape(-1, self._shape[1])

    def write(self, block: _Block, values: Activations, run_id: str) -> None:
        """Write a block, then its marker."""
        content = np.ascontiguousarray(values, np.float32)
        checksum = _checksum(content)
        # Ordinary writes, not a writable memory map: there, a full disk kills the process.
        with self.data.open("rb+") as file:
            file.seek(self._offset(file) + block.rows.start * self._row_bytes)
            file.write(content.data)
            number = os.fstat(file.fileno()).st_ino
        write_atomically(
            self.marker(block), json.dumps({"blake2b": checksum, "run": run_id}).encode(), follow_link=False
        )
        self._verified[self.marker(block)] = (checksum, number)

    def valid(self, block: _Block, run: str | None) -> bool:
        """Tell whether a block is stored and sound, and was written by `run` unless that is None."""
        path = self.marker(block)
        try:
            marker = json.loads(path.read_bytes())
            checksum = str(marker["blake2b"])
            if run is not None and marker["run"] != run:
                return False
            found = (checksum, self._whole_file())
            known = self._verified.get(path) == found and found[1] is not None
            if not known and _checksum(self.read(block)) != checksum:
                return False
        except (OSError, ValueError, KeyError, TypeError):  # missing, unreadable, or not what this class writes
            return False
        self._verified[path] = found
        return True

    def _lengthened(self) -> bool:
        """Give a file that was cut off its full length; False when there is no file of this array."""
        try:
            with self.data.open("rb+") as file:
                file.truncate(self._offset(file) + self._shape[0] * self._row_bytes)
        except (FileNotFoundError, ValueError):
            return False
        return True

    def _whole_file(self) -> int | None:
        """Return the number of the array's file in the file system, None when it is cut off."""
        with self.data.open("rb") as file:
            status = os.fstat(file.fileno())
            return status.st_ino if status.st_size == self._offset(file) + self._shape[0] * self._row_bytes else None

    def _offset(self, file: BinaryIO) -> int:
        """Return where the numbers begin; ValueError when the file is not this array."""
        # Compared, not parsed: whatever a damaged header would be read as, the array is written anew.
        if file.read(len(self._header)) != self._header:
            raise ValueError("unexpected header")
        return len(self._header)


def _header(shape: tuple[int, int]) -> bytes:
    """Return the beginning of a plain ``.npy`` file of float32."""
    header = io.BytesIO()
    npy.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return header.getvalue()


def _checksum(values: Activations) -> str:
    return hashlib.blake2b(values.data, digest_size=32).hexdigest()


def _in_memory(shape: tuple[int, int], blocks: list[_Block], values_of: Callable[[_Block], Activations]) -> Activations:
    values = np.empty(shape, np.float32)
    for block in blocks:
        values[block.rows] = values_of(block)
    values.flags.writeable = False
    return values
