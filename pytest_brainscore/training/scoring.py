"""Scoring a snapshot: leaf by leaf until the budget is over, and what the parents of the score tree make of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pytest_brainscore.errors import BrainScoreError, DataUnavailable, NoNumber, NotCapable
from pytest_brainscore.report.aggregates import parents
from pytest_brainscore.report.making.identity import identity_of
from pytest_brainscore.report.making.records import described, scored_record
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.scoring.tree import tree_of
from pytest_brainscore.training.deadline import Deadline, OverBudget
from pytest_brainscore.training.plan import Plan, Suite

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.inference.levels import Replicates
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.report.aggregates import Key
    from pytest_brainscore.report.record import ModelRecord

WORKER = "training"
"""Stands in records for the process that scored."""


@dataclass
class Results:
    """What came of a snapshot."""

    records: list[BenchmarkRecord] = field(default_factory=list)
    replicates: dict[Key, Replicates] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    """Leaves that were not scored, or not to their end, and why."""
    raised: Exception | None = None
    """The first error that was none of a leaf without a number or without data."""

    def scores(self) -> dict[str, float]:
        """Return the scores of leaves."""
        return {each.identifier: each.score for each in self.records if each.score is not None}

    def errors(self) -> dict[str, float]:
        """Return the errors of leaves, where they are known."""
        return {each.identifier: each.error for each in self.records if each.score is not None and each.error}


def score_leaves(model: BrainModel, name: str, plan: Plan, deadline: Deadline) -> Results:
    """Score the leaves of a plan, and note in it what they take.

    Parameters
    ----------
    model
        The snapshot.
    name
        Of the snapshot, in records.
    plan
        What is scored.
    deadline
        No leaf is begun, and no image shown, after it.

    """
    results = Results()

    def describe() -> ModelRecord:
        return described(model, {"identifier": name, "specification": name})

    for benchmark in plan.leaves:
        reason = plan.why_not_now(benchmark, deadline.left)
        if reason is not None:
            results.left_out[benchmark.identifier] = reason
            continue
        started = time.perf_counter()
        try:
            record = _record(benchmark, model, name, results, describe)
        except OverBudget as over:
            results.left_out[benchmark.identifier] = f"{over} after {time.perf_counter() - started:.0f} s of it"
            continue
        seconds = round(time.perf_counter() - started, 3)
        plan.seconds[benchmark.identifier] = seconds
        results.records.append(_with(record, seconds=seconds))
    return results


def _record(
    benchmark: Benchmark, model: BrainModel, name: str, results: Results, describe: Callable[[], ModelRecord]
) -> BenchmarkRecord:
    identity = identity_of(name, benchmark)

    def without(status: Literal["nan", "unavailable", "failed"], error: Exception) -> BenchmarkRecord:
        told = str(error) if isinstance(error, BrainScoreError) else f"{type(error).__name__}: {error}"
        if status == "failed" and results.raised is None:
            results.raised = error
        return BenchmarkRecord(**identity, status=status, reason=told, worker=WORKER)

    try:
        score = benchmark(model)
        if not math.isfinite(score.value):
            return without("nan", NoNumber(f"{benchmark.identifier} has no number: the score is {score.value}."))
        record = scored_record(identity, score, describe(), worker=WORKER)
    except OverBudget:
        raise
    except NoNumber as error:
        return without("nan", error)
    except (DataUnavailable, NotCapable) as error:
        return without("unavailable", error)
    except Exception as error:  # of the network, of somebody's benchmark, of the machine
        return without("failed", error)
    if score.replicates is not None:
        results.replicates[name, record.identifier, record.version] = score.replicates
    return record


def scores_of_parents(
    results: Results, suite: Suite, scored: Collection[Benchmark], name: str, *, first: bool
) -> tuple[dict[str, float], dict[str, float]]:
    """Return scores and errors of the parents below which all leaves of the plan came to an end.

    What has no number counts as 0: a unit that dies must not raise a mean. A parent below which a leaf failed, or was
    cut short this time, has none: it would be the mean of something else than before.

    Parameters
    ----------
    results
        Of the snapshot.
    suite
        Says which parents.
    scored
        Leaves of the plan.
    name
        Of the snapshot.
    first
        Whether it is the first, which says what the plan is: leaves that were left out are none of it.

    """
    done = {each.identifier for each in results.records if each.status != "failed"}
    asked = [each for each in scored if not (first and each.identifier in results.left_out)]
    partial = {parent for each in asked if each.identifier not in done for parent in each.parents}
    found = parents(results.records, name, tree_of(results.records, suite.tree), results.replicates)
    kept = {each: found[each] for each in suite.parents if each in found and each not in partial}
    scores = {name: each.mean_of_what_was_attempted for name, each in kept.items()}
    errors = {name: each.mean_of_what_was_attempted_error for name, each in kept.items()}
    return _known(scores), _known(errors)


def _known(values: Mapping[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None and math.isfinite(value)}


def _with(record: BenchmarkRecord, **changes: Any) -> BenchmarkRecord:
    import msgspec

    return msgspec.structs.replace(record, **changes)


def failures(records: Sequence[BenchmarkRecord]) -> str:
    """Return in a sentence which leaves have no score, and why; empty where all have one."""
    return "; ".join(f"{each.identifier}: {each.reason}" for each in records if each.status == "failed")
