"""All benchmarks of this process: the shipped ones, those of installed packages, and those of the project.

One registry for all ways in which a benchmark is brought: an entry point, a TOML file, a Python file, the hook
``pytest_brainscore_benchmarks``, a mark. Every process of a run makes its own: only names cross between them.

Light: no numpy and no torch. What others have brought is looked for when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from pytest_brainscore.benchmarks.benchmark import OWN_PARENT, Benchmark
from pytest_brainscore.benchmarks.placing import Places, in_tree_order, same
from pytest_brainscore.benchmarks.shipped import (
    all_benchmarks,
    benchmarks_of_tree,
    further_benchmarks,
    shipped_parents,
)
from pytest_brainscore.benchmarks.sources import TOML, broken, in_files, in_packages, named_by, names_a_place
from pytest_brainscore.errors import BenchmarkError
from pytest_brainscore.trees import default_tree, known_tree

Key = tuple[str, int]
"""Identifier and version."""
FOLDER = "fixtures/benchmarks"
"""Where a project keeps the TOML files of its benchmarks."""


class Registry:
    """The benchmarks of a project.

    Parameters
    ----------
    project
        Folder of the project; the current one where None.
    brought
        Returns further benchmarks of the project, with their `source`: what its hooks return.
    tree
        Name of the score tree whose leaves, in its versions, run by default; where None, that of ``BRAINSCORE_TREE``.

    Raises
    ------
    UnknownTree
        There is no tree of that name.

    """

    def __init__(
        self,
        project: Path | None = None,
        brought: Callable[[], Iterable[Benchmark]] = tuple,
        tree: str | None = None,
    ) -> None:
        self.tree = default_tree() if tree is None else known_tree(tree)
        """Name of the score tree."""
        self._project = project
        self._brought = brought
        self._known: dict[Key, Benchmark] = {}
        self._only_marked: set[Key] = set()
        self._state: Literal["unread", "read"] | BenchmarkError = "unread"
        self._packages: list[str] = []

    @property
    def notes(self) -> Sequence[str]:
        """Why benchmarks of installed packages are not here."""
        self._read()
        return self._packages

    @cached_property
    def _places(self) -> Places:
        shipped = (each.identifier for each in (*all_benchmarks(), *further_benchmarks()))
        return Places(shipped, shipped_parents())

    def _read(self) -> None:
        """Look for what others have brought, once.

        Raises
        ------
        BenchmarkError
            For what is wrong with the project's. What is wrong with an installed package fails by itself: in place of
            its benchmarks there is one that says why when it is scored.

        """
        if isinstance(self._state, BenchmarkError):
            raise self._state
        if self._state == "read":
            return
        self._state = "read"
        try:
            for benchmark in (*in_files((self._project or Path.cwd()) / FOLDER), *self._brought()):
                self._take(benchmark)
            packaged, self._packages = in_packages()
            for benchmark in packaged:
                problem = self._places.problem(benchmark)
                self._take(benchmark if problem is None else broken(_aside(benchmark), problem))
        except BenchmarkError as error:
            self._state = error
            raise

    def _take(self, benchmark: Benchmark) -> Benchmark:
        """Add a benchmark, unless it is known already; return the one that is known.

        Raises
        ------
        BenchmarkError
            Another benchmark of its name is known, or its place in the tree is not free.

        """
        key = benchmark.identifier, benchmark.version
        before = self._known.get(key)
        if before is None:
            problem = self._places.problem(benchmark)
            if problem is not None:
                raise BenchmarkError(problem)
            self._places.add(benchmark)
            self.__dict__.pop("_versions", None)
            return self._known.setdefault(key, benchmark)
        if not same(before, benchmark) or _in_two_files(before.source, benchmark.source):
            raise BenchmarkError(
                f"{benchmark.identifier}@{benchmark.version} is defined twice, in {before.source} and in "
                f"{benchmark.source}; rename one, or raise its version."
            )
        return before

    @cached_property
    def _versions(self) -> dict[str, list[Benchmark]]:
        """What others have brought and runs without being named, in tree order; each with its newest version first."""
        versions: dict[str, list[Benchmark]] = {}
        for key, each in self._known.items():
            if key not in self._only_marked:
                versions.setdefault(each.identifier, []).append(each)
        for group in versions.values():
            group.sort(key=lambda benchmark: -benchmark.version)
        return {
            head.identifier: versions[head.identifier] for head in in_tree_order(each[0] for each in versions.values())
        }

    @property
    def own(self) -> tuple[Benchmark, ...]:
        """All that others have brought, but for what only marks know, in tree order, newest versions first."""
        self._read()
        return tuple(each for versions in self._versions.values() for each in versions)

    @cached_property
    def leaves(self) -> tuple[Benchmark, ...]:
        """The benchmarks of the score tree, in its order."""
        return benchmarks_of_tree(self.tree)

    @property
    def shipped(self) -> tuple[Benchmark, ...]:
        """All that comes with this package; the first of an identifier is its default version, that of the tree."""
        leaves = {(each.identifier, each.version) for each in self.leaves}
        others = (*all_benchmarks(), *further_benchmarks())
        return (*self.leaves, *(each for each in others if (each.identifier, each.version) not in leaves))

    @property
    def default(self) -> tuple[Benchmark, ...]:
        """What runs when nothing is named: the leaves of the tree, and the newest version of what others brought."""
        self._read()
        return (*self.leaves, *(versions[0] for versions in self._versions.values()))

    @property
    def everything(self) -> tuple[Benchmark, ...]:
        """All that can be named; the first of an identifier is its default version."""
        return (*self.shipped, *self.own)

    @property
    def marked(self) -> tuple[Benchmark, ...]:
        """What marks of collected tests hold and nothing else knows."""
        return tuple(each for key, each in self._known.items() if key in self._only_marked)

    def named(self, words: Sequence[str]) -> tuple[str, ...]:
        """Take in what words name by place, and return the words with the names of what is there instead.

        Parameters
        ----------
        words
            Selectors; among them may be ``path/to/file.toml``, ``path/to/file.py:NAME`` and ``package.module:NAME``.

        Raises
        ------
        BenchmarkError
            There is no such place, or what is there is no benchmark.

        """
        names: list[str] = []
        for word in words:
            if not names_a_place(word):
                names.append(word)
                continue
            self._read()
            for benchmark in named_by(word):
                kept = self._take(benchmark)
                names.append(f"{kept.identifier}@{kept.version}")
        return tuple(names)

    def mark(self, benchmark: Benchmark, source: str) -> Benchmark:
        """Take in a benchmark that a mark holds, and return it as it is known here.

        Raises
        ------
        BenchmarkError
            It has the name of another.

        """
        self._read()
        key = benchmark.identifier, benchmark.version
        known = key in self._known
        kept = self._take(benchmark if benchmark.source else replace(benchmark, source=source))
        if not known:
            self._only_marked.add(key)
            self.__dict__.pop("_versions", None)
        return kept


_active: Registry | None = None


def registry() -> Registry:
    """Return the registry of this run; outside of one, that of the current folder as it is now."""
    return _active or Registry()


@contextmanager
def using(registry: Registry) -> Iterator[Registry]:
    """Have everybody in this process use a registry, until the end of the context."""
    global _active
    before, _active = _active, registry
    try:
        yield registry
    finally:
        _active = before


def _in_two_files(one: str, other: str) -> bool:
    """Tell whether two definitions stand in two files, where even a copy is one too many; not of one read twice."""
    return one.endswith(TOML) and other.endswith(TOML) and Path(one).resolve() != Path(other).resolve()


def _aside(benchmark: Benchmark) -> Benchmark:
    """Return a benchmark under a name and at a place that cannot be anybody else's."""
    return replace(benchmark, identifier=f"{benchmark.identifier}-of-a-package", parents=(OWN_PARENT,))
