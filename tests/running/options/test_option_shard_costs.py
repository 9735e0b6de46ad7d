"""``--brainscore-shard-costs REPORT``: shards are balanced by what benchmarks took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.models.sources.specification import parse_specification
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.running.command_line.selection import Trial
from pytest_brainscore.running.command_line.shard_words import read_costs
from pytest_brainscore.running.shards.division import milliseconds
from tests.support.records import make_record, make_report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.projects import Project

TOOK = {"a": 60.0, "b": 20.0, "c": 20.0, "d": 20.0}


def trial(model: str, identifier: str, cost: float = 1.0) -> Trial:
    leaf = Benchmark(identifier=identifier, region="V1", metric="m", protocol="toy:score", cost=cost)
    return Trial(parse_specification(model), leaf)


def recorded(path: Path, **took: float) -> Path:
    write_json(make_report(benchmarks=[make_record(identifier=name, seconds=took[name]) for name in took]), path)
    return path


def test_what_is_recorded_of_the_model_counts_else_of_others_else_what_benchmarks_say(tmp_path: Path) -> None:
    costs = read_costs(recorded(tmp_path / "all.json", a=60.0, b=20.0))
    trials = [trial("net", "a", 30), trial("net", "b", 10), trial("other", "a", 30), trial("net", "new", 7)]
    assert list(milliseconds(trials, costs).values()) == [60_000, 20_000, 60_000, 14_000]
    assert list(milliseconds(trials, {}).values()) == [30_000, 10_000, 30_000, 7_000]


def test_what_has_no_result_has_no_cost(tmp_path: Path) -> None:
    away = make_record(identifier="a", status="unavailable", score=None, reason="away", seconds=0.1)
    path = tmp_path / "all.json"
    write_json(msgspec.structs.replace(make_report(), benchmarks=[away]), path)
    assert read_costs(path) == {}


def test_shards_are_balanced_by_it_and_say_so(project: Project) -> None:
    project.outcomes({name: {"score": 0.5} for name in TOOK})
    recorded(project.path / "all.json", **TOOK)
    shown = project.run("--brainscore-shard=1/2", "--brainscore-shard-costs=all.json", "--co", "-q")
    assert [line for line in shown.outlines if "::" in line] == ["test_toys.py::test_toys[net.build-a]"]
    missing = project.run("--brainscore-shard=1/2", "--brainscore-shard-costs=none.json")
    assert missing.ret == pytest.ExitCode.USAGE_ERROR
    missing.stderr.fnmatch_lines(["*none.json cannot be read*"])
