"""What this machine has, and how fast it is: measured on the spot, in about a second."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pytest_brainscore.data.home import home

_CGROUP: Final = Path("/sys/fs/cgroup")
_UNLIMITED: Final = 2**60
"""What a cgroup without a limit says, or more."""
_REPEATS: Final = 3


@dataclass(frozen=True)
class Capacity:
    """What a run may take."""

    cores: int
    """Cores that this process may use."""
    memory: int
    """Bytes that are free now, of the machine or of the cgroup of this process, whichever has less."""
    memory_of: str
    """Whose limit that is: ``machine`` or ``cgroup``."""
    disk: int | None
    """Bytes that are free where activations are stored; None where that cannot be told."""
    folder: str
    """The folder of the home where they are."""


@dataclass(frozen=True)
class Rates:
    """How fast one thread of this machine computes, in processor time."""

    products: float
    """Operations a second in products of matrices in double precision, two for each multiplication and addition."""
    decompositions: float
    """The same in eigendecompositions of symmetric matrices, counted as 9 n^3."""
    stream: float
    """Bytes a second that are read or written by passes over arrays larger than the caches."""
    sorting: float
    """Numbers a second that are sorted, times the logarithm (base 2) of how many there are."""


def capacity(cgroup: Path = _CGROUP) -> Capacity:
    """Return what this machine has for a run, now."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    machine = int(psutil.virtual_memory().available)
    left = memory_of_cgroup(cgroup)
    folder = home()
    return Capacity(
        cores=cores,
        memory=machine if left is None else min(machine, left),
        memory_of="cgroup" if left is not None and left < machine else "machine",
        disk=_free(folder),
        folder=str(folder),
    )


def memory_of_cgroup(cgroup: Path = _CGROUP) -> int | None:
    """Return the bytes that the cgroup of this process leaves; None where it has no limit, or there is none.

    Version 2 (``memory.max``) and 1 (``memory.limit_in_bytes``), as containers see their own at `cgroup`. Pages of
    files that the kernel takes back when memory is short count as free.
    """
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            most = int((cgroup / limit).read_text())
            taken = int((cgroup / used).read_text())
        except (OSError, ValueError):  # no such version, or "max"
            continue
        if most < _UNLIMITED:
            return max(0, most - max(0, taken - _reclaimable(cgroup / Path(limit).with_name("memory.stat"))))
    return None


def measure() -> Rates:
    """Measure how fast this machine is, in about half a second of one thread; the best of a few tries counts.

    Others who use the machine slow single tries, and processor time tells little of them.
    """
    import numpy as np

    from pytest_brainscore.one_thread import one_thread

    random = np.random.RandomState(0)
    square, symmetric = random.rand(640, 640), random.rand(320, 320)
    symmetric = symmetric + symmetric.T
    large, unsorted = np.zeros(2**22), random.rand(2**18)
    other = np.empty_like(large)
    with one_thread():
        return Rates(
            products=2 * len(square) ** 3 / _seconds(lambda: square @ square),
            decompositions=9 * len(symmetric) ** 3 / _seconds(lambda: np.linalg.eigh(symmetric)),
            stream=2 * large.nbytes / _seconds(lambda: np.add(large, 1.0, out=other)),
            sorting=unsorted.size * 18 / _seconds(lambda: np.argsort(unsorted)),
        )


def peak_bytes() -> int | None:
    """Return the peak resident memory of this process so far, or None where it is not known."""
    if sys.platform == "win32":
        return None
    try:
        # Not of getrusage(2): there, a process begins with the peak of the one that started it.
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    import resource

    # Linux counts in kibibytes, macOS in bytes (getrusage(2) of each).
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def resident_bytes() -> int:
    """Return the resident memory of this process now."""
    import psutil

    return int(psutil.Process().memory_info().rss)


def _seconds(call: Callable[[], object]) -> float:
    call()
    best = float("inf")
    for _ in range(_REPEATS):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return max(best, 1e-6)


def _free(folder: Path) -> int | None:
    """Return the free bytes of the file system where a folder is, or will be."""
    for place in (folder, *folder.parents):
        if place.exists():
            try:
                return shutil.disk_usage(place).free
            except OSError:
                return None
    return None


def _reclaimable(stat: Path) -> int:
    try:
        words = dict(line.split() for line in stat.read_text().splitlines())
    except (OSError, ValueError):
        return 0
    return int(words.get("inactive_file") or words.get("total_inactive_file") or 0)
