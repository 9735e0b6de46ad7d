"""Runs on a cluster: overhead of a task, faults, and the seven V1 benchmarks beside a serial run.

    python -m tests.performance.cluster overhead [--tests 200]
    python -m tests.performance.cluster faults [--kills 20] [--pause 8]
    python -m tests.performance.cluster v1 --weights squeezenet1_1.safetensors [--benchmarks 'Marques2020*']

``overhead`` scores toys that take no time, ``-n 0``, ``-n 2`` and on ``local:2``. ``faults`` kills Dask workers, and by
turns the processes beside them, while a network is run, and says how many scores are wrong or lost. ``v1`` compares
wall time, processor time, records and bootstrap values with a serial run, from an empty store each.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.projects import TOY_CONFTEST, TOY_FAMILY, TOY_MODEL, TOY_SUITE

NETWORK = """
import torch

def build():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 16, 7), torch.nn.ReLU(), torch.nn.MaxPool2d(4))
"""
COMMITMENT = """
visual_degrees = 8
[preprocessing]
kind = "imagenet"
image_size = 64
[layers]
V1 = "1"
"""
MANY_IMAGES = """
import numpy, pandas
from tests.support.stimuli import NoiseImage
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

def respond(model, number, name):
    images = [NoiseImage(seed % 97, side=64) for seed in range(number)]
    table = pandas.DataFrame({"stimulus_id": [str(seed) for seed in range(number)]})
    stimuli = StimulusSet(f"noise{name}", table, images[name:] + images[:name], model.visual_degrees())
    model.start_recording("V1", [(70, 170)])
    return float(numpy.asarray(model.look_at(stimuli), dtype=float).mean())
"""


def project(folder: Path, outcomes: dict[str, dict[str, Any]]) -> None:
    """Write a project with toy benchmarks."""
    files = {
        "toy_family.py": TOY_FAMILY,
        "conftest.py": TOY_CONFTEST,
        "net.py": TOY_MODEL,
        "test_toys.py": TOY_SUITE,
        "network.py": NETWORK,
        "network.toml": COMMITMENT,
        "many_images.py": MANY_IMAGES,
        "pytest.ini": "[pytest]\n",
        "outcomes.json": json.dumps(outcomes),
    }
    for name, content in files.items():
        (folder / name).write_text(content)


def run(folder: Path, home: Path, *arguments: str) -> tuple[float, float, int, str]:
    """Return wall and processor seconds of a run, of all processes that it waited for, its exit status and output."""
    environment = os.environ | {"BRAINSCORE_HOME": str(home)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, spent, done.returncode, done.stdout + done.stderr


def records(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what was recorded in the last run, but for what differs between any two runs."""
    report = json.loads((folder / "brainscore-report.json").read_text())
    for record in report["benchmarks"]:
        for name in ("seconds", "peak_rss_mb", "worker"):
            del record[name]
    return {(record["model"], record["identifier"]): record for record in report["benchmarks"]}


def overhead(tests: int) -> None:
    """Print what a test costs that does nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways = (["-n", "0"], ["-n", "2"], ["--brainscore-cluster", "local:2"])
        print(f"{'':34} {'1 test':>16} {f'{tests} tests':>16} {'a test more':>14}")
        for way in ways:
            seconds = []
            for number in (1, tests):
                project(folder, {f"toy{at:04}": {"score": 0.5} for at in range(number)})
                wall, spent, status, told = run(
                    folder, folder / "home", "test_toys.py", "--model", "net.py:build", *way
                )
                assert status == 0, told
                seconds.append((wall, spent))
            (wall1, spent1), (wall, spent) = seconds
            more = 1000 / (tests - 1)
            print(
                f"{' '.join(way):34} {wall1:5.1f} s ({spent1:4.1f} s) {wall:5.1f} s ({spent:4.1f} s) "
                f"{(wall - wall1) * more:5.1f} ms ({(spent - spent1) * more:.1f} ms)"
            )


def faults(kills: int, pause: tuple[float, float]) -> None:
    """Kill workers while they run a network; every score must be that of a serial run."""
    import distributed
    import psutil

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        leaves = {
            f"leaf{at:02}": {"do": f"import many_images; outcome['score'] = many_images.respond(model, 900, {at})"}
            for at in range(12)
        }
        project(folder, leaves)
        words = ("test_toys.py", "--model", "network.py:build", "--brainscore-device", "cpu")
        wall, _, status, told = run(folder, folder / "serial", *words)
        assert status == 0, told
        serial = records(folder)
        print(f"serial: {len(serial)} scores in {wall:.0f} s", flush=True)
        draw = random.Random(0)
        killed = wrong = lost = runs = crashed = silent = 0
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster:
            while killed < kills:
                runs += 1
                for old in folder.glob("brainscore-report*"):
                    old.unlink()
                command = [sys.executable, "-m", "pytest", "-q", *words, "--brainscore-cluster"]
                environment = os.environ | {"BRAINSCORE_HOME": str(folder / f"home{runs}")}
                started = subprocess.Popen(
                    [*command, cluster.scheduler_address],
                    cwd=folder,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                while started.poll() is None and killed < kills:
                    time.sleep(draw.uniform(*pause))
                    beside = [
                        each
                        for each in psutil.Process().children(recursive=True)
                        if "serving" in " ".join(_command(each))
                    ]
                    if started.poll() is None and beside:
                        victim = draw.choice(beside)
                        if killed % 2 == 0:
                            victim = victim.parent() or victim
                        victim.send_signal(signal.SIGKILL)
                        killed += 1
                told, _ = started.communicate()
                found = records(folder) if (folder / "brainscore-report.json").is_file() else {}
                bad = [key for key, record in found.items() if record["status"] == "scored" and record != serial[key]]
                died = [key for key, record in found.items() if record["status"] != "scored"]
                missing = set(serial) - set(found)
                wrong, lost, crashed = wrong + len(bad), lost + len(missing), crashed + len(died)
                silent += started.returncode == 0 and bool(missing or died)
                print(
                    f"run {runs}: exit {started.returncode}, {killed} killed so far, {len(died)} without a score",
                    flush=True,
                )
                if started.returncode not in (0, 1):
                    print(told)
        print(
            f"{killed} killed in {runs} runs of {len(serial)}: {wrong} wrong, {lost} lost, "
            f"{crashed} that their third death made crashed, {silent} times exit 0 with something missing"
        )


def _command(process: Any) -> list[str]:
    import psutil

    try:
        command: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return command


def v1(weights: Path, benchmarks: str) -> None:
    """Print a serial run and one on two workers of the seven V1 benchmarks that need no data."""
    with tempfile.TemporaryDirectory() as name:
        found: dict[str, tuple[Any, bytes]] = {}
        for way in (["-n", "0"], ["--brainscore-cluster", "local:2"]):
            folder = Path(name) / str(len(found))
            folder.mkdir()
            words = ("--model", "squeezenet1_1", f"--brainscore-weights={weights}", "--brainscore-benchmark")
            wall, spent, status, told = run(folder, folder / "home", *words, benchmarks, *way)
            print(f"{' '.join(way)}: {wall:.0f} s wall, {spent:.0f} s of processors, exit {status}", flush=True)
            if status:
                print(told)
            found[way[0]] = records(folder), (folder / "brainscore-report.replicates.npz").read_bytes()
        (serial, drawn), (cluster, drawn_there) = found.values()
        scored = sum(record["status"] == "scored" for record in serial.values())
        print(
            f"{scored} scored; records equal: {serial == cluster}; bytes of bootstrap values equal: "
            f"{drawn == drawn_there}"
        )


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("overhead", "faults", "v1"))
    parser.add_argument("--tests", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--pause", type=float, default=8, help="seconds between two kills, at least")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--benchmarks", default="Marques2020*")
    given = parser.parse_args()
    if given.what == "overhead":
        overhead(given.tests)
    elif given.what == "faults":
        faults(given.kills, (given.pause, 2 * given.pause))
    else:
        if given.weights is None:
            parser.error("v1 needs --weights")
        v1(given.weights.absolute(), given.benchmarks)


if __name__ == "__main__":
    main()
