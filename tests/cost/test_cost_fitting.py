"""All leaves together, over workers, against what the machine has: what cannot fit is told with what mends it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.cost.counts import Need
from pytest_brainscore.cost.fitting import CONTROLLER, WORKER, certain_problem, makespan, whole
from pytest_brainscore.cost.machine import Capacity
from pytest_brainscore.cost.passes import ModelCost
from pytest_brainscore.cost.planning import LeafPlan

GB = 10**9
ROOMY = Capacity(cores=4, memory=64 * GB, memory_of="machine", disk=500 * GB, folder="/home/x")
MODEL = ModelCost("net", start=5.0, rest=GB, workspace=GB / 4, batch=16, checked=16, parallel=1.0)
LEAF = LeafPlan(
    model="net",
    benchmark="leaf",
    version=1,
    region="V4",
    data=Need("present"),
    forward_passes=100,
    stimuli=100,
    checking_passes=16,
    stored=3 * GB,
    memory=2.0 * GB,
    seconds=10.0,
    alone_seconds=15.0,
)


@pytest.mark.parametrize(
    ("seconds", "workers", "longest"),
    [([], 2, 0.0), ([5.0], 3, 5.0), ([1.0, 1.0, 1.0, 1.0], 2, 2.0), ([3.0, 3.0, 2.0, 2.0, 2.0], 2, 7.0)],
)
def test_makespan(seconds: list[float], workers: int, longest: float) -> None:
    assert makespan(seconds, workers) == longest


@settings(max_examples=50)
@given(seconds=st.lists(st.floats(0, 1e4), max_size=30), workers=st.integers(1, 8))
def test_workers_take_no_longer_than_one_and_no_shorter_than_their_share(seconds: list[float], workers: int) -> None:
    longest = makespan(seconds, workers)
    assert longest <= sum(seconds) + 1e-6
    assert longest >= max([*seconds, sum(seconds) / workers]) - 1e-6


def test_one_process_takes_the_largest_leaf_and_the_sum_of_times() -> None:
    plan = whole([LEAF, replace(LEAF, benchmark="small", memory=1.5 * GB, seconds=1.0)], [MODEL], ROOMY, 0)
    assert plan.memory == 2 * GB
    assert plan.seconds == plan.processor_seconds == 5 + 10 + 1
    assert plan.stored == 6 * GB
    assert plan.forward_passes == 200
    assert plan.problems == ()


def test_each_worker_loads_the_model_and_may_meet_a_large_leaf() -> None:
    plan = whole([LEAF, replace(LEAF, memory=1.5 * GB), replace(LEAF, memory=GB)], [MODEL], ROOMY, 2)
    assert plan.memory == CONTROLLER + 3.5 * GB
    assert plan.seconds == 5 + 20
    assert plan.processor_seconds == 2 * 5 + 30


def test_more_workers_than_cores_share_them() -> None:
    leaves = [LEAF] * 8
    assert whole(leaves, [MODEL], replace(ROOMY, cores=2), 8).seconds == (8 * 5 + 80) / 2


def test_leaves_without_data_or_numbers_take_nothing() -> None:
    absent = replace(LEAF, data=Need("restricted", reason="not here"))
    unknown = replace(LEAF, seconds=None, memory=None, alone_seconds=None)
    plan = whole([absent, unknown], [MODEL], ROOMY, 0)
    assert (plan.stored, plan.forward_passes, plan.seconds) == (0, 0, 5.0)
    assert plan.memory == 1.25 * GB, "the model itself"


def test_too_many_workers_are_told_how_many_fit() -> None:
    small = replace(ROOMY, memory=5 * GB, memory_of="cgroup")
    (problem,) = whole([LEAF] * 4, [MODEL], small, 4).problems
    assert problem == "4 workers take 8.1 GB of memory and the cgroup has 5.0 GB left; run -n 2."


def test_a_leaf_that_fits_nowhere_is_told_to_be_read_in_part() -> None:
    (problem,) = whole([LEAF], [MODEL], replace(ROOMY, memory=GB), 0).problems
    assert "leaf takes 2.0 GB of memory with net and the machine has 1.0 GB left" in problem
    assert "--brainscore-layer V4=LAYER#mean" in problem


def test_one_worker_that_would_fit_alone() -> None:
    (problem,) = whole([LEAF], [MODEL], replace(ROOMY, memory=int(2.05 * GB)), 1).problems
    assert problem.endswith("leave out -n.")


def test_a_disk_that_is_too_small() -> None:
    (problem,) = whole([LEAF], [MODEL], replace(ROOMY, disk=GB), 0).problems
    assert "take 3.0 GB under /home/x, where 1.0 GB are free" in problem
    assert "--brainscore-cache off" in problem
    assert whole([LEAF], [MODEL], replace(ROOMY, disk=None), 0).problems == ()


def test_only_what_is_certain_is_told_before_an_ordinary_run() -> None:
    assert certain_problem(replace(ROOMY, memory=8 * WORKER), 8) is None
    assert certain_problem(replace(ROOMY, memory=1), 1) is None, "one process is let try"
    told = certain_problem(replace(ROOMY, memory=3 * WORKER), 64)
    assert told is not None
    assert "run -n 3 or fewer" in told
