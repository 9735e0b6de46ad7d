"""The plan of a run as lines of text, and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pytest_brainscore.data.retrieval.sizes import size_in_words
from pytest_brainscore.report.notation import aligned, counted, duration

if TYPE_CHECKING:
    from pytest_brainscore.cost.planning import LeafPlan, Plan

_HEADER = ("model", "benchmark", "data", "stimuli", "passes", "stored", "memory", "time")


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield the plan: a table of leaves, the whole run, the machine, and what cannot fit."""
    run = [each for each in plan.leaves if each.runs]
    rows = [_row(each) for each in plan.leaves]
    yield from aligned(_HEADER, rows)
    yield ""
    for model in plan.models:
        each = ", ".join(
            f"{name} {'+'.join(layers.names)} ({layers.units} units, {layers.seconds * 1e3:.1f} ms"
            + (f", {layers.operations / 1e9:.2g} GFLOP" if layers.operations else "")
            + ")"
            for name, layers in model.layers.items()
        )
        if each:
            yield f"{model.identifier}: an image up to {each}"
    missing = len(plan.leaves) - len(run)
    apart = f" ({missing} without their data are not counted)" if missing else ""
    unknown = sum(each.seconds is None for each in run)
    apart += f" (of {unknown} it is not known what they take)" if unknown else ""
    how = f"{counted(plan.workers, 'worker')}" if plan.workers else "one process"
    yield (
        f"{counted(len(run), 'leaf').replace('leafs', 'leaves')}{apart}: {plan.forward_passes} forward passes, "
        f"{size_in_words(plan.stored)} stored, {duration(plan.seconds)} with {how} "
        f"({duration(plan.processor_seconds)} of processor time), {size_in_words(round(plan.memory))} of memory."
    )
    has = plan.capacity
    disk = "" if has.disk is None else f", {size_in_words(has.disk)} free under {has.folder}"
    yield f"The {has.memory_of} has {size_in_words(has.memory)} of memory left{disk}, {counted(has.cores, 'core')}."
    yield from _notes(plan)
    for problem in plan.problems:
        yield f"cannot fit: {problem}"


def _notes(plan: Plan) -> Iterator[str]:
    said: dict[str, list[str]] = {}
    for each in plan.leaves:
        reason = each.uncertain or ("" if each.runs else each.data.reason or "")
        if reason:
            said.setdefault(reason, []).append(each.benchmark)
    for reason, names in said.items():
        some = ", ".join(dict.fromkeys(names[:3]))
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield f"{some}{more}: {reason}"


def _row(leaf: LeafPlan) -> tuple[str, ...]:
    sizes = [each.bytes for each in leaf.data.data if each.bytes]
    data = f"{leaf.data.state} {size_in_words(sum(sizes))}" if sizes else leaf.data.state
    about = "~" if leaf.uncertain else ""
    return (
        leaf.model,
        f"{leaf.benchmark}@{leaf.version}",
        data,
        "?" if leaf.stimuli is None else str(leaf.stimuli),
        "?" if leaf.forward_passes is None else str(leaf.forward_passes),
        size_in_words(leaf.stored),
        "?" if leaf.memory is None else f"{about}{size_in_words(round(leaf.memory))}",
        "?" if leaf.seconds is None else f"{about}{duration(leaf.seconds)}",
    )


def plan_values(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain values, for JSON: bytes, seconds, counts."""
    return asdict(plan)
