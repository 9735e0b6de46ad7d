"""Processes that fill one store beyond its cap and are killed meanwhile: nothing is wrong, nothing is in the way later.

The long version, with real networks and whole runs, is ``tests/performance/store_faults.py``.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.storage.contents import contents
from pytest_brainscore.models.activations.storage.entries import entries

ARRAYS, SHAPE, BLOCK = 6, (64, 2000), 8
SIZE = 64 * 2000 * 4 + 128
CAP = 3 * SIZE
KILLED = 5

BUSY = f"""
import random, sys, warnings
sys.path.insert(0, {str(Path.cwd())!r})
import numpy as np
from pytest_brainscore.models.activations.activation_store import ActivationStore

warnings.simplefilter("error")
store = ActivationStore(folder=sys.argv[1], size={CAP})
generator, kept = random.Random(sys.argv[2]), []
print("ready", flush=True)
for turn in range(int(sys.argv[3])):
    number = generator.randrange({ARRAYS})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # all may be in use by others, so that there is no room
        found = store.activations({{"number": number}}, {SHAPE}, {BLOCK},
                                  lambda rows: np.full((rows.stop - rows.start, {SHAPE[1]}), number, np.float32), "it")
    kept = [*kept[-1:], (number, found)]
    for known, array in kept:
        assert (array == known).all(), (turn, known)
"""


def values(number: int, rows: slice) -> NDArray[np.float32]:
    return np.full((rows.stop - rows.start, SHAPE[1]), number, np.float32)


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_crowded_killed_and_evicted(tmp_path: Path) -> None:
    generator = random.Random(0)

    def start(turns: int) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", BUSY, str(tmp_path), str(generator.random()), str(turns)]
        return subprocess.Popen(words, stdout=subprocess.PIPE)

    steady, victims = [start(80)], [start(10**6)]
    for _ in range(KILLED):
        victim = victims.pop()
        assert victim.stdout is not None
        assert victim.stdout.readline() == b"ready\n"
        victims.append(start(10**6))  # begins while this one is busy
        time.sleep(generator.uniform(0, 0.1))
        victim.kill()
        assert victim.wait() == -9, "it was busy, and had found nothing wrong"
        victim.stdout.close()
    victims[0].kill()
    for process in (*victims, *steady):
        process.communicate()
    assert [process.returncode for process in steady] == [0]

    assert contents(tmp_path).used == [], "who died uses nothing"
    assert sum(each.bytes for each in entries(tmp_path)) <= CAP
    store = ActivationStore(folder=tmp_path, size=CAP)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(ARRAYS):
            found = store.activations({"number": number}, SHAPE, BLOCK, partial(values, number), "it")
            assert (found == number).all()
    assert len(list(tmp_path.rglob("data.npy"))) == 3
