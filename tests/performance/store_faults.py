"""Kill, fill up and crowd runs that fill the store of activations with real networks.

    python -m tests.performance.store_faults --weights FILE --other FILE [--rounds 50] [--only worker controller ...]

A run scores four leaves of its own, each of which records 48 images of noise from a layer of squeezenet1_1 (four arrays
of 19 to 75 MB, in three blocks each); its score is the mean of all numbers, and the checksum of their bytes is in the
fingerprint. Asked for, whatever happens: no score that is not bit for bit that of an undisturbed run without a store
(wrong), no leaf without a record (lost), and no exit status 0 with something missing; and the next run, undisturbed,
scores everything from what is left. Scenarios:

* ``filler``: SIGKILL of one of two processes that fill one store, at a random moment, again and again, on what the one
  before has left, less three arrays; the other one, and in the end a third, finds all numbers right.
* ``worker``: SIGKILL of a worker that is filling the store, at a random moment, under ``-n 2``, again and again, on
  what the one before has left, less two arrays; in the end a run undisturbed.
* ``controller``: the same with the process that talks to the user; its workers end by themselves.
* ``full``: the home is a file system of 100 MB, then 30 MB (tmpfs, which takes root): too small for all arrays, which
  make way for each other, and too small for one, which is told.
* ``crowd``: two runs of different weights, ``-n 2`` each, and one store whose cap holds less than half of either.
* ``together``: two runs of the same network and one store.

Exits 1 when something is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

FAMILY = """
import hashlib
import numpy, pandas
from pytest_brainscore.models.activations import stored_responses
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.retrieval.readiness import Readiness
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.scoring.score import Score
from tests.support.stimuli import NoiseImage

LAYERS = {"first": "features.3", "second": "features.4", "third": "features.6", "fourth": "features.7"}
IMAGES = 48
stored_responses.BLOCK_STIMULI = 16

def score(benchmark, model, data):
    table = pandas.DataFrame({"stimulus_id": [f"image{number}" for number in range(IMAGES)]})
    stimuli = StimulusSet("noise", table, [NoiseImage(number) for number in range(IMAGES)], model.visual_degrees())
    answers = model.reader.read((LAYERS[benchmark.identifier],), stimuli)
    value = float(numpy.mean([row.astype(float).mean() for row in answers]))
    digest = hashlib.sha256()
    for row in answers:
        digest.update(numpy.ascontiguousarray(row).data)
    return Score(value=value, error=0.1, raw=value, ceiling=1.0, normalisation="r", n={"stimuli": IMAGES},
                 provenance={"bytes": digest.hexdigest()})

def availability(benchmark):
    return Readiness("ready", None)

BENCHMARKS = tuple(
    Benchmark(identifier=name, parents=("faults",), region="V1", metric="mean", protocol="family:score", data=None,
              availability="family:availability")
    for name in LAYERS
)
"""
CONFTEST = """
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import family

def pytest_brainscore_benchmarks(config):
    return family.BENCHMARKS
"""
SUITE = """
import pytest

@pytest.mark.brainscore("faults")
def test_faults(model, brain_benchmark, brainscore):
    brainscore.check(brain_benchmark(model))
"""
LEAVES = ("first", "second", "third", "fourth")
WRONG = 7
"""Exit status of a process that found other numbers."""
Found = dict[str, tuple[float, str] | None]
"""Score and checksum of each leaf, None where it has none."""


class Bench:
    """A project in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in (("family.py", FAMILY), ("conftest.py", CONFTEST), ("test_faults.py", SUITE)):
            (folder / name).write_text(text)
        (folder / "pytest.ini").write_text("[pytest]\n")
        self.counts: Counter[str] = Counter()
        self.expected: dict[str, Found] = {}

    def start(self, weights: str, home: Path, *words: str, report: str = "report") -> subprocess.Popen[str]:
        """Start a run."""
        (self.folder / f"{report}.json").unlink(missing_ok=True)
        command = ["pytest", "test_faults.py", "--model", "squeezenet1_1", "--brainscore-weights", weights]
        command += ["-p", "no:cacheprovider", "--brainscore-report", f"json:{report}.json"]
        command += ["--brainscore-report", f"jsonl:{report}.jsonl", *words]
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env=os.environ | {"BRAINSCORE_HOME": str(home), "PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def records(self, report: str = "report") -> list[dict[str, Any]]:
        """Return the records of the last run; those that had arrived where it was killed."""
        whole, lines = self.folder / f"{report}.json", self.folder / f"{report}.jsonl"
        if whole.exists():
            return list(json.loads(whole.read_text())["benchmarks"])
        if not lines.exists():
            return []
        return [json.loads(line) for line in lines.read_text().splitlines() if line.endswith("}")]

    def judge(self, weights: str, status: int, *, report: str = "report", whole: bool, killed: bool = False) -> None:
        """Count what is wrong with a run that has ended: with `whole`, everything must be scored."""
        found = {each["identifier"]: each for each in self.records(report)}
        self.counts["runs"] += 1
        scored = 0
        for leaf in LEAVES:
            record = found.get(leaf)
            if record is None:
                self.counts["lost"] += not killed
                continue
            if record["status"] == "scored":
                scored += 1
                self.counts["scores"] += 1
                got = (record["score"], record["fingerprint"]["bytes"])
                if got != self.expected[weights][leaf]:
                    self.counts["wrong"] += 1
                    print("WRONG", leaf, got, self.expected[weights][leaf], flush=True)
            else:
                self.counts[f"leaves {record['status']}"] += 1
        self.counts["exit 0 with something missing"] += status == 0 and scored < len(LEAVES)
        if whole and (status != 0 or scored < len(LEAVES)):
            self.counts["undisturbed runs that were not whole"] += 1

    def whole_run(self, weights: str, home: Path, *words: str) -> str:
        """Run undisturbed, judge, and return the output."""
        run = self.start(weights, home, *words)
        output, _ = run.communicate()
        self.judge(weights, run.returncode, whole=True)
        return output


def workers_of(run: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the worker processes of a run."""
    try:
        return psutil.Process(run.pid).children()
    except psutil.NoSuchProcess:
        return []


def killed(bench: Bench, weights: str, home: Path, generator: random.Random, *, controller: bool) -> None:
    """Kill a process of a run while the store is filled."""
    before = set(home.glob("activations/??/*/data.npy"))
    run = bench.start(weights, home, "-n", "2")
    while run.poll() is None and not set(home.glob("activations/??/*/data.npy")) - before:
        time.sleep(0.02)
    time.sleep(generator.uniform(0, 2))
    workers = workers_of(run)
    if run.poll() is not None or not workers:
        bench.counts["ended before it was killed"] += 1
        run.communicate()
        bench.judge(weights, run.returncode, whole=True)
        return
    bench.counts["killed"] += 1
    if controller:
        os.kill(run.pid, signal.SIGKILL)
        run.communicate()
        _, alive = psutil.wait_procs(workers, timeout=60)
        bench.counts["workers left a minute after their controller"] += len(alive)
        for each in alive:
            each.kill()
    else:
        generator.choice(workers).kill()
        run.communicate()
    bench.judge(weights, run.returncode, whole=False, killed=controller)


def main() -> None:
    """Run the scenarios, and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--other", required=True, help="other weights of squeezenet1_1")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--few", type=int, default=5, help="rounds of the scenarios other than worker")
    parser.add_argument("--only", nargs="*", default=["filler", "worker", "controller", "full", "crowd", "together"])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    worst = 0
    with tempfile.TemporaryDirectory(prefix="store-faults-") as place:
        bench, home = Bench(Path(place)), Path(place) / "home"
        for weights in (arguments.weights, arguments.other):
            run = bench.start(weights, home, "-n", "0", "--brainscore-cache", "off")
            output, _ = run.communicate()
            assert run.returncode == 0, output
            bench.expected[weights] = {
                each["identifier"]: (each["score"], each["fingerprint"]["bytes"]) for each in bench.records()
            }
        for scenario in arguments.only:
            bench.counts.clear()
            begun = time.monotonic()
            SCENARIOS[scenario](bench, home, arguments, generator)
            shutil.rmtree(home, ignore_errors=True)
            counts = {name: count for name, count in sorted(bench.counts.items()) if count}
            bad = sum(bench.counts[name] for name in BAD)
            worst += bad
            told = ", ".join(f"{count} {name}" for name, count in counts.items())
            print(f"{scenario:10s} {time.monotonic() - begun:5.0f} s: {told}: {'WRONG' if bad else 'as it should be'}")
            sys.stdout.flush()
    sys.exit(1 if worst else 0)


BAD = (
    "wrong",
    "lost",
    "exit 0 with something missing",
    "undisturbed runs that were not whole",
    "workers left a minute after their controller",
    "not told",
)


def _kill(bench: Bench, home: Path, arguments: argparse.Namespace, seed: random.Random, *, controller: bool) -> None:
    for _ in range(arguments.few if controller else arguments.rounds):
        for entry in seed.sample(
            sorted(home.glob("activations/??/*")), k=min(2, len(list(home.glob("activations/??/*"))))
        ):
            shutil.rmtree(entry)  # so that there is something to fill, beside what earlier runs have left
        killed(bench, arguments.weights, home, seed, controller=controller)
        print(
            f"    {bench.counts['killed']} killed, {bench.counts['wrong']} wrong, {bench.counts['lost']} lost",
            flush=True,
        )
    bench.whole_run(arguments.weights, home, "-n", "2")


def _filler(bench: Bench, home: Path, arguments: argparse.Namespace, seed: random.Random) -> None:
    """Kill processes that were forked from one that has loaded the network: a round takes seconds."""
    sys.path.insert(0, str(bench.folder))
    from pytest_brainscore import load_model
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.activations.activation_store import ActivationStore

    family: Any = __import__("family")
    benchmarks: tuple[Benchmark, ...] = family.BENCHMARKS
    store = ActivationStore(folder=home / "activations")
    model = load_model("squeezenet1_1", weights=arguments.weights, store=store)

    def fill() -> int:
        found = {each.identifier: each(model) for each in seed.sample(benchmarks, k=len(benchmarks))}
        got = {name: (score.value, score.provenance["bytes"]) for name, score in found.items()}
        return 0 if got == bench.expected[arguments.weights] else WRONG

    for _ in range(arguments.rounds):
        stored = sorted(home.glob("activations/??/*"))
        for entry in seed.sample(stored, k=min(3, len(stored))):
            shutil.rmtree(entry)
        before = set(home.glob("activations/??/*"))
        children = []
        for number in range(2):
            child = os.fork()
            if child == 0:
                seed.seed(f"{number} {os.getpid()}")
                os._exit(fill())
            children.append(child)
        while not set(home.glob("activations/??/*")) - before:
            time.sleep(0.01)
        time.sleep(seed.uniform(0, 3))
        victim = seed.randrange(2)
        os.kill(children[victim], signal.SIGKILL)
        ends = [os.waitpid(child, 0)[1] for child in children]
        bench.counts["killed"] += os.WIFSIGNALED(ends[victim])
        bench.counts["ended before it was killed"] += ends[victim] == 0
        bench.counts["runs"] += 2
        bench.counts["scores"] += 4 * ends.count(0)
        bench.counts["wrong"] += any(os.WIFEXITED(end) and os.WEXITSTATUS(end) == WRONG for end in ends)
        bench.counts["undisturbed runs that were not whole"] += ends[1 - victim] != 0
    bench.counts["undisturbed runs that were not whole"] += fill() != 0


def _worker(bench: Bench, home: Path, arguments: argparse.Namespace, generator: random.Random) -> None:
    _kill(bench, home, arguments, generator, controller=False)


def _controller(bench: Bench, home: Path, arguments: argparse.Namespace, generator: random.Random) -> None:
    _kill(bench, home, arguments, generator, controller=True)


def _full(bench: Bench, home: Path, arguments: argparse.Namespace, _: random.Random) -> None:
    for size in ("100m", "30m"):  # room for the largest array, and not even for that
        home.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(home)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            bench.counts["no right to mount a small file system"] += 1
            return
        try:
            for number in range(arguments.few):
                # The cap is far away: it is the disk that is full, of what other runs have left.
                weights = arguments.weights if number % 2 else arguments.other
                words = ["-n", str(number % 3), "--brainscore-cache-size", "1TB"]
                output = bench.whole_run(weights, home, *words)
                told = "No space left on device" in output
                bench.counts["runs that told of a full disk"] += told
                bench.counts["not told"] += size == "30m" and not told
        finally:
            subprocess.run(["umount", home], check=True)
            home.rmdir()


def _crowd(bench: Bench, home: Path, arguments: argparse.Namespace, _: random.Random) -> None:
    _two(bench, home, arguments, arguments.other, "--brainscore-cache-size", "170MB")


def _together(bench: Bench, home: Path, arguments: argparse.Namespace, _: random.Random) -> None:
    _two(bench, home, arguments, arguments.weights)


def _two(bench: Bench, home: Path, arguments: argparse.Namespace, second: str, *words: str) -> None:
    for number in range(arguments.few):
        if number % 2 == 0:
            shutil.rmtree(home, ignore_errors=True)
        pair = ((arguments.weights, "one"), (second, "two"))
        runs = [(bench.start(each, home, "-n", "2", *words, report=name), each, name) for each, name in pair]
        for run, _weights, _name in runs:
            run.communicate()
        for run, each, name in runs:
            bench.judge(each, run.returncode, report=name, whole=True)


SCENARIOS = {
    "filler": _filler,
    "worker": _worker,
    "controller": _controller,
    "full": _full,
    "crowd": _crowd,
    "together": _together,
}

if __name__ == "__main__":
    main()
