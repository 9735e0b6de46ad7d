"""Bootstrap values of averages over a tree, draw by draw: leaves on the same images are not independent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from pytest_brainscore.inference.levels import Replicates


def parent_replicates(
    leaves: Mapping[str, Replicates],
    children: Mapping[str, Sequence[str]],
    *,
    missing: Literal["zero", "left out"] = "zero",
) -> dict[str, Replicates]:
    """Average bootstrap values over a tree.

    Parameters
    ----------
    leaves
        Bootstrap values by leaf, of those that have a score. They are cut to [0, 1] with their scores, as in averages.
    children
        Direct children of each parent, leaves or other parents, in any order.
    missing
        Whether a child without a score counts as 0, as on the published site, or is left out of the mean.

    Returns
    -------
    Bootstrap values of every parent that has something below it, of which `Replicates.score` is the average score.

    Raises
    ------
    ValueError
        If a parent is below itself, or leaves have different numbers of draws.

    """
    known: dict[str, Replicates | None] = {name: _cut(each) for name, each in leaves.items()}
    open_parents: set[str] = set()

    def average(parent: str) -> Replicates | None:
        if parent in known:
            return known[parent]
        if parent not in children:
            return None
        if parent in open_parents:
            raise ValueError(f"{parent} is below itself in the tree: a child must not be its own parent.")
        open_parents.add(parent)
        found = [each for each in map(average, children[parent]) if each is not None]
        if not found:
            known[parent] = None
            return None
        if len({(each.values.shape, each.parts.shape) for each in found}) > 1:
            raise ValueError(f"Below {parent} are different numbers of bootstrap values: score all with the same.")
        count = len(children[parent]) if missing == "zero" else len(found)
        known[parent] = mean = mean_replicates(found, count)
        return mean

    return {parent: each for parent in children if (each := average(parent)) is not None}


def mean_replicates(found: Sequence[Replicates], count: int | None = None) -> Replicates:
    """Average bootstrap values with the same number of draws; `count` is how many there are to average, if more."""
    total = count or len(found)
    return Replicates(
        sum(each.score for each in found) / total,
        np.sum([each.values for each in found], axis=0) / total,
        np.sum([each.parts for each in found], axis=0) / total,
    )


def _cut(leaf: Replicates) -> Replicates:
    score = min(max(leaf.score, 0.0), 1.0)
    parts = np.clip(leaf.score + np.asarray(leaf.parts, dtype=np.float64), 0.0, 1.0) - score
    return Replicates(score, np.clip(np.asarray(leaf.values, dtype=np.float64), 0.0, 1.0), parts)
