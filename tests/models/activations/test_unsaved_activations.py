"""Arrays that are not stored: small ones in memory, large ones in a file that has no name, where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.models.activations.storage import unsaved
from pytest_brainscore.models.activations.storage.array_entry import Block
from pytest_brainscore.models.activations.storage.unsaved import IN_MEMORY, assembled

ROWS, BLOCK = 10, 4
LARGE, SMALL = IN_MEMORY // 4 // ROWS + 1, 7


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def make(units: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return an array as it is to be, and as it is put together."""
    expected = np.arange(ROWS * units, dtype=np.float32).reshape(ROWS, units)
    blocks = [
        Block(number, slice(start, min(start + BLOCK, ROWS))) for number, start in enumerate(range(0, ROWS, BLOCK))
    ]
    called: list[int] = []

    def values_of(block: Block) -> Any:
        called.append(block.number)
        return expected[block.rows].copy()

    found = assembled(expected.shape, blocks, values_of)
    assert called == [0, 1, 2]
    assert not found.flags.writeable
    return expected, found


@pytest.mark.parametrize(("units", "mapped"), [(SMALL, False), (LARGE, True)])
def test_large_ones_are_mapped(units: int, mapped: bool, folder: Path) -> None:
    expected, found = make(units)
    assert isinstance(found, np.memmap) is mapped
    assert list(folder.iterdir()) == [], "nothing is left behind, whatever becomes of the process"
    np.testing.assert_array_equal(found, expected)


def test_where_there_is_no_room_memory_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 5, 5))
    expected, found = make(LARGE)
    assert not isinstance(found, np.memmap)
    np.testing.assert_array_equal(found, expected)


def test_a_disk_that_is_full_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    def write(descriptor: int, rows: Any) -> int:
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(descriptor)
        return os.write(descriptor, rows)

    monkeypatch.setattr(unsaved, "_write", write)
    expected, found = make(LARGE)
    assert not isinstance(found, np.memmap)
    np.testing.assert_array_equal(found, expected)
