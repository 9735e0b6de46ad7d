"""The folder of one array: numbers in one file, and a small marker with a checksum for each block of rows."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from filelock import FileLock
from numpy.lib import format as npy
from numpy.typing import NDArray

from pytest_brainscore.atomic import open_own_file, write_atomically
from pytest_brainscore.models.activations.storage.entries import ARRAY

Activations = NDArray[np.float32]


@dataclass(frozen=True)
class Block:
    """Neighbouring rows that are computed and written together."""

    number: int
    rows: slice


Verified = dict[Path, tuple[str, int | None]]
"""Checksum and file that a block was last found sound in, by marker."""


class ArrayEntry:
    """The folder of one array."""

    def __init__(self, folder: Path, shape: tuple[int, int], verified: Verified) -> None:
        self.folder = folder
        self._verified = verified
        self.data = folder / ARRAY
        self._shape = shape
        self._header = header(shape)
        self._row_bytes = shape[1] * np.dtype(np.float32).itemsize

    @property
    def bytes(self) -> int:
        """Size of the file with all numbers."""
        return len(self._header) + self._shape[0] * self._row_bytes

    def is_made(self) -> bool:
        """Tell whether the array has its place on the disk already."""
        return self.data.exists()

    def marker(self, block: Block) -> Path:
        """Return the file that says that a block is there."""
        return self.folder / f"{block.number:05d}.json"

    def lock(self, block: Block) -> Path:
        """Return the file that whoever computes a block has locked."""
        return self.folder / f"{block.number:05d}.lock"

    def create(self, key: Mapping[str, object], *, locks: bool = True) -> None:
        """Allocate the array unless it is there; without locks where only this process knows of the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "create.lock") if locks else nullcontext():
            if self._lengthened():
                return
            write_atomically(
                self.folder / "key.json", json.dumps(key, indent=2, sort_keys=True).encode(), follow_link=False
            )
            temporary = self.folder / f"{ARRAY}.tmp"
            with open_own_file(temporary) as file:
                file.truncate(0)
                file.write(self._header)
                file.truncate(file.tell() + self._shape[0] * self._row_bytes)
            temporary.replace(self.data)

    def open(self) -> Activations:
        """Map the array for reading."""
        mapped: Activations = np.load(self.data, mmap_mode="r", allow_pickle=False)
        return mapped

    def read(self, block: Block) -> Activations:
        """Read a block; ValueError when the file is damaged."""
        with self.data.open("rb") as file:
            file.seek(self._offset(file) + block.rows.start * self._row_bytes)
            count = (block.rows.stop - block.rows.start) * self._shape[1]
            return np.frombuffer(file.read(count * 4), np.float32).reshape(-1, self._shape[1])

    def write(self, block: Block, values: Activations, run_id: str) -> None:
        """Write a block, then its marker."""
        content = np.ascontiguousarray(values, np.float32)
        checksum = checksum_of(content)
        # Ordinary writes, not a writable memory map: there, a full disk kills the process.
        with self.data.open("rb+") as file:
            file.seek(self._offset(file) + block.rows.start * self._row_bytes)
            file.write(content.data)
            number = os.fstat(file.fileno()).st_ino
        write_atomically(
            self.marker(block), json.dumps({"blake2b": checksum, "run": run_id}).encode(), follow_link=False
        )
        self._verified[self.marker(block)] = (checksum, number)

    def valid(self, block: Block, run: str | None) -> bool:
        """Tell whether a block is stored and sound, and was written by `run` unless that is None."""
        path = self.marker(block)
        try:
            marker = json.loads(path.read_bytes())
            checksum = str(marker["blake2b"])
            if run is not None and marker["run"] != run:
                return False
            found = (checksum, self._whole_file())
            known = self._verified.get(path) == found and found[1] is not None
            if not known and checksum_of(self.read(block)) != checksum:
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


def header(shape: tuple[int, int]) -> bytes:
    """Return the beginning of a plain ``.npy`` file of float32."""
    written = io.BytesIO()
    npy.write_array_header_1_0(written, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return written.getvalue()


def checksum_of(values: Activations) -> str:
    """Return the checksum of numbers as they are stored."""
    return hashlib.blake2b(values.data, digest_size=32).hexdigest()
