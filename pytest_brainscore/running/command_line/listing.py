"""Benchmarks as a person reads them: the score tree as indented lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.registry import registry
from pytest_brainscore.errors import BrainScoreError


class State(NamedTuple):
    """Whether a benchmark can run here."""

    state: str
    """That of its Readiness, or ``failed``."""
    reason: str | None
    """Why not, in one sentence."""


def tree_lines(
    leaves: Sequence[Benchmark],
    describe: Callable[[Benchmark, State], str],
    heading: Callable[[str], str] = str,
) -> Iterator[str]:
    """Yield the score tree as indented lines, a blank line, and how many of the leaves can run here.

    Parameters
    ----------
    leaves
        Benchmarks in the order of the tree; at least one.
    describe
        Returns what follows the identifier of a leaf and its version.
    heading
        Sets the line of a parent in type.

    """
    shown: tuple[str, ...] = ()
    ready = 0
    width = max(len(leaf.identifier) + 2 * len(leaf.parents) for leaf in leaves)
    for leaf in leaves:
        for depth, node in enumerate(leaf.parents):
            if shown[: depth + 1] != leaf.parents[: depth + 1]:
                yield heading(f"{'  ' * depth}{node}")
                shown = leaf.parents[: depth + 1]
        readiness = readiness_of(leaf)
        ready += readiness.state == "ready"
        name = f"{'  ' * len(leaf.parents)}{leaf.identifier}"
        yield f"{name.ljust(width)}  v{leaf.version}  {describe(leaf, readiness)}"
    yield ""
    yield f"{ready} of {len(leaves)}"


def readiness_of(benchmark: Benchmark) -> State:
    """Return what is known of the data of a benchmark; ``failed``, and why, where that cannot be told."""
    try:
        state, reason = benchmark.readiness()
    except BrainScoreError as error:
        return State("failed", str(error))
    return State(state, reason)


def listing() -> Iterator[str]:
    """Yield the answer to ``--brainscore-list``: every benchmark that runs by default, and whether it can here."""
    *lines, count = tree_lines(registry().default, lambda leaf, here: f"{leaf.region}  {here.reason or here.state}")
    yield from lines
    yield f"{count} benchmarks can run on this machine: pytest --model NAME -n 2"
