"""Estimates of a plan are found again when the model is scored with the same settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_brainscore.cost.counts import Need
from pytest_brainscore.cost.fitting import whole
from pytest_brainscore.cost.machine import Capacity
from pytest_brainscore.cost.passes import ModelCost
from pytest_brainscore.cost.planning import LeafPlan
from pytest_brainscore.models.sources.specification import parse_specification
from pytest_brainscore.report.record import Estimate
from pytest_brainscore.running.planned.kept import estimate_of, keep, settings_of
from pytest_brainscore.running.planned.table import plan_lines, plan_values

MODEL = parse_specification("squeezenet1_1")
LEAF = LeafPlan(
    model="squeezenet1_1",
    benchmark="leaf",
    version=2,
    region="V4",
    data=Need("present"),
    forward_passes=100,
    stimuli=100,
    checking_passes=16,
    stored=1000,
    memory=2e9,
    seconds=10.0,
    alone_seconds=15.0,
)
UNKNOWN = LeafPlan("squeezenet1_1", "other", 1, "V4", Need("present"), None, None, 0, 0, None, None, None, "who knows")
COST = ModelCost("squeezenet1_1", start=5.0, rest=1e9, workspace=1e8, batch=16, checked=16, parallel=1.0)
HAS = Capacity(cores=2, memory=10**10, memory_of="machine", disk=None, folder="/home")
PLAN = whole([LEAF, UNKNOWN], [COST], HAS, 0)


@pytest.fixture(autouse=True)
def home(brainscore_home: Path) -> Path:
    return brainscore_home


def test_estimates_come_back_by_benchmark_and_version() -> None:
    settings = settings_of(MODEL, {}, "auto")
    assert estimate_of(settings, "leaf", 2) is None
    keep(PLAN, {"squeezenet1_1": settings_of(replace(MODEL, weights="w.pth"), {"V4": "x"}, "cpu")})
    assert estimate_of(settings, "leaf", 2) is None, "of other weights"
    same = settings_of(replace(MODEL, weights=str(Path("w.pth").absolute())), {"V4": "x"}, "cpu")
    assert estimate_of(same, "leaf", 2) == Estimate(seconds=10.0, memory_mb=2000.0, forward_passes=100)
    assert estimate_of(same, "leaf", 1) is None
    assert estimate_of(same, "other", 1) is None, "there was nothing to keep"


def test_a_home_that_cannot_be_written_is_no_error(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "plans").write_text("in the way")
    keep(PLAN, {"squeezenet1_1": "x"})
    assert estimate_of("x", "leaf", 2) is None


def test_damaged_plans_are_none(home: Path) -> None:
    (home / "plans").mkdir(parents=True)
    for name, content in {"a": "not json", "b": "[]", "c": '{"leaf@2": {"days": 1}}', "d": '{"leaf@2": 3}'}.items():
        (home / "plans" / f"{name}.json").write_text(content)
        assert estimate_of(name, "leaf", 2) is None


def test_the_table_says_what_is_not_known_and_why() -> None:
    lines = list(plan_lines(PLAN))
    assert lines[1].split() == ["squeezenet1_1", "leaf@2", "present", "100", "100", "1.0", "kB", "2.0", "GB", "10", "s"]
    assert lines[2].split() == ["squeezenet1_1", "other@1", "present", "?", "?", "0", "bytes", "?", "?"]
    assert lines[-1] == "other: who knows"
    assert any(line.startswith("2 leaves (of 1 it is not known what they take): 100 forward passes") for line in lines)
    assert plan_values(PLAN)["leaves"][0]["data"] == {"state": "present", "data": (), "reason": None}
