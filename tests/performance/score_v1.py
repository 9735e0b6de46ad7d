"""Time the seven embedded V1 benchmarks cold, warm and known, with the peak memory of any process that scored.

Warm: activations are stored, and scores computed from them. Known: scores are stored, and the network is loaded to see
whether it is the same; with ``only``, not even that.

    python -m tests.performance.score_v1 --model squeezenet1_1 --weights FILE --workers 2

Limits asked for (two cores): cold at most 150 s, warm at most 15 s, peak memory at most 2 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Run the suite again and again, first on an empty store, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="squeezenet1_1")
    parser.add_argument("--weights")
    parser.add_argument("--workers", default="2")
    arguments = parser.parse_args()
    suite = Path(__file__).parents[2] / "suites" / "neural" / "test_v1.py"
    print(f"{arguments.model}, {os.cpu_count()} cores, -n {arguments.workers}")
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"BRAINSCORE_HOME": f"{folder}/home"}
        command = [sys.executable, "-m", "pytest", str(suite), "--model", arguments.model, "-n", arguments.workers]
        command += ["-p", "no:cacheprovider", "-q", "--brainscore-report", f"json:{folder}/report.json"]
        command += ["--brainscore-baseline", f"{folder}/baselines"]
        if arguments.weights:
            command += ["--brainscore-weights", str(Path(arguments.weights).resolve())]
        for run in ("cold", "warm", "known", "only"):
            if run == "warm":
                shutil.rmtree(f"{folder}/home/results")
            words = ["--brainscore-cache", "only" if run == "only" else "use"]
            start = time.perf_counter()
            ended = subprocess.run([*command, *words], env=environment, stdout=subprocess.DEVNULL, check=False)
            status = ended.returncode
            seconds = time.perf_counter() - start
            records = json.loads(Path(f"{folder}/report.json").read_text())["benchmarks"]
            scored = [record for record in records if record["status"] == "scored"]
            peak = max((record["peak_rss_mb"] for record in scored), default=float("nan"))
            print(f"{run}: {seconds:6.1f} s, exit {status}, {len(scored)} scored, peak memory {peak:.0f} MB")
        stored = sum(path.stat().st_size for path in Path(folder, "home").rglob("*") if path.is_file())
        print(f"store: {stored / 1e6:.0f} MB")
        for record in scored:
            print(
                f"{record['identifier']:60s} score {record['score']:.4f} ± {record['error']:.4f}"
                f"  raw {record['raw']:.4f}  ceiling {record['ceiling']:.4f}  n {record['n']}"
            )


if __name__ == "__main__":
    main()
