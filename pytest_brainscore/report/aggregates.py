"""The parents of the score tree, from the records of one model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from pytest_brainscore.report.notation import number
from pytest_brainscore.scoring.tree import Aggregate, ScoreTree, aggregate, published_tree, tree_of

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord

REGIONS: Final = ("V1", "V2", "V4", "IT")
"""The regions of the tree that are recorded from, in the order of the published page."""
MAIN_PARENTS: Final = ("average_vision", "neural_vision", *REGIONS, "behavior_vision", "engineering_vision")
"""The parents that a summary shows, as the published leaderboard does."""


def headlines(aggregates: Iterable[Mapping[str, Aggregate]]) -> list[str]:
    """Return the parents that a short table of models shows: the main ones, and those of one's own with a score."""
    published = published_tree().children
    own = (name for each in aggregates for name, parent in each.items() if parent.scored and name not in published)
    return list(dict.fromkeys([*MAIN_PARENTS, *own]))


PARENT_HEADER: Final = ("mean of what ran", "benchmarks", "site-comparable (missing = 0)")
"""What a table of parents says of each, as `parent_cells` does."""


def parent_cells(name: str, aggregate: Aggregate) -> tuple[str, str, str]:
    """Return what a table of parents says of one; only published parents can be compared with a site."""
    return (
        number(aggregate.mean_of_what_ran),
        f"{aggregate.scored} of {aggregate.leaves}",
        number(aggregate.site_comparable) if name in published_tree().children else "",
    )


def parents(records: Iterable[BenchmarkRecord], model: str, tree: ScoreTree | None = None) -> dict[str, Aggregate]:
    """Return the scores of all parents for one model, in the order of the tree.

    The tree is, unless one is given, that of the records of all models: the published one, and beside it what parents
    of their own benchmarks name. Only records in the version that the tree has count.
    """
    records = list(records)
    tree = tree or tree_of(records)
    mine = [
        record
        for record in records
        if record.model == model
        and record.identifier in tree.leaves
        and record.version == tree.leaves[record.identifier].version
    ]
    scores = {record.identifier: record.score for record in mine if record.status == "scored"}
    no_numbers = {record.identifier: math.nan for record in mine if record.status == "nan"}
    errors = {record.identifier: record.error for record in mine if record.error is not None}
    return aggregate(scores | no_numbers, errors, tree)
