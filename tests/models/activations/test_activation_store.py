"""The activation store: found by content, shared by processes, trusted by checksum only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore, CacheMode
from pytest_brainscore.models.activations.storage.array_entry import ArrayEntry

ROWS, UNITS, BLOCK = 25, 7, 10
VALUES = np.random.RandomState(0).standard_normal((ROWS, UNITS)).astype(np.float32)
KEY = {"weights": "w", "layers": ["a"]}


class Run:
    """One process of one run, with what it computed itself."""

    def __init__(self, folder: Path, mode: CacheMode = "use", run_id: str | None = None) -> None:
        self.store = ActivationStore(mode, run_id, folder)
        self.computed: list[slice] = []

    def compute(self, rows: slice) -> Any:
        self.computed.append(rows)
        return VALUES[rows].copy()

    def ask(self, key: dict[str, Any] | None = None) -> Any:
        """Ask for the array; return how many blocks were computed."""
        self.computed.clear()
        result = self.store.activations(key or KEY, (ROWS, UNITS), BLOCK, self.compute, "tiny (a) for noise")
        np.testing.assert_array_equal(result, VALUES)
        assert result.dtype == np.float32
        assert not result.flags.writeable
        return len(self.computed)


def entry(folder: Path) -> Path:
    (data,) = folder.rglob("data.npy")
    return data.parent


def test_computed_once_then_read(tmp_path: Path) -> None:
    assert Run(tmp_path).ask() == 3
    assert Run(tmp_path).ask() == 0


def test_blocks_have_the_rows_asked_for(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.ask()
    assert run.computed == [slice(0, 10), slice(10, 20), slice(20, 25)]


def test_the_file_is_a_plain_npy_file_beside_a_readable_key(tmp_path: Path) -> None:
    Run(tmp_path).ask()
    np.testing.assert_array_equal(np.load(entry(tmp_path) / "data.npy", allow_pickle=False), VALUES)
    assert json.loads((entry(tmp_path) / "key.json").read_text()) == KEY


def test_stored_arrays_are_mapped_not_read(tmp_path: Path) -> None:
    Run(tmp_path).ask()
    result = Run(tmp_path).store.activations(KEY, (ROWS, UNITS), BLOCK, lambda _: VALUES, "tiny")
    assert isinstance(result, np.memmap)


@pytest.mark.parametrize("changed", [{"weights": "v"}, {"layers": ["b"]}, {"layers": ["a", "b"]}, {"more": 1}])
def test_any_changed_ingredient_is_another_entry(tmp_path: Path, changed: dict[str, Any]) -> None:
    Run(tmp_path).ask()
    assert Run(tmp_path).ask({**KEY, **changed}) == 3
    assert Run(tmp_path).ask(dict(reversed(KEY.items()))) == 0


class TestDamage:
    """What is damaged is computed again; what is sound is kept."""

    def test_a_missing_marker(self, tmp_path: Path) -> None:
        Run(tmp_path).ask()
        (entry(tmp_path) / "00001.json").unlink()
        assert Run(tmp_path).ask() == 1
        assert Run(tmp_path).ask() == 0

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"blake2b": "0"}', b"\xff"])
    def test_an_unreadable_marker(self, tmp_path: Path, content: bytes) -> None:
        Run(tmp_path).ask()
        (entry(tmp_path) / "00002.json").write_bytes(content)
        assert Run(tmp_path).ask() == 1

    def test_one_flipped_bit(self, tmp_path: Path) -> None:
        Run(tmp_path).ask()
        data = entry(tmp_path) / "data.npy"
        content = bytearray(data.read_bytes())
        content[-1] ^= 1
        data.write_bytes(bytes(content))
        assert Run(tmp_path).ask() == 1
        assert Run(tmp_path).ask() == 0

    @pytest.mark.parametrize(("kept", "lost"), [(-1, 1), (-8 * 7 * 4, 2), (130, 3), (60, 3), (0, 3)])
    def test_a_truncated_file(self, tmp_path: Path, kept: int, lost: int) -> None:
        Run(tmp_path).ask()
        data = entry(tmp_path) / "data.npy"
        content = data.read_bytes()
        data.write_bytes(content[: kept if kept >= 0 else len(content) + kept])
        assert Run(tmp_path).ask() == lost
        assert Run(tmp_path).ask() == 0

    def test_a_missing_file(self, tmp_path: Path) -> None:
        run = Run(tmp_path)
        run.ask()
        (entry(tmp_path) / "data.npy").unlink()
        assert run.ask() == 3

    def test_a_file_of_another_shape(self, tmp_path: Path) -> None:
        Run(tmp_path).ask()
        np.save(entry(tmp_path) / "data.npy", np.zeros((UNITS, ROWS), np.float32))
        assert Run(tmp_path).ask() == 3

    @pytest.mark.parametrize("place", range(0, 128, 3))
    @pytest.mark.parametrize("value", [0x00, 0x28, 0xFF])
    def test_a_damaged_header(self, tmp_path: Path, place: int, value: int) -> None:
        Run(tmp_path).ask()
        data = entry(tmp_path) / "data.npy"
        content = bytearray(data.read_bytes())
        content[place] ^= value or 1
        data.write_bytes(bytes(content))
        Run(tmp_path).ask()
        assert Run(tmp_path).ask() == 0, "the array was written anew"
        np.testing.assert_array_equal(np.load(data), VALUES)

    def test_a_killed_run_loses_the_block_it_was_at(self, tmp_path: Path) -> None:
        run = Run(tmp_path)

        def killed(rows: slice) -> Any:
            if rows.start == 20:
                raise KeyboardInterrupt
            return run.compute(rows)

        with pytest.raises(KeyboardInterrupt):
            run.store.activations(KEY, (ROWS, UNITS), BLOCK, killed, "tiny")
        assert Run(tmp_path).ask() == 1


class TestModes:
    """use, refresh, only, off."""

    def test_refresh_computes_what_this_run_has_not_computed(self, tmp_path: Path) -> None:
        Run(tmp_path).ask()
        first, second = (Run(tmp_path, "refresh", "tonight") for _ in range(2))
        assert first.ask() == 3
        assert first.ask() == 0
        assert second.ask() == 0, "another process of the same run has computed it"
        assert Run(tmp_path, "refresh", "tomorrow").ask() == 3

    def test_only_reads_and_never_computes(self, tmp_path: Path) -> None:
        Run(tmp_path).ask()
        assert Run(tmp_path, "only").ask() == 0
        (entry(tmp_path) / "00000.json").unlink()
        with pytest.raises(ModelError, match=r"tiny \(a\) for noise are not in the store \(1 of 3 blocks"):
            Run(tmp_path, "only").ask()

    def test_off_leaves_the_store_alone(self, tmp_path: Path) -> None:
        assert Run(tmp_path / "store", "off").ask() == 3
        assert not (tmp_path / "store").exists()

    def test_the_folder_is_in_the_home_folder(self, brainscore_home: Path) -> None:
        assert ActivationStore().folder == brainscore_home / "activations"


class TestUnusableFolder:
    """A store that cannot be written costs time, never a score."""

    def test_one_warning_and_the_same_numbers(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        run = Run(tmp_path / "file" / "store")
        with pytest.warns(UserWarning, match="cannot be stored under .*BRAINSCORE_HOME") as caught:
            computed = [run.ask(key) for key in (KEY, {"other": 1})]
        assert computed == [3, 3]
        assert len(caught) == 1

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
    def test_a_read_only_folder(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        try:
            with pytest.warns(UserWarning, match="cannot be stored"):
                assert Run(tmp_path).ask() == 3
        finally:
            tmp_path.chmod(0o700)

    def test_a_full_disk_keeps_what_was_stored_before(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        written = ArrayEntry.write

        def write(self: Any, block: Any, values: Any, run_id: str) -> None:
            if block.number == 1:
                raise OSError(28, "No space left on device")
            written(self, block, values, run_id)

        monkeypatch.setattr(ArrayEntry, "write", write)
        with pytest.warns(UserWarning, match="No space left on device"):
            assert Run(tmp_path).ask() == 3
        monkeypatch.undo()
        assert Run(tmp_path).ask() == 2

    @pytest.mark.skipif(sys.platform != "linux", reason="needs resource limits as Linux has them")
    def test_a_real_limit_of_the_file_size_is_no_crash(self, tmp_path: Path) -> None:
        code = f"""
import resource, signal, sys, warnings
sys.path.insert(0, {str(Path.cwd())!r})
import numpy as np
from pathlib import Path
from pytest_brainscore.models.activations.activation_store import ActivationStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))
with warnings.catch_warnings(record=True) as caught:
    result = ActivationStore(folder=Path({str(tmp_path)!r})).activations(
        {{}}, (100, 100), 10, lambda rows: np.ones((rows.stop - rows.start, 100), np.float32), "tiny")
print(int(result.sum()), len(caught))
"""
        assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["10000", "1"]

    def test_errors_of_the_computation_are_not_taken_for_those_of_the_store(self, tmp_path: Path) -> None:
        def broken(_: slice) -> Any:
            raise OSError("the image cannot be read")

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(OSError, match="the image"):
                ActivationStore(folder=tmp_path).activations(KEY, (ROWS, UNITS), BLOCK, broken, "tiny")


def test_nothing_asked_for_stores_nothing(tmp_path: Path) -> None:
    for shape in ((0, 4), (4, 0)):
        store = ActivationStore(folder=tmp_path / "store")
        result = store.activations(KEY, shape, 2, lambda rows: np.empty((rows.stop - rows.start, 0)), "tiny")  # type: ignore[arg-type,return-value]
        assert result.shape == shape
    assert not (tmp_path / "store").exists()


def test_two_processes_compute_each_block_once(tmp_path: Path) -> None:
    code = f"""
import sys, time
sys.path.insert(0, {str(Path.cwd())!r})
import numpy as np
from pathlib import Path
from pytest_brainscore.models.activations.activation_store import ActivationStore
folder = Path({str(tmp_path)!r})
def compute(rows):
    with (folder / "log").open("a") as log:
        log.write(f"{{rows.start}} {{sys.argv[1]}}\\n")
    time.sleep(.1)
    return np.repeat(np.arange(rows.start, rows.stop, dtype=np.float32)[:, None], 5, axis=1)
(folder / f"ready{{sys.argv[1]}}").touch()
while not ((folder / "ready0").exists() and (folder / "ready1").exists()):
    time.sleep(.01)
result = ActivationStore(folder=folder / "store").activations({{"a": 1}}, (40, 5), 4, compute, "tiny")
assert (result == np.arange(40)[:, None]).all()
"""
    processes = [subprocess.Popen([sys.executable, "-c", code, str(number)]) for number in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    lines = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    assert Counter(int(start) for start, _ in lines) == dict.fromkeys(range(0, 40, 4), 1)
    assert {worker for _, worker in lines} == {"0", "1"}, "both took part"


def test_the_blocks_of_a_process_that_died_are_taken_over(tmp_path: Path) -> None:
    code = f"""
import os, sys
sys.path.insert(0, {str(Path.cwd())!r})
from pathlib import Path
from pytest_brainscore.models.activations.activation_store import ActivationStore
ActivationStore(folder=Path({str(tmp_path)!r})).activations(
    {KEY!r}, ({ROWS}, {UNITS}), {BLOCK}, lambda rows: os._exit(3), "tiny")
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 3
    assert Run(tmp_path).ask() == 3
