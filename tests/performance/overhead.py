"""Time what the plugin adds to a bare pytest run, and what collecting with a model takes.

    python -m tests.performance.overhead

Limits asked for: at most 30 ms added to a bare run, at most 1.5 s for collecting.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15


def seconds(folder: Path, *arguments: str) -> float:
    """Return the wall time of one pytest run in a folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Alternate runs with and without the plugin, and print medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_bare.py").write_text("def test_bare(): pass\n")
        seconds(folder)
        runs = [(seconds(folder), seconds(folder, "-p", "no:brainscore")) for _ in range(ROUNDS)]
        with_plugin, without = (statistics.median(column) for column in zip(*runs, strict=True))
        added = statistics.median(a - b for a, b in runs)
        print(f"bare run: {with_plugin:.3f} s with the plugin, {without:.3f} s without; added {added * 1e3:.0f} ms")
        collecting = [seconds(folder, "--collect-only", "--model", "squeezenet1_1") for _ in range(5)]
        print(f"collect-only --model squeezenet1_1: {statistics.median(collecting):.2f} s")


if __name__ == "__main__":
    main()
