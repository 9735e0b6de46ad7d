"""A project of its own in a temporary folder: a toy family of benchmarks whose outcomes each test chooses.

The toy stands in for the published benchmarks so that the plugin's own behavior (statuses, verdicts, workers, files)
can be tested in seconds. Nothing it yields is a score of anything.
"""

from __future__ import annotations

import json
import os
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest

TOY_FAMILY = """
import json, logging, math, os, signal, sys, time, warnings
from pathlib import Path

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.retrieval.readiness import Readiness
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.scoring.score import Score

OUTCOMES = json.loads((Path(__file__).parent / "outcomes.json").read_text())


def score(benchmark, model, data):
    outcome = OUTCOMES[benchmark.identifier]
    time.sleep(outcome.get("sleep", 0))
    if "say" in outcome:
        print(outcome["say"])
        print(outcome["say"], file=sys.stderr)
        logging.getLogger("network").warning(outcome["say"])
        warnings.warn(outcome["say"])
    if outcome.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if outcome.get("interrupt"):
        raise KeyboardInterrupt
    exec(outcome.get("do", ""))
    if "raise" in outcome:
        raise ValueError(outcome["raise"])
    if "unavailable in call" in outcome:
        raise DataUnavailable(outcome["unavailable in call"])
    if "no number" in outcome:
        raise NoNumber(outcome["no number"])
    if "right" in outcome:
        return answered(outcome["right"])
    value = mean_response(model) if outcome.get("record") else outcome["score"]
    if outcome.get("numpy"):
        import numpy
        value = numpy.float64(value)
    if outcome.get("array"):
        import numpy
        value = numpy.array([value, value])
    return Score(value=value, error=outcome.get("error", .01), raw=value * .9, ceiling=.9, normalisation="r/c",
                 n={"stimuli": 4}, details=outcome.get("details", {}),
                 provenance={"seed": outcome.get("seed", 0)}, replicates=replicates(value, outcome))


def replicates(value, outcome):
    if "replicates" not in outcome:
        return None
    import numpy
    from pytest_brainscore.inference.levels import Replicates

    # The number is the seed of what all models share.
    draws = numpy.random.default_rng(outcome["replicates"]).standard_normal(1000).astype("f4").astype(float)
    return Replicates(value, value + draws / 128, numpy.zeros((1, 250)))


def answered(right):
    # A share of right answers to images, with bootstrap values.
    import numpy

    from tests.support.replicated import parts_of_share_right, share_right

    found = share_right(numpy.array(right, dtype=bool))
    return Score(value=found.score, error=.01, raw=found.score, ceiling=1, normalisation="r", replicates=found,
                 n={"stimuli": len(right), "units": 3}, provenance={"seed": 0},
                 attribution=parts_of_share_right(numpy.array(right, dtype=bool)))


def mean_response(model):
    # Something real: the mean response of V1 to three images of noise.
    import numpy
    import pandas

    from tests.support.stimuli import NoiseImage
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

    images = [NoiseImage(seed) for seed in range(3)]
    model.start_recording("V1", [(70, 170)])
    stimuli = StimulusSet("noise", pandas.DataFrame({"stimulus_id": ["a", "b", "c"]}), images, model.visual_degrees())
    return float(numpy.asarray(model.look_at(stimuli), dtype=float).mean())


def availability(benchmark):
    reason = OUTCOMES[benchmark.identifier].get("unavailable")
    return Readiness("ready", None) if reason is None else Readiness("restricted", reason)


BENCHMARKS = tuple(
    Benchmark(
        identifier=identifier, version=outcome.get("version", 1), parents=("toys", "toy"), region="V1",
        metric="toy", cost=outcome.get("cost", 1), protocol="toy_family:score", availability="toy_family:availability",
    )
    for identifier, outcome in OUTCOMES.items()
)
"""

TOY_CONFTEST = """
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import toy_family

def pytest_brainscore_benchmarks(config):
    return toy_family.BENCHMARKS
"""

QUICK_MODEL = """
# The toy needs no network; loading it without torch keeps these tests quick. Other factories load as ever.
import net
import pytest_brainscore.models as models

load_model = models.load_model
toys = ("net.py:build", "net.py:other")
models.load_model = lambda name, /, **settings: net.build() if name in toys else load_model(name, **settings)
"""
TOY_CONFTEST += QUICK_MODEL

TOY_MODEL = """
class ToyModel:
    identifier = "toy"
    def visual_degrees(self): return 8
    def start_task(self, task, fitting=None): pass
    def start_recording(self, target, time_bins): pass
    def look_at(self, stimuli, number_of_trials=1): raise NotImplementedError

def build():
    return ToyModel()

def other():
    return ToyModel()

def broken():
    raise RuntimeError("no such luck")
"""

TORCH_NETWORK = """
import torch

def build():
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 2, 5), torch.nn.ReLU(), torch.nn.MaxPool2d(4), torch.nn.Conv2d(2, 4, 3)
    )
"""

TORCH_COMMITMENT = """
visual_degrees = 8
[preprocessing]
kind = "imagenet"
image_size = 32
[layers]
V1 = "1"
"""

TOY_SUITE = """
import pytest

@pytest.mark.brainscore("toys")
def test_toys(model, brain_benchmark, brainscore):
    brainscore.check(brain_benchmark(model))
"""


QUIET = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
"""Plugins that these runs have no use for."""


_WRITTEN = count(1)


def written_anew(folder: Path) -> None:
    """Give the Python files of a project a new time: bytecode of one second, and of one size, is taken for the same."""
    seconds = time.time() + next(_WRITTEN)
    for file in folder.rglob("*.py"):
        os.utime(file, (seconds, seconds))


class Project:
    """A user's project with toy benchmarks."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        (self.path / "toy_family.py").write_text(TOY_FAMILY)
        (self.path / "conftest.py").write_text(TOY_CONFTEST)
        (self.path / "net.py").write_text(TOY_MODEL)
        (self.path / "test_toys.py").write_text(TOY_SUITE)
        (self.path / "tiny.py").write_text(TORCH_NETWORK)
        (self.path / "tiny.toml").write_text(TORCH_COMMITMENT)
        (self.path / "pytest.ini").write_text("[pytest]\n")
        self.outcomes({"one": {"score": 0.5}, "two": {"score": 0.25}})

    def outcomes(self, outcomes: dict[str, dict[str, Any]]) -> None:
        """Choose what each toy benchmark does."""
        (self.path / "outcomes.json").write_text(json.dumps(outcomes))

    def run(self, *arguments: str, model: str | None = "net.py:build") -> pytest.RunResult:
        """Run pytest on the toy suite in a process of its own."""
        chosen = ["--model", model] if model else []
        written_anew(self.path)
        return self.pytester.runpytest_subprocess("test_toys.py", *chosen, *QUIET, *arguments)

    def report(self, name: str = "brainscore-report.json") -> dict[str, Any]:
        """Return the JSON report of the last run."""
        report: dict[str, Any] = json.loads((self.path / name).read_text())
        return report

    def benchmarks(self) -> dict[str, dict[str, Any]]:
        """Return the records of the last run by benchmark."""
        return {record["identifier"]: record for record in self.report()["benchmarks"]}

    def stable_report(self) -> dict[str, Any]:
        """Return the report without what tells one run from the next."""
        report = self.report()
        for name in ("created", "command"):
            del report[name]
        for record in report["benchmarks"]:
            for name in ("seconds", "peak_rss_mb", "worker"):
                del record[name]
        return report

    def lines(self, name: str = "brainscore-report.jsonl") -> list[dict[str, Any]]:
        """Return the records of the line file."""
        lines = [json.loads(line) for line in (self.path / name).read_text().splitlines()]
        return [line for line in lines if "identifier" in line]  # the first says what the run is

    def baseline(self, model: str = "net.build") -> Path:
        """Return the path of a model's baseline file."""
        return self.path / "fixtures" / "baselines" / f"{model}.json"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project in an empty folder, away from this repository's settings."""
    for variable in ("PYTEST_ADDOPTS", "CI", "GITHUB_ACTIONS", "BRAINSCORE_TREE"):
        monkeypatch.delenv(variable, raising=False)
    return Project(pytester)
