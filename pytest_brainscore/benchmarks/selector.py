"""Choosing benchmarks by the words of the command line: an identifier, a parent of the score tree, or a pattern."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from pytest_brainscore.benchmarks import all_benchmarks, every_version
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.errors import BenchmarkError

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
        over any of these (``Geirhos2021*``, ``*-pls``). Letter case counts.

    """
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


def choose(selectors: Sequence[str]) -> tuple[Benchmark, ...]:
    """Return what words choose of everything that can be scored; the published leaves when there are no words.

    An identifier or ``IDENTIFIER@VERSION`` finds every benchmark, also those outside the published tree. Any other word
    finds published leaves in their default version; only if there are none, it finds what is outside the tree
    (``public_variants``, ``Cowley2023*``).

    Raises
    ------
    BenchmarkError
        When a word finds nothing, or the words choose two versions of a benchmark.

    """
    published = all_benchmarks()
    if not selectors:
        return published
    everything = every_version()
    defaults = {each.identifier: each for each in reversed(everything)}
    chosen: dict[tuple[str, int], Benchmark] = {}
    for selector in selectors:
        found = [each for each in published if matches(selector, each)]
        found = found or [each for each in defaults.values() if matches(selector, each)]
        found = found or [each for each in everything if matches(selector, each)]
        if not found:
            raise _nothing(selector, everything)
        chosen |= {(each.identifier, each.version): each for each in found}
    versions = Counter(identifier for identifier, _ in chosen)
    for identifier, count in versions.items():
        if count > 1:
            raise BenchmarkError(
                f"{count} versions of {identifier} are chosen; score one at a time, for example "
                f"{identifier}@{defaults[identifier].version}."
            )
    return tuple(each for each in everything if (each.identifier, each.version) in chosen)


def _nothing(selector: str, candidates: Sequence[Benchmark]) -> BenchmarkError:
    names = {name for each in candidates for name in (each.identifier, *each.parents)}
    near = difflib.get_close_matches(selector, sorted(names))
    if len(selector) >= _SHORTEST_FAMILY and "*" not in selector:  # part of several names: a family
        patterns = (f"'{selector}*'", f"'*{selector}*'")
        near = [each for each in patterns if any(fnmatchcase(name, each.strip("'")) for name in names)][:1] + near
    advice = f"did you mean {' or '.join(near)}?" if near else "see brainscore list for those there are."
    return BenchmarkError(f"No benchmark and no parent of the score tree matches {selector!r}; {advice}")
