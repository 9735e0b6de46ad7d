"""The parents of the score tree, from the records of one model."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pytest_brainscore.scoring.tree import Aggregate, aggregate, published_tree

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord

REGIONS: Final = ("V1", "V2", "V4", "IT")
"""The regions of the tree that are recorded from, in the order of the published page."""
MAIN_PARENTS: Final = ("average_vision", "neural_vision", *REGIONS, "behavior_vision", "engineering_vision")
"""The parents that a summary shows, as the published leaderboard does."""


def parents(records: Iterable[BenchmarkRecord], model: str) -> dict[str, Aggregate]:
    """Return the scores of all parents for one model, in the order of the tree.

    Only records of benchmarks of the published tree, in the version that the tree has, count.
    """
    tree = published_tree()
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
    return aggregate(scores | no_numbers, errors)
