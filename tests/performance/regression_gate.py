"""Show that the gate goes red for a damaged network, naming exactly what fell, and never for an unchanged one.

    BRAINSCORE_DATA=DIR python -m tests.performance.regression_gate --reruns 20 --workers 2

DIR holds ``weights/squeezenet1_1.safetensors`` and the stimuli and trials of Geirhos2021 (edge, silhouette). Scored are
the seven V1 benchmarks, which depend on the network up to its V1 layer, and edge and silhouette, which depend on all of
it. Asked for: 20 green of 20 reruns; a damage beyond the V1 layer leaves every V1 score as it was, to the last bit; and
each red run names those benchmarks that fell by more than the tolerance, and no other.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SELECTION = "Marques2020 or edge or silhouette"
V1_LAYER = "features.6.expand3x3_activation"
# One layer before the layer of V1, one behind it.
DAMAGED = {"within": "features.4.expand3x3.weight", "beyond": "features.9.expand3x3.weight"}
NOISE = 1.0
"""Standard deviation of the noise, in standard deviations of the layer's weights."""
TOLERANCE = 0.005
"""The default of the plugin."""


@dataclass(frozen=True)
class Run:
    """A finished run."""

    status: int
    seconds: float
    scores: dict[str, float]
    named: frozenset[str]
    """Benchmarks of the error annotations."""


def score(weights: Path, folder: Path, workers: str, *arguments: str) -> Run:
    """Score a checkpoint of squeezenet1_1 against the baselines of a folder."""
    command = [sys.executable, "-m", "pytest", "--model=squeezenet1_1", f"--brainscore-weights={weights}"]
    command += ["-n", workers, "-k", SELECTION, "-p", "no:cacheprovider", "-q", "--brainscore-offline"]
    command += [f"--brainscore-baseline={folder}", f"--brainscore-report=json:{folder}/report/report.json"]
    command += [f"--brainscore-report=github:{folder}/report/summary.md", *arguments]
    start = time.perf_counter()
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - start
    records: list[dict[str, Any]] = json.loads((folder / "report" / "report.json").read_text())["benchmarks"]
    scores = {each["identifier"]: each["score"] for each in records if each["status"] == "scored"}
    errors = [line for line in finished.stdout.splitlines() if line.startswith("::error ")]
    named = frozenset(re.findall(r"([\w.-]+) of squeezenet1_1", " ".join(errors)))
    return Run(finished.returncode, seconds, scores, named)


def damage(weights: Path, layer: str, to: Path) -> Path:
    """Write a copy of a checkpoint that has noise in one layer."""
    import torch
    from safetensors.torch import load_file, save_file

    tensors = load_file(weights)
    noise = torch.randn(tensors[layer].shape, generator=torch.Generator().manual_seed(0))
    tensors[layer] = tensors[layer] + NOISE * tensors[layer].std() * noise
    save_file(tensors, to)
    return to


def main() -> None:
    """Store a baseline, score two damaged checkpoints, and rerun the sound one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reruns", type=int, default=20)
    parser.add_argument("--workers", default="2")
    arguments = parser.parse_args()
    sound = Path(os.environ["BRAINSCORE_DATA"], "weights", "squeezenet1_1.safetensors").absolute()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        first = score(sound, folder, arguments.workers, "--brainscore-update=new")
        print(f"first run: exit {first.status}, {len(first.scores)} scored, {first.seconds:.0f} s", flush=True)
        wrong = [] if first.status == 0 else ["the first run"]
        for place, layer in DAMAGED.items():
            damaged = damage(sound, layer, folder / f"{place}.safetensors")
            run = score(damaged, folder, arguments.workers, "--brainscore-across=weights")
            now = {name: run.scores.get(name, math.nan) for name in first.scores}
            # What has no number any more has fallen too.
            fell = {name for name, before in first.scores.items() if not now[name] >= before - TOLERANCE}
            same = [name for name, before in first.scores.items() if now[name] == before]
            print(f"noise in {layer}, {place} {V1_LAYER}: exit {run.status}, {run.seconds:.0f} s", flush=True)
            for name, before in first.scores.items():
                told = "named" if name in run.named else "same" if name in same else ""
                print(f"  {name:55s} {before:.4f} -> {now[name]:.4f}  {told}", flush=True)
            spared = [name for name in first.scores if name.startswith("Marques2020")] if place == "beyond" else []
            if run.status != 1 or run.named != fell or not fell or not set(spared) <= set(same):
                wrong.append(place)
        reruns = [score(sound, folder, arguments.workers) for _ in range(arguments.reruns)]
        green = sum(run.status == 0 and run.scores == first.scores for run in reruns)
        print(
            f"reruns of the sound checkpoint: {green} of {len(reruns)} green with the same scores to the last bit, "
            f"{statistics.median(run.seconds for run in reruns):.1f} s (median)"
        )
        if wrong or green < len(reruns):
            sys.exit(f"The gate is wrong: {', '.join(wrong) or 'a rerun was not green'}.")


if __name__ == "__main__":
    main()
