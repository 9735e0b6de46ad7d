"""Where benchmarks stand beside each other: their order, their names, and whether two are one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.code_digest import code_digest
from pytest_brainscore.trees import PANEL

OWN: Final = "own"
"""The word for all benchmarks that do not come with this package; nothing else can have this name."""


def in_tree_order(benchmarks: Iterable[Benchmark]) -> tuple[Benchmark, ...]:
    """Return benchmarks depth first: a paper has leaves in several places of the tree, and a place those of several."""
    places: dict[tuple[str, ...], int] = {}

    def place(benchmark: Benchmark) -> list[int]:
        path = (*benchmark.parents, benchmark.identifier)
        return [places.setdefault(path[: depth + 1], len(places)) for depth in range(len(path))]

    return tuple(sorted(benchmarks, key=place))


class Places:
    """The names that are taken: by the benchmarks of this package and their parents, and by what others have brought.

    Parameters
    ----------
    shipped, shipped_parents
        Names of this package's benchmarks, and of their parents: theirs is the published tree.

    """

    def __init__(self, shipped: Iterable[str], shipped_parents: Iterable[str]) -> None:
        self._shipped = frozenset(shipped)
        self._shipped_parents = frozenset(shipped_parents)
        self._leaves: dict[str, Benchmark] = {}
        self._parents: dict[str, tuple[tuple[str, ...], Benchmark]] = {}

    def add(self, benchmark: Benchmark) -> None:
        """Take the place of a benchmark."""
        self._leaves.setdefault(benchmark.identifier, benchmark)
        for depth, parent in enumerate(benchmark.parents):
            self._parents.setdefault(parent, (benchmark.parents[:depth], benchmark))

    def problem(self, benchmark: Benchmark) -> str | None:
        """Return in one sentence why a benchmark cannot have the name and the parents that it has, or None."""
        name = benchmark.identifier
        whose = f"The benchmark {name}, defined in {benchmark.source},"
        if name in self._shipped:
            return f"{whose} has the name of one that is defined in pytest-brainscore; rename it."
        if name in self._shipped_parents or {OWN, PANEL} & {name, *benchmark.parents}:
            word = PANEL if PANEL in (name, *benchmark.parents) else OWN
            return f"{whose} has the name of a place in the published score tree, or the word {word}; rename it."
        for depth, parent in enumerate(benchmark.parents):
            if parent in self._shipped_parents or parent in self._shipped:
                return (
                    f"{whose} names {parent} among its parents, which is a place of the published score tree, where "
                    f'only published benchmarks count; give it parents of its own, such as ("mylab", "mylab.{parent}").'
                )
            here = benchmark.parents[:depth]
            above, other = self._parents.get(parent, (here, benchmark))
            if above != here:
                return (
                    f"{whose} has {parent} below {'/'.join(here) or 'nothing'}, and {other.identifier}, defined in "
                    f"{other.source}, has it below {'/'.join(above) or 'nothing'}; a parent has one place."
                )
            if parent in self._leaves:
                return (
                    f"{whose} has the parent {parent}, which is a benchmark defined in {self._leaves[parent].source}; "
                    "rename one."
                )
        if name in self._parents:
            other = self._parents[name][1]
            return f"{whose} has the name of a parent of {other.identifier}, defined in {other.source}; rename one."
        return None


def same(one: Benchmark, other: Benchmark) -> bool:
    """Tell whether two are one benchmark: equal, or from the same code that was read twice."""
    if one == other:
        return True
    functions = ("protocol", "data", "availability")
    if any(_code(getattr(one, name)) != _code(getattr(other, name)) for name in functions):
        return False
    return replace(one, protocol=other.protocol, data=other.data, availability=other.availability) == other


def _code(function: object) -> object:
    """Return what tells whether two functions are one: their code; of what can be compared by value, that."""
    if not callable(function) or type(function).__eq__ is not object.__eq__:
        return function
    return (getattr(function, "__qualname__", ""), code_digest(function))
