"""Whether a run fits the machine: all leaves together, over workers, and what mends it where it does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from pytest_brainscore.cost.machine import Capacity
from pytest_brainscore.cost.passes import ModelCost
from pytest_brainscore.cost.planning import LeafPlan, Plan
from pytest_brainscore.data.retrieval.sizes import size_in_words

CONTROLLER: Final = 120 * 10**6
"""Bytes of the process that hands out tests to workers, and computes nothing."""
WORKER: Final = 600 * 10**6
"""Bytes that any worker takes that has loaded a network: PyTorch itself."""


def whole(
    leaves: Iterable[LeafPlan], models: Sequence[ModelCost], capacity: Capacity, workers: int, *, stored: bool = True
) -> Plan:
    """Return the plan of a run.

    Parameters
    ----------
    leaves
        In the order in which they run.
    models
        What each model costs.
    capacity
        What the machine has.
    workers
        Processes that score, beside one that hands out tests; 0 where one process does all.
    stored
        Whether answers are stored.

    """
    all_leaves = tuple(leaves)
    run = [each for each in all_leaves if each.runs and each.seconds is not None]
    processes = max(1, workers)
    loading = sum(each.start for each in models)
    seconds = [each.seconds or 0.0 for each in run]
    processor = loading * processes + sum(seconds)
    threads = max(1, capacity.cores // processes)
    parallel = min(max((each.parallel for each in models), default=1.0), threads)
    took = loading + makespan(seconds, processes)
    took = max(took, processor / capacity.cores) if processes > capacity.cores else took
    memory = memory_of(run, models, workers)
    bytes_stored = sum(each.stored for each in run)
    return Plan(
        leaves=all_leaves,
        models=tuple(models),
        capacity=capacity,
        workers=workers,
        seconds=took / parallel,
        processor_seconds=processor,
        memory=memory,
        stored=bytes_stored,
        forward_passes=sum(each.forward_passes or 0 for each in run),
        problems=tuple(problems(run, models, capacity, workers, memory, bytes_stored)),
    )


def memory_of(leaves: Iterable[LeafPlan], models: Sequence[ModelCost], workers: int) -> float:
    """Return the bytes of all processes at most: each worker may meet one of the largest leaves."""
    peaks = sorted((each.memory for each in leaves if each.memory is not None), reverse=True)
    peaks = peaks or [max((each.rest + each.workspace for each in models), default=0.0)]
    if workers == 0:
        return peaks[0]
    largest = [peaks[min(place, len(peaks) - 1)] for place in range(workers)]
    return CONTROLLER + sum(largest)


def makespan(seconds: Sequence[float], workers: int) -> float:
    """Return how long workers take that take up the next leaf when they have done one, slow ones first.

    Examples
    --------
    >>> makespan([3.0, 3.0, 2.0, 2.0, 2.0], 2)
    7.0

    """
    ends = [0.0] * max(1, workers)
    for each in sorted(seconds, reverse=True):
        ends[ends.index(min(ends))] += each
    return max(ends)


def problems(
    leaves: Sequence[LeafPlan],
    models: Sequence[ModelCost],
    capacity: Capacity,
    workers: int,
    memory: float,
    stored: int,
) -> Iterable[str]:
    """Yield what cannot fit, with the numbers and what mends it."""
    free = size_in_words(capacity.memory)
    whose = f"the {capacity.memory_of} has {free} left"
    alone = max((each.memory for each in leaves if each.memory is not None), default=0.0)
    if memory > capacity.memory and workers > 1:
        fewer = next(
            (each for each in range(workers - 1, 0, -1) if memory_of(leaves, models, each) <= capacity.memory), 0
        )
        if fewer:
            yield f"{workers} workers take {size_in_words(round(memory))} of memory and {whose}; run -n {fewer}."
    for each in leaves:
        if each.memory is not None and each.memory > capacity.memory:
            yield (
                f"{each.benchmark} takes {size_in_words(round(each.memory))} of memory with {each.model} and {whose}; "
                f"read less of the layer (--brainscore-layer {each.region}=LAYER#mean, #maxpool or #srp:5000), name a "
                "smaller one, or run it where there is more."
            )
    if workers == 1 and alone <= capacity.memory < memory:
        yield f"One worker beside its controller takes {size_in_words(round(memory))} and {whose}; leave out -n."
    if capacity.disk is not None and stored > capacity.disk:
        yield (
            f"The answers take {size_in_words(stored)} under {capacity.folder}, where {size_in_words(capacity.disk)} "
            "are free; set BRAINSCORE_HOME to a folder with more space, or hold them in memory: --brainscore-cache off."
        )


def certain_problem(capacity: Capacity, workers: int) -> str | None:
    """Return in a sentence that so many workers cannot fit, whatever they score; None where they may.

    For ordinary runs: nothing is loaded to tell.
    """
    least = workers * WORKER
    if workers < 2 or least <= capacity.memory:
        return None
    fewer = max(1, capacity.memory // WORKER)
    return (
        f"{workers} workers take {size_in_words(least)} of memory at least, before they score anything, and the "
        f"{capacity.memory_of} has {size_in_words(capacity.memory)} left: run -n {fewer} or fewer; --brainscore-plan "
        "says what a run takes."
    )
