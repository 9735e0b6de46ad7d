"""Measure a run in one piece, with workers, in shards and resumed, each with an empty store, and compare the results.

    python -m tests.performance.shards 3 --model squeezenet1_1 --brainscore-weights=FILE --brainscore-benchmark=V1 ...

The first argument is the number of shards; all others are those of pytest. Shards are run one after the other, each
with a store of its own, as on machines of their own: the longest is what one waits for. The resumed run has half of the
records of the serial one, as if that had been killed. Scores have to be equal bit for bit, and files of bootstrap
values byte for byte; exit status 1 where anything differs.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.performance.same_scores import differences


def run(folder: Path, name: str, *arguments: str, home: str | None = None) -> tuple[float, float]:
    """Run pytest, and return seconds of wall and processor."""
    report = folder / f"{name}.json"
    command = [sys.executable, "-m", "pytest", *arguments, "-q", "-p", "no:cacheprovider"]
    command.append(f"--brainscore-report=json:{report}")
    variables = os.environ | {"BRAINSCORE_HOME": str(folder / (home or f"home-{name.replace('/', '-')}"))}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(done.stdout + done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    count = len(json.loads(report.read_text())["benchmarks"])
    print(f"{name:12} {count:4d} records  {wall:8.1f} s wall  {cpu:8.1f} s of processor", flush=True)
    return wall, cpu


def main(shards: str, *arguments: str) -> int:
    """Print a line for each way, and what differs."""
    count = int(shards)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder, "serial", "-n0", *arguments)
        run(folder, "workers", "-n2", *arguments)
        each = [
            run(folder, f"parts/{index}", "-n0", f"--brainscore-shard={index}/{count}", *arguments)
            for index in range(1, count + 1)
        ]
        start = time.perf_counter()
        command = ["brainscore", "merge", str(folder / "parts"), f"--expect={count}", f"--to=json:{folder}/merged.json"]
        merged = subprocess.run(command, capture_output=True, text=True, check=False)
        print(
            f"shards: longest {max(wall for wall, _ in each):.1f} s, together {sum(cpu for _, cpu in each):.1f} s of "
        )
        print(
            f"processor; merged in {time.perf_counter() - start:.1f} s: {merged.stdout.strip()} {merged.stderr.strip()}"
        )
        resumed = json.loads((folder / "serial.json").read_text())
        resumed["benchmarks"] = resumed["benchmarks"][: len(resumed["benchmarks"]) // 2]
        (folder / "half.json").write_text(json.dumps(resumed))
        shutil.copy(folder / "serial.replicates.npz", folder / "half.replicates.npz")
        run(folder, "resumed", "-n0", f"--brainscore-resume={folder}/half.json", *arguments)
        run(folder, "all-resumed", "-n0", f"--brainscore-resume={folder}/serial.json", *arguments)
        return sum(_differs(folder, other) for other in ("workers", "merged", "resumed", "all-resumed")) > 0


def _differs(folder: Path, other: str) -> bool:
    reports = [json.loads((folder / f"{name}.json").read_text()) for name in ("serial", other)]
    files = [folder / f"{name}.replicates.npz" for name in ("serial", other)]
    lines = differences(*reports)
    if files[0].read_bytes() != files[1].read_bytes():
        lines.append("the bootstrap values have other bytes")
    print(f"serial and {other}: {lines or 'equal, bit for bit'}")
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
