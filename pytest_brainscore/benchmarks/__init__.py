"""All benchmarks: one module per paper, listed here in the order of the score tree.

Importing this package and listing the benchmarks is light (no numpy, no torch), so that test collection is instant.
"""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.errors import BrainScoreError

_FAMILIES = ("marques2020", "geirhos2021")
"""Modules of this package that hold a tuple ``BENCHMARKS``, in the order of the score tree."""


class BenchmarkError(BrainScoreError):
    """A benchmark was asked for that does not exist, or not in that version."""


@cache
def all_benchmarks() -> tuple[Benchmark, ...]:
    """Return every benchmark, in the order of the score tree."""
    families = (import_module(f"{__name__}.{family}") for family in _FAMILIES)
    return tuple(benchmark for family in families for benchmark in family.BENCHMARKS)


def load_benchmark(identifier: str) -> Benchmark:
    """Return one benchmark; called with a model, it returns the :class:`~pytest_brainscore.scoring.score.Score`.

    Parameters
    ----------
    identifier
        Published identifier, for example ``Marques2020_DeValois1982-pref_or``, or ``IDENTIFIER@VERSION``.

    Raises
    ------
    BenchmarkError
        When there is no benchmark of that name or version; the message names those that come near.

    """
    name, _, version = identifier.partition("@")
    named = [benchmark for benchmark in all_benchmarks() if benchmark.identifier == name]
    if not named:
        near = difflib.get_close_matches(name, [benchmark.identifier for benchmark in all_benchmarks()])
        advice = f"did you mean {' or '.join(near)}?" if near else "see all_benchmarks() for those there are."
        raise BenchmarkError(f"There is no benchmark {name!r}; {advice}")
    if not version:
        return named[0]
    for benchmark in named:
        if version == str(benchmark.version):
            return benchmark
    known = ", ".join(f"{benchmark.identifier}@{benchmark.version}" for benchmark in named)
    raise BenchmarkError(f"There is no version {version!r} of the benchmark {name}; use {known}.")
