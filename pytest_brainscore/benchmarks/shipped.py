"""The benchmarks of this package: one module per paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.placing import in_tree_order
from pytest_brainscore.trees import PUBLISHED, TreeLeaf, leaves_of, panel

_FAMILIES: Final = (
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
    "cowley2026",
    "kato2026",
    "li2026",
    "zerbe2026",
    "kriegeskorte2008",
    "allen2022_fmri",
    "hebart2023_fmri",
    "papale2025",
    "gifford2022",
    "rajalingham2020",
    "igustibagus2024",
    "cadena2017",
    "islam2021",
    "lonnqvist2024",
    "scialom2024",
    "malania2007",
)
"""Modules of this package. Each holds a tuple ``BENCHMARKS``, the published leaves in their default version, or a
function ``further_benchmarks``, which returns other versions and benchmarks outside the published tree, or both. The
order is that of the children of each parent in the score tree."""


@cache
def all_benchmarks() -> tuple[Benchmark, ...]:
    """Return the benchmarks of the published score tree in their default version, in the order of the tree."""
    return in_tree_order(benchmark for family in _families() for benchmark in getattr(family, "BENCHMARKS", ()))


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return other versions of the published benchmarks, and those of this package outside the published tree.

    Those on data that the user brings are listed as far as the user's folder has them.
    """
    families = (family for family in _families() if hasattr(family, "further_benchmarks"))
    return tuple(benchmark for family in families for benchmark in family.further_benchmarks())


def benchmarks_of_tree(name: str) -> tuple[Benchmark, ...]:
    """Return the benchmarks of a score tree in its versions, at their places in it and in its order.

    Raises
    ------
    UnknownTree
        There is no tree of that name.

    """
    return all_benchmarks() if name == PUBLISHED else _at_places(leaves_of(name))


def panel_benchmarks() -> tuple[Benchmark, ...]:
    """Return the fifteen benchmarks that predict the rest of the tree of 2026, as that tree has them."""
    return _at_places(panel())


def _at_places(leaves: Iterable[TreeLeaf]) -> tuple[Benchmark, ...]:
    shipped = {(each.identifier, each.version): each for each in (*all_benchmarks(), *further_benchmarks())}
    found = ((leaf, shipped.get((leaf.identifier, leaf.version))) for leaf in leaves)
    return tuple(
        each if each.parents == leaf.parents else replace(each, parents=leaf.parents)
        for leaf, each in found
        if each is not None
    )


@cache
def shipped_parents() -> frozenset[str]:
    """Return the names of all parents of benchmarks of this package."""
    return frozenset(parent for each in (*all_benchmarks(), *further_benchmarks()) for parent in each.parents)


def _families() -> tuple[ModuleType, ...]:
    return tuple(import_module(f"{__package__}.{family}") for family in _FAMILIES)
