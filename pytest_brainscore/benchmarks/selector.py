"""Choosing benchmarks by the words of the command line: an identifier, a parent of the score tree, or a pattern."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.placing import OWN, in_tree_order
from pytest_brainscore.benchmarks.registry import Registry, registry
from pytest_brainscore.benchmarks.shipped import panel_benchmarks, shipped_parents
from pytest_brainscore.errors import BenchmarkError
from pytest_brainscore.trees import PANEL, TREES, leaves_of, panel, places

_SHORTEST_FAMILY = 3
"""Letters that names must have in common to be offered as a pattern."""


class Selectable(Protocol):
    """What a word can select: a benchmark, or the record of one."""

    @property
    def identifier(self) -> str:
        """Identifier of the benchmark."""

    @property
    def version(self) -> int:
        """Version of the benchmark."""

    @property
    def parents(self) -> Sequence[str]:
        """Path through the score tree."""


def matches(selector: str, benchmark: Selectable) -> bool:
    """Tell whether a word selects a benchmark.

    Parameters
    ----------
    selector
        An identifier, ``IDENTIFIER@VERSION``, the name of a parent (``V1``, ``behavior_vision``), or a shell pattern
        over any of these (``Geirhos2021*``, ``*-pls``). Letter case counts. ``own`` selects every benchmark that does
        not come with this package, ``panel`` the fifteen leaves of the tree of 2026 that predict the rest.

    """
    if selector == OWN:
        return bool(benchmark.parents) and benchmark.parents[0] not in shipped_parents()
    if selector == PANEL:
        return (benchmark.identifier, benchmark.version) in {(leaf.identifier, leaf.version) for leaf in panel()}
    names = (benchmark.identifier, f"{benchmark.identifier}@{benchmark.version}", *benchmark.parents)
    return any(fnmatchcase(name, selector) for name in names)


def select(selectors: Sequence[str], benchmarks: Iterable[Benchmark]) -> tuple[Benchmark, ...]:
    """Return the benchmarks that any of the words selects, in their order; all of them when there are no words.

    Raises
    ------
    BenchmarkError
        When a word selects nothing; the message names what comes near.

    """
    candidates = tuple(benchmarks)
    for selector in selectors:
        if not any(matches(selector, each) for each in candidates):
            raise _nothing(selector, candidates)
    return tuple(each for each in candidates if not selectors or any(matches(word, each) for word in selectors))


def choose(selectors: Sequence[str], *, marked: bool = False, lenient: bool = False) -> tuple[Benchmark, ...]:
    """Return what words choose of everything that can be scored; without words, all that runs by default.

    That is the leaves of the score tree, and what installed packages and the project bring. An identifier or
    ``IDENTIFIER@VERSION`` finds every benchmark, also those outside the tree. A parent of another tree finds nothing.
    Any other word finds what runs by default; only if there is nothing, it finds what else is outside the tree
    (``public_variants``, ``Cowley2023*``). ``panel`` finds its fifteen leaves, whatever the tree.

    Parameters
    ----------
    selectors
        The words.
    marked
        Whether the words may find, too, what marks of collected tests hold.
    lenient
        Whether a word may find nothing.

    Raises
    ------
    BenchmarkError
        When a word finds nothing, or the words choose two versions of a benchmark.

    """
    known = registry()
    if not selectors:
        return known.default
    chosen: dict[tuple[str, int], Benchmark] = {}
    for selector in selectors:
        found = _found(selector)
        found += [each for each in known.marked if marked and matches(selector, each)]
        if not found and not lenient and selector != OWN:
            raise _nothing(selector, [*known.everything, *known.marked], known)
        chosen |= {(each.identifier, each.version): each for each in found}
    versions = Counter(identifier for identifier, _ in chosen)
    for identifier, count in versions.items():
        if count > 1:
            version = next(each.version for each in known.everything if each.identifier == identifier)
            raise BenchmarkError(
                f"{count} versions of {identifier} are chosen; score one at a time, for example {identifier}@{version}."
            )
    if set(chosen) <= {(each.identifier, each.version) for each in known.leaves}:
        return tuple(each for each in known.leaves if (each.identifier, each.version) in chosen)
    order = ((each.identifier, each.version) for each in (*known.everything, *known.marked))
    return tuple(chosen[key] for key in order if key in chosen)


def of_another_tree(selector: str) -> bool:
    """Tell whether a word is a parent that other score trees have, and that of this run has not."""
    return selector in places() and not any(selector in each.parents for each in registry().leaves)


def nothing_below(parent: str, tree: str) -> BenchmarkError:
    """Return the error that says that a score tree has not a parent that others have."""
    return BenchmarkError(
        f"The score tree {tree} has no benchmark below {parent}; name a tree that has some "
        f"({', '.join(name for name in TREES if any(parent in leaf.parents for leaf in leaves_of(name)))}), or the "
        "benchmarks."
    )


def named_outside(
    selectors: Sequence[str], benchmarks: Sequence[Benchmark], everything: Sequence[Benchmark]
) -> tuple[Benchmark, ...]:
    """Return what words find outside of some benchmarks: of each word that finds nothing among them, all it finds.

    As in `choose`, a pattern finds the default version of each identifier, the first of it in `everything`.
    """
    missing = [word for word in selectors if not any(matches(word, each) for each in benchmarks)]
    found: dict[tuple[str, int], Benchmark] = {}
    for word in missing:
        defaults = {each.identifier: each for each in reversed(everything) if matches(word, each)}
        found |= {(each.identifier, each.version): each for each in defaults.values()}
    return in_tree_order(each for each in everything if (each.identifier, each.version) in found)


def _found(selector: str) -> list[Benchmark]:
    """Return what a word finds, without what only marks know."""
    known = registry()
    leaves = known.leaves
    if any(selector in (each.identifier, f"{each.identifier}@{each.version}", *each.parents) for each in leaves):
        return [each for each in leaves if matches(selector, each)]  # what others bring need not be looked for
    if selector == PANEL:
        return list(panel_benchmarks())
    if of_another_tree(selector):
        return []
    found = [each for each in known.default if matches(selector, each)]
    if found or selector == OWN:
        return found
    everything = known.everything
    defaults = {each.identifier: each for each in reversed(everything)}
    found = [each for each in defaults.values() if matches(selector, each)]
    return found or [each for each in everything if matches(selector, each)]


def _nothing(selector: str, candidates: Sequence[Benchmark], known: Registry | None = None) -> BenchmarkError:
    if known is not None and of_another_tree(selector):
        return nothing_below(selector, known.tree)
    names = {name for each in candidates for name in (each.identifier, *each.parents)}
    near = difflib.get_close_matches(selector, sorted(names))
    if len(selector) >= _SHORTEST_FAMILY and "*" not in selector:  # part of several names: a family
        patterns = (f"'{selector}*'", f"'*{selector}*'")
        near = [each for each in patterns if any(fnmatchcase(name, each.strip("'")) for name in names)][:1] + near
    advice = f"did you mean {' or '.join(near)}?" if near else "see brainscore list for those there are."
    told = " ".join([advice, *(known.notes if known else ())])
    return BenchmarkError(f"No benchmark and no parent of the score tree matches {selector!r}; {told}")
