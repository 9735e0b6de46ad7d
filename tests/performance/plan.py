"""How well the cost of a run is known before: estimate against measurement, pair by pair of network and leaf.

Estimates are made by ``brainscore plan``, in one process for each network; each measurement is a run of
``pytest --model`` in another one, with an empty store: processor seconds of the whole process, and the largest memory
that its record tells.
Wall time is printed besides; on a machine that others use it says little. ::

    python -m tests.performance.plan [--only PATTERN] [--data DIR] [--large STIMULI NEURONS]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

FACTORIES = """
import torch, torchvision


def _seeded(name):
    torch.manual_seed(0)
    return getattr(torchvision.models, name)(weights=None)


def resnet18():
    return _seeded("resnet18")


def resnet50():
    return _seeded("resnet50")


def mobilenet_v2():
    return _seeded("mobilenet_v2")


def vit_b_32():
    return _seeded("vit_b_32")


def alexnet():
    return _seeded("alexnet")
"""
LAYERS = {
    "resnet18": ("layer1.1", "layer2.0", "layer2.1", "layer4.0"),
    "resnet50": ("layer1.0", "layer2.0", "layer2.3", "layer4.0"),
    "mobilenet_v2": ("features.4", "features.6", "features.8", "features.14"),
    "vit_b_32": tuple(f"encoder.layers.encoder_layer_{block}" for block in (1, 3, 5, 8)),
    "alexnet": ("features.2", "features.5", "features.7", "features.12"),
}
"""Layers of V1, V2, V4 and IT."""
COWLEY, RDM, EDGE = "Cowley2023.V4-pls", "Kriegeskorte2008.humanIT-rdm", "Geirhos2021edge-error_consistency"
SILHOUETTE, V1 = "Geirhos2021silhouette-error_consistency", "Marques2020_DeValois1982-pref_or"
SIZE, FREQUENCY = "Marques2020_Cavanaugh2002-surround_diameter", "Marques2020_DeValois1982-peak_sf"
PAIRS = (
    ("squeezenet1_1", COWLEY),
    ("squeezenet1_1", RDM),
    ("squeezenet1_1", EDGE),
    ("squeezenet1_1", V1),
    ("squeezenet1_1", SIZE),
    ("squeezenet1_1", "large-pls"),
    ("squeezenet1_1", "large-ridgecv"),
    ("squeezenet1_1", "large-rdm"),
    ("efficientnet_lite0", COWLEY),
    ("efficientnet_lite0", SILHOUETTE),
    ("efficientnet_lite0", V1),
    ("efficientnet_lite0", "large-cka"),
    ("resnet18", COWLEY),
    ("resnet18", RDM),
    ("resnet18", "large-ridge"),
    ("resnet18", FREQUENCY),
    ("mobilenet_v2", COWLEY),
    ("mobilenet_v2", EDGE),
    ("mobilenet_v2", "large-pls"),
    ("vit_b_32", COWLEY),
    ("vit_b_32", RDM),
    ("vit_b_32", "large-ridge"),
    ("alexnet", COWLEY),
    ("resnet50", RDM),
)
"""Networks with seeded random weights but for squeezenet1_1 and efficientnet_lite0; leaves that can run here."""
LARGE = """
from pathlib import Path

import numpy as np

from pytest_brainscore import recording_benchmark

HERE = Path(__file__).parent
STIMULI, NEURONS = {stimuli}, {neurons}


def _responses():
    return np.random.default_rng(0).standard_normal((3, STIMULI, NEURONS))


def _benchmark(metric):
    return recording_benchmark(
        f"large-{{metric}}", _responses, sorted((HERE / "images").iterdir()), region="IT", metric=metric
    )


pls, ridge, ridgecv, rdm, cka = map(_benchmark, ("pls", "ridge", "ridgecv", "rdm", "cka"))
"""


class Measured(NamedTuple):
    """What was estimated, or measured."""

    seconds: float
    memory: float
    wall: float


def project(folder: Path, stimuli: int, neurons: int) -> None:
    """Write networks, and recordings of many stimuli and neurons."""
    import numpy as np
    from PIL import Image

    (folder / "nets.py").write_text(FACTORIES)
    (folder / "large.py").write_text(LARGE.format(stimuli=stimuli, neurons=neurons))
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "images").mkdir()
    random = np.random.default_rng(0)
    for number in range(stimuli):
        pixels = random.integers(0, 256, (24, 24, 3)).astype(np.uint8)
        Image.fromarray(pixels).resize((256, 256)).save(folder / "images" / f"{number:05d}.png")


def words(network: str, leaves: Sequence[str], weights: Path, *, of_command: bool) -> list[str]:
    """Return the options that name a network and leaves, of ``brainscore plan`` or of pytest."""
    name = f"nets.py:{network}" if network in LAYERS else network
    layers = zip(("V1", "V2", "V4", "IT"), LAYERS.get(network, ()), strict=False)
    settings = [("layer", f"{region}={layer}") for region, layer in layers]
    settings += [("weights", str(weights))] if network == "squeezenet1_1" else []
    settings += [("benchmark", leaf.replace("large-", "large.py:")) for leaf in leaves]
    prefix = "--" if of_command else "--brainscore-"
    return ["--model", name, *(f"{prefix}{option}={value}" for option, value in settings)]


def run(folder: Path, command: Sequence[str], home: Path) -> tuple[subprocess.CompletedProcess[str], float, float]:
    """Return what a process printed, and its processor and wall seconds."""
    environment = {**os.environ, "BRAINSCORE_HOME": str(home)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done, spent, time.perf_counter() - began


def estimates(folder: Path, arguments: Sequence[str]) -> dict[str, Measured]:
    """Return the estimates of the leaves of a network, and how long they took together."""
    with tempfile.TemporaryDirectory() as home:
        program = "from pytest_brainscore.commands import main; main()"
        done, _, wall = run(folder, ["-c", program, "plan", *arguments, "--json"], Path(home))
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        leaves = json.loads(done.stdout)["leaves"]
        return {leaf["benchmark"]: Measured(leaf["alone_seconds"], leaf["memory"] / 1e6, wall) for leaf in leaves}


def measure(folder: Path, arguments: Sequence[str]) -> Measured:
    """Return the measurement of a pair."""
    with tempfile.TemporaryDirectory() as home:
        report = Path(home, "report.json")
        command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--brainscore-report=json:{report}", *arguments]
        done, spent, wall = run(folder, command, Path(home))
        records = json.loads(report.read_text())["benchmarks"] if report.exists() else []
        if len(records) != 1 or records[0]["status"] not in ("scored", "nan"):
            raise SystemExit(done.stdout + done.stderr)
        return Measured(spent, records[0]["peak_rss_mb"], wall)


def main() -> None:
    """Print a line for each pair, and how many are within the targets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="*", help="pattern of NETWORK/LEAF")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("BRAINSCORE_DATA", ".")))
    parser.add_argument("--large", type=int, nargs=2, default=(2000, 300), metavar=("STIMULI", "NEURONS"))
    options = parser.parse_args()
    weights = options.data / "weights" / "squeezenet1_1.safetensors"
    ratios: list[tuple[float, float]] = []
    head = f"{'network':<20}{'leaf':<46}{'CPU s':>15}{'ratio':>7}{'MB':>15}{'ratio':>7}{'wall s':>8}{'plan s':>8}"
    print(head, flush=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        project(folder, *options.large)
        chosen = [pair for pair in PAIRS if fnmatchcase("/".join(pair), options.only)]
        for network in dict.fromkeys(name for name, _ in chosen):
            leaves = [leaf for name, leaf in chosen if name == network]
            told_of = estimates(folder, words(network, leaves, weights, of_command=True))
            for leaf in leaves:
                told = told_of[leaf]
                seen = measure(folder, words(network, [leaf], weights, of_command=False))
                ratios.append((told.seconds / seen.seconds, told.memory / seen.memory))
                print(
                    f"{network:<20}{leaf:<46}{told.seconds:>7.1f}/{seen.seconds:<7.1f}{ratios[-1][0]:>7.2f}"
                    f"{told.memory:>7.0f}/{seen.memory:<7.0f}{ratios[-1][1]:>7.2f}{seen.wall:>8.1f}{told.wall:>8.1f}",
                    flush=True,
                )
    time_within = sum(1 / 1.5 <= each <= 1.5 for each, _ in ratios)
    memory_within = sum(abs(each - 1) <= 0.15 for _, each in ratios)
    print(
        f"{len(ratios)} pairs: time within a factor of 1.5 in {time_within} (median "
        f"{statistics.median(each for each, _ in ratios):.2f}), memory within 15 % in {memory_within} (median "
        f"{statistics.median(each for _, each in ratios):.2f})"
    )


if __name__ == "__main__":
    main()
