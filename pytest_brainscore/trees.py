"""The score trees by name: which leaves each has, in which version, and where they stand. Light to import.

Written down in ``fixtures/tree/leaves.csv``, one line a leaf for all trees. ``published`` is the tree of the published
model page, whose numbers stay comparable with it; ``2026`` is the tree since then; a year before is that tree without
what came later, as the site prunes it for scores of an era.
"""

from __future__ import annotations

import csv
import os
from functools import cache
from typing import Final, NamedTuple

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.resources import resource_folder

PUBLISHED: Final = "published"
LATEST: Final = "2026"
TREES: Final = (PUBLISHED, LATEST, "2024", "2023", "2022")
"""Names of all trees."""
VARIABLE: Final = "BRAINSCORE_TREE"
"""Environment variable with the name of the tree where no option has one."""
PANEL: Final = "panel"
"""The word for fifteen leaves that predict the rest; nothing else can have this name."""
PANEL_IN_WORDS: Final = (
    "panel: mean of means over 15 of the 99 brain leaves of 2026 (missing = 0), which predict the rest; the statistics "
    "page of the site states a threshold of .199, and that the first three alone rank models with a Spearman "
    "correlation of about .93 with all 99"
)
QUICK: Final = "quick"
"""The parent of all quick benchmarks, and what their identifiers begin with; it is in no tree."""
QUICK_IN_WORDS: Final = (
    "QUICK: scores on a fixed part of the stimuli, to be compared with quick scores only; no published mean counts them"
)
_UNDETERMINED: Final = ("2021", "2021-Q1")
"""Eras of the site that are no tree here."""


class UnknownTree(BrainScoreError):
    """There is no score tree of that name."""


class TreeLeaf(NamedTuple):
    """A benchmark in a score tree."""

    identifier: str
    """Published identifier."""
    version: int
    """Version whose scores belong into the tree."""
    parents: tuple[str, ...]
    """From the root to the direct parent."""


def default_tree() -> str:
    """Return the name of the tree that counts where none is named: that of ``BRAINSCORE_TREE``, or ``published``.

    Raises
    ------
    UnknownTree
        There is no tree of the name in the environment.

    """
    return known_tree(os.environ.get(VARIABLE) or PUBLISHED, f"The environment variable {VARIABLE}")


def known_tree(name: str, where: str = "--brainscore-tree") -> str:
    """Return the name of a tree, when there is one of that name.

    Parameters
    ----------
    name
        The name.
    where
        What names it, to begin a sentence with.

    Raises
    ------
    UnknownTree
        There is none; the message says which there are.

    """
    if name in TREES:
        return name
    known = f"use one of {', '.join(TREES)}."
    if name in _UNDETERMINED:
        raise UnknownTree(
            f"{where} is {name!r}, and which leaves that tree had is not determinable: the site states 11, and 12 are "
            f"known that could be meant; {known}"
        )
    raise UnknownTree(f"{where} is {name!r}, and there is no score tree of that name; {known}")


def leaves_of(name: str) -> tuple[TreeLeaf, ...]:
    """Return the leaves of a tree, in the order of the tree.

    Raises
    ------
    UnknownTree
        There is no tree of that name.

    """
    return _leaves(known_tree(name, "The tree"))


@cache
def _leaves(name: str) -> tuple[TreeLeaf, ...]:
    column = "version" if name == PUBLISHED else "version_2026"
    return tuple(
        TreeLeaf(row["identifier"], int(row[column]), tuple(row["parents"].split("/")))
        for row in _rows("leaves.csv")
        if row[column] and (name in (PUBLISHED, LATEST) or (row["since"] and row["since"] <= name))
    )


@cache
def panel() -> tuple[TreeLeaf, ...]:
    """Return the fifteen leaves that predict the rest, as the tree of 2026 has them, in the order of the tree."""
    picked = {row["identifier"] for row in _rows("panel.csv")}
    return tuple(leaf for leaf in leaves_of(LATEST) if leaf.identifier in picked)


@cache
def places() -> frozenset[str]:
    """Return the names of all parents of all trees."""
    return frozenset(parent for name in TREES for leaf in leaves_of(name) for parent in leaf.parents)


def _rows(file: str) -> list[dict[str, str]]:
    text = (resource_folder("fixtures/tree") / file).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
