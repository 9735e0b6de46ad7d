"""All benchmarks: one module per paper, listed here in the order of the score tree.

Importing this package and listing the benchmarks is light (no numpy, no torch), so that test collection is instant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from types import ModuleType

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.stimuli.showing import SCREENS, Screen
from pytest_brainscore.errors import BenchmarkError

_FAMILIES = (
    "marques2020",
    "freemanziemba2013",
    "sanghavi2020",
    "majajhong2015",
    "kar2019",
    "bracci2019",
    "coggan2024_fmri",
    "rajalingham2018",
    "imagenet",
    "imagenet_c",
    "objectnet",
    "geirhos2021",
    "hermann2020",
    "baker2022",
    "maniquet2024",
    "ferguson2024",
    "hebart2023",
    "bmd2024",
    "coggan2024_behavior",
    "cowley2023",
    "kriegeskorte2008",
)
"""Modules of this package. Each holds a tuple ``BENCHMARKS``, the published leaves in their default version, or a
function ``further_benchmarks``, which returns other versions and benchmarks outside the published tree, or both. The
order is that of the children of each parent in the score tree."""


@cache
def all_benchmarks() -> tuple[Benchmark, ...]:
    """Return the benchmarks of the published score tree in their default version, in the order of the tree."""
    leaves = [benchmark for family in _families() for benchmark in getattr(family, "BENCHMARKS", ())]
    # Depth first: a paper has leaves in several places of the tree, and a place has leaves of several papers.
    places: dict[tuple[str, ...], int] = {}

    def place(benchmark: Benchmark) -> list[int]:
        path = (*benchmark.parents, benchmark.identifier)
        return [places.setdefault(path[: depth + 1], len(places)) for depth in range(len(path))]

    return tuple(sorted(leaves, key=place))


def every_version() -> tuple[Benchmark, ...]:
    """Return all that can be loaded by name: :func:`all_benchmarks`, then other versions and those outside the tree.

    The first benchmark of an identifier is its default version. Benchmarks on data that the user brings are listed as
    far as the user's folder has them.
    """
    families = (family for family in _families() if hasattr(family, "further_benchmarks"))
    return (*all_benchmarks(), *(benchmark for family in families for benchmark in family.further_benchmarks()))


def _families() -> Iterator[ModuleType]:
    return (import_module(f"{__name__}.{family}") for family in _FAMILIES)


def load_benchmark(identifier: str, *, screen: Screen = "published") -> Benchmark:
    """Return one benchmark; called with a model, it returns the :class:`~pytest_brainscore.scoring.score.Score`.

    Parameters
    ----------
    identifier
        Published identifier, for example ``Marques2020_DeValois1982-pref_or``, or ``IDENTIFIER@VERSION``.
    screen
        How stimuli of other visual degrees than the model's are shown. ``published``: as the published system does,
        which writes them to files of their own format, so that JPEG images are compressed twice. ``lossless``: their
        pixels are kept; such scores are compared with no others.

    Raises
    ------
    BenchmarkError
        When there is no benchmark of that name or version; the message names those that come near. When there is no
        such `screen`.

    """
    if screen not in SCREENS:
        raise BenchmarkError(f"There is no screen {screen!r}; use one of {', '.join(SCREENS)}.")
    found = _named(identifier)
    return found if found.screen == screen else replace(found, screen=screen)


def _named(identifier: str) -> Benchmark:
    name, _, version = identifier.partition("@")
    known_benchmarks = every_version()
    named = [benchmark for benchmark in known_benchmarks if benchmark.identifier == name]
    if not named:
        near = difflib.get_close_matches(name, [benchmark.identifier for benchmark in known_benchmarks])
        advice = f"did you mean {' or '.join(near)}?" if near else "see all_benchmarks() for those there are."
        raise BenchmarkError(f"There is no benchmark {name!r}; {advice}")
    if not version:
        return named[0]
    for benchmark in named:
        if version == str(benchmark.version):
            return benchmark
    known = ", ".join(f"{benchmark.identifier}@{benchmark.version}" for benchmark in named)
    raise BenchmarkError(f"There is no version {version!r} of the benchmark {name}; use {known}.")
