"""What the performance scripts share: time, memory above what the data takes, and runs with a number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil

Result = TypeVar("Result")


def with_threads(threads: list[int], script: str, arguments: list[str]) -> None:
    """Run a script in a fresh process for every number of threads, as BLAS reads it once."""
    for count in threads:
        variables = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(count))
        print(f"{count} thread(s)", flush=True)
        subprocess.run(
            [sys.executable, "-m", f"tests.performance.{Path(script).stem}", *arguments, "--here"],
            env=os.environ | variables,
            check=True,
        )


def best_seconds(work: Callable[[], Result], repeats: int = 3) -> tuple[float, Result]:
    """Return the shortest of several times, which other programs disturb least, and the last result."""
    seconds = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        seconds = min(seconds, time.perf_counter() - start)
    return seconds, result


def extra_megabytes(work: Callable[[], Result]) -> tuple[float, Result]:
    """Return the highest resident memory during the work above that before it, and the result (Linux only)."""
    before = psutil.Process().memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")  # starts the high-water mark anew
    result = work()
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    return (peak - before) / 1e6, result
