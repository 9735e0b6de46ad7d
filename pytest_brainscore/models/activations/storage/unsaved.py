"""Arrays that are not stored: put together block by block, the large ones in a file without a name."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

import numpy as np

from pytest_brainscore.models.activations.storage.array_entry import Activations, Block

IN_MEMORY: Final = 16 * 2**20
"""Bytes of an array that is simply kept in memory."""
_SPARED: Final = 2
"""How many times the array's size a disk must have free, so that nobody else comes to be without."""


def assembled(
    shape: tuple[int, int], blocks: Iterable[Block], values_of: Callable[[Block], Activations]
) -> Activations:
    """Return an array from its blocks, float32 and not writable.

    A large one goes to a file in the folder for temporary files, which is gone with the array or the process, so that
    memory holds a block at a time; where there is no room for it, to memory all the same.

    Parameters
    ----------
    shape
        Rows and units.
    blocks
        All blocks, in the order of their rows.
    values_of
        Returns the rows of a block; called once for each.

    """
    size = shape[0] * shape[1] * np.dtype(np.float32).itemsize
    values: Activations | None = None if size > IN_MEMORY and _has_room(size) else np.empty(shape, np.float32)
    if values is not None:
        for block in blocks:
            values[block.rows] = values_of(block)
        values.flags.writeable = False
        return values
    with tempfile.TemporaryFile(prefix="brainscore-", buffering=0) as file:
        written = 0
        for block in blocks:
            rows = np.ascontiguousarray(values_of(block), np.float32)
            if values is None:
                try:
                    _write(file.fileno(), rows)
                    written = block.rows.stop
                    continue
                except OSError:  # somebody else has filled the disk meanwhile
                    values = np.empty(shape, np.float32)
                    file.seek(0)
                    values[:written] = np.fromfile(file, np.float32, written * shape[1]).reshape(-1, shape[1])
                    file.truncate(0)
            values[block.rows] = rows
        if values is None:
            return np.memmap(file, np.float32, "r", shape=shape)
    values.flags.writeable = False
    return values


def _has_room(size: int) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(tempfile.gettempdir()).free > _SPARED * size
    return False


def _write(descriptor: int, rows: Activations) -> None:
    import os

    left = memoryview(rows.data).cast("B")
    while left:
        left = left[os.write(descriptor, left) :]
