"""Benchmarks as a person reads them: the score tree as indented lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pytest_brainscore.benchmarks import all_benchmarks
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.retrieval.readiness import Readiness


def tree_lines(
    leaves: Sequence[Benchmark],
    describe: Callable[[Benchmark, Readiness], str],
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
        readiness = leaf.readiness()
        ready += readiness.state == "ready"
        name = f"{'  ' * len(leaf.parents)}{leaf.identifier}"
        yield f"{name.ljust(width)}  v{leaf.version}  {describe(leaf, readiness)}"
    yield ""
    yield f"{ready} of {len(leaves)}"


def listing() -> Iterator[str]:
    """Yield the answer to ``--brainscore-list``: every published benchmark, and whether it can run here."""
    *lines, count = tree_lines(all_benchmarks(), lambda leaf, here: f"{leaf.region}  {here.reason or here.state}")
    yield from lines
    yield f"{count} benchmarks can run on this machine: pytest --model NAME -n 2"
