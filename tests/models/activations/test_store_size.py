"""The store's cap: what was not used for longest makes way, and what a process uses never does."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.storage import locks
from pytest_brainscore.models.activations.storage.array_entry import ArrayEntry
from pytest_brainscore.models.activations.storage.contents import contents
from pytest_brainscore.models.activations.storage.entries import MARK, entries, use
from pytest_brainscore.models.activations.storage.room import cap_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there, open files are what is in use")
SHAPE = (20, 250)
SIZE = 20_000 + 128
"""Bytes of an array of this shape, with its header."""


def values(number: int) -> Any:
    return np.full(SHAPE, number, np.float32)


def ask(store: ActivationStore, number: int) -> tuple[Any, int]:
    """Return an array, which is not to be kept for longer than is needed, and how many blocks were computed."""
    computed = []

    def compute(rows: slice) -> Any:
        computed.append(rows)
        return values(number)[rows]

    result = store.activations({"number": number}, SHAPE, 5, compute, f"number {number}")
    np.testing.assert_array_equal(result, values(number))
    return result, len(computed)


def computed(store: ActivationStore, number: int) -> int:
    return ask(store, number)[1]


@pytest.fixture
def age(tmp_path: Path) -> Callable[[int], None]:
    """Return a function that makes all entries older: uses within a tick of the clock have no order."""

    def older(seconds: int) -> None:
        for entry in entries(tmp_path):
            os.utime(entry.folder / MARK, (entry.used - seconds, entry.used - seconds))

    return older


def test_the_least_recently_used_makes_way(tmp_path: Path, age: Callable[[int], None]) -> None:
    store = ActivationStore(folder=tmp_path, size=3 * SIZE)
    for number in (1, 2, 3):
        assert computed(store, number) == 4
        age(10)
    assert computed(store, 1) == 0, "used now, by reading it"
    age(10)
    assert computed(store, 4) == 4, "in place of 2"
    assert [computed(ActivationStore("use", folder=tmp_path, size=3 * SIZE), number) for number in (1, 3, 4)] == [0] * 3
    assert len(entries(tmp_path)) == 3
    assert computed(store, 2) == 4


def test_what_is_mapped_stays_until_nobody_looks_at_it(tmp_path: Path, age: Callable[[int], None]) -> None:
    store = ActivationStore(folder=tmp_path, size=2 * SIZE)
    part = ask(store, 1)[0][3:5, ::2]  # the last of many views
    age(10)
    for number in (2, 3, 4):
        assert computed(store, number) == 4
        age(10)
    np.testing.assert_array_equal(part, values(1)[3:5, ::2])
    assert computed(store, 1) == 0
    del part
    age(10)
    assert [computed(store, number) for number in (5, 6, 1)] == [4, 4, 4]


def test_what_is_in_use_is_never_taken_and_the_rest_is_not_stored(tmp_path: Path) -> None:
    store = ActivationStore(folder=tmp_path, size=2 * SIZE)
    kept = [ask(store, number)[0] for number in (1, 2)]
    with pytest.warns(UserWarning, match="have no room under .* a larger size, or set BRAINSCORE_CACHE_SIZE") as told:
        assert [computed(store, number) for number in (3, 4, 3)] == [4, 4, 4]
    assert len(told) == 1
    assert len(kept) == len(entries(tmp_path)) == 2


def test_an_array_larger_than_the_cap_removes_nothing(tmp_path: Path) -> None:
    computed(ActivationStore(folder=tmp_path, size=2 * SIZE), 1)
    with pytest.warns(UserWarning, match="have no room"):
        assert computed(ActivationStore(folder=tmp_path, size=SIZE - 1), 2) == 4
    assert computed(ActivationStore(folder=tmp_path), 1) == 0


def test_another_process_in_use_and_killed(tmp_path: Path, age: Callable[[int], None]) -> None:
    """SIGKILL leaves no mark behind: the kernel takes the lock back."""
    code = f"""
import sys, time
sys.path.insert(0, {str(Path.cwd())!r})
import numpy as np
from pytest_brainscore.models.activations.activation_store import ActivationStore
kept = ActivationStore(folder={str(tmp_path)!r}).activations(
    {{"number": 1}}, {SHAPE}, 5, lambda rows: np.ones((5, 250), np.float32), "one")
print("ready", flush=True)
time.sleep(600)
"""
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        age(100)
        store = ActivationStore(folder=tmp_path, size=2 * SIZE)
        assert [each.folder for each in contents(tmp_path).used] == [entries(tmp_path)[0].folder]
        assert [computed(store, number) for number in (2, 3)] == [4, 4]
        assert computed(store, 1) == 0
    finally:
        other.kill()
        other.communicate()
    assert contents(tmp_path).used == []
    age(100)
    assert [computed(store, number) for number in (4, 5, 1)] == [4, 4, 4]


def test_a_full_disk_makes_older_entries_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    computed(ActivationStore(folder=tmp_path), 1)
    written = ArrayEntry.write

    def write(self: Any, *arguments: Any) -> None:
        if len(entries(tmp_path)) > 1:
            raise OSError(28, "No space left on device")
        written(self, *arguments)

    monkeypatch.setattr(ArrayEntry, "write", write)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert computed(ActivationStore(folder=tmp_path), 2) == 4
    assert computed(ActivationStore(folder=tmp_path), 2) == 0
    assert len(entries(tmp_path)) == 1


@pytest.mark.parametrize(("size", "told"), [(7, "as asked for"), (None, "half of the free space")])
def test_the_cap(tmp_path: Path, size: int | None, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1000, 400, 600))
    assert cap_of(tmp_path / "not" / "there", size, 200) == (size or 400, told)
    monkeypatch.setenv("BRAINSCORE_CACHE_SIZE", "1.5kB")
    assert cap_of(tmp_path, size, 200) == ((7, told) if size else (1500, "$BRAINSCORE_CACHE_SIZE"))
    assert ActivationStore(folder=tmp_path).size == 1500


def test_a_size_in_the_environment_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSCORE_CACHE_SIZE", "much")
    with pytest.raises(BrainScoreError, match=r"\$BRAINSCORE_CACHE_SIZE is 'much', which is no size"):
        ActivationStore()


class TestWithoutLocks:
    """Where locks keep nobody out, an entry is whole or not there, nothing is removed, and it is said once."""

    @pytest.fixture(params=["refused", "no use"])
    def no_locks(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        def flock(_descriptor: int, _operation: int) -> None:
            if request.param == "refused":
                raise OSError(37, "No locks available")

        monkeypatch.setattr(fcntl, "flock", flock)
        locks._why_no_locks.cache_clear()
        yield
        locks._why_no_locks.cache_clear()

    def test_entries_appear_whole(self, no_locks: None, tmp_path: Path) -> None:
        store = ActivationStore(folder=tmp_path, size=3 * SIZE)

        def interrupted(rows: slice) -> Any:
            if rows.start == 15:
                raise KeyboardInterrupt
            return values(1)[rows]

        with pytest.warns(UserWarning, match="cannot be kept apart by locks"), pytest.raises(KeyboardInterrupt):
            store.activations({"number": 1}, SHAPE, 5, interrupted, "one")
        assert entries(tmp_path) == []
        assert [computed(store, number) for number in (1, 2, 1, 2)] == [4, 4, 0, 0], "and it was said before"
        assert contents(tmp_path).no_locks

    def test_nothing_makes_way(self, no_locks: None, tmp_path: Path) -> None:
        store = ActivationStore(folder=tmp_path, size=SIZE)
        with pytest.warns(UserWarning, match="locks"):
            assert computed(store, 1) == 4
        with pytest.warns(UserWarning, match=r"20.1 kB of activations have no room"):
            assert computed(store, 2) == 4
        assert computed(store, 1) == 0

    def test_what_is_damaged_is_replaced(self, no_locks: None, tmp_path: Path) -> None:
        with pytest.warns(UserWarning, match="locks"):
            assert computed(ActivationStore(folder=tmp_path), 1) == 4
        (marker,) = tmp_path.rglob("00002.json")
        marker.unlink()
        with pytest.warns(UserWarning, match="locks"):
            assert computed(ActivationStore(folder=tmp_path), 1) == 1
        assert computed(ActivationStore("only", folder=tmp_path), 1) == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("rw,vers=4.2,local_lock=none", None),
        ("rw,vers=3,nolock", "it is mounted with nolock, so that other machines see no locks"),
        ("rw,vers=3,local_lock=flock", "it is mounted with local_lock=flock, so that other machines see no locks"),
    ],
)
def test_mounts_whose_locks_are_of_one_machine(tmp_path: Path, options: str, told: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        f"40 22 0:35 / {tmp_path.parent} rw,relatime shared:2 - nfs4 server:/home {options}\n"
    )
    assert locks._of_one_machine(tmp_path, mounts) == told


def test_marks_follow_an_entry_that_is_removed_while_somebody_waits(tmp_path: Path) -> None:
    """Who is given the lock of an entry that went meanwhile makes a new one."""
    held = use(tmp_path / "entry")
    assert held is not None
    assert locks.alone(tmp_path / "entry" / MARK) is None
    held.release()
    mine = locks.alone(tmp_path / "entry" / MARK)
    assert mine is not None
    (tmp_path / "entry").rename(tmp_path / "gone")
    again = use(tmp_path / "entry")
    assert again is not None
    assert (tmp_path / "entry" / MARK).exists()
