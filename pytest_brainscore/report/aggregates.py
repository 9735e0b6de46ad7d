"""The parents of the score tree, from the records of one model."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from pytest_brainscore.report.notation import number, plus_minus
from pytest_brainscore.scoring.tree import Aggregate, ScoreTree, aggregate, published_tree, tree_of

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates
    from pytest_brainscore.report.record import BenchmarkRecord

REGIONS: Final = ("V1", "V2", "V4", "IT")
"""The regions of the tree that are recorded from, in the order of the published page."""
MAIN_PARENTS: Final = ("average_vision", "neural_vision", *REGIONS, "behavior_vision", "engineering_vision")
"""The parents that a summary shows, as the published leaderboard does."""
Key = tuple[str, str, int]
"""Model, identifier and version of a benchmark."""


def headlines(aggregates: Iterable[Mapping[str, Aggregate]]) -> list[str]:
    """Return the parents that a short table of models shows: the main ones, and those of one's own with a score."""
    published = published_tree().children
    own = (name for each in aggregates for name, parent in each.items() if parent.scored and name not in published)
    return list(dict.fromkeys([*MAIN_PARENTS, *own]))


PARENT_HEADER: Final = ("mean of what ran", "benchmarks", "site-comparable (missing = 0)")
"""What a table of parents says of each, as `parent_cells` does."""


def parent_cells(name: str, aggregate: Aggregate) -> tuple[str, str, str]:
    """Return what a table of parents says of one; only published parents can be compared with a site."""
    ran = f"{number(aggregate.mean_of_what_ran)} {plus_minus(aggregate.mean_of_what_ran_error)}".rstrip()
    site = f"{number(aggregate.site_comparable)} {plus_minus(aggregate.site_comparable_error)}".rstrip()
    return (
        ran,
        f"{aggregate.scored} of {aggregate.leaves}",
        site if name in published_tree().children else "",
    )


def parents(
    records: Iterable[BenchmarkRecord],
    model: str,
    tree: ScoreTree | None = None,
    replicates: Mapping[Key, Replicates] | None = None,
) -> dict[str, Aggregate]:
    """Return the scores of all parents for one model, in the order of the tree.

    The tree is, unless one is given, that of the records of all models: the published one, and beside it what parents
    of their own benchmarks name. Only records in the version that the tree has count.

    Errors are those of independent leaves; where all scored leaves below a parent have bootstrap values, those of their
    means draw by draw, which know what leaves have in common.
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
    found = aggregate(scores | no_numbers, errors, tree)
    keys = {record.identifier: (model, record.identifier, record.version) for record in mine}
    drawn = {name: replicates[keys[name]] for name in scores if replicates and keys[name] in replicates}
    return with_drawn_errors(found, drawn, scores, tree) if drawn else found


def with_drawn_errors(
    aggregates: Mapping[str, Aggregate], drawn: Mapping[str, Replicates], scored: Collection[str], tree: ScoreTree
) -> dict[str, Aggregate]:
    """Return the parents of a tree with the errors of their bootstrap values, where all scored leaves below have some.

    Parameters
    ----------
    aggregates
        Of every parent.
    drawn
        Bootstrap values by leaf.
    scored
        Leaves with a score.
    tree
        That of the parents.

    """
    from pytest_brainscore.inference.differences import score_error
    from pytest_brainscore.inference.parents import parent_replicates

    without = set().union(*(tree.leaves[name].parents for name in scored if name not in drawn))
    try:
        as_zero = parent_replicates(drawn, tree.children)
        left_out = parent_replicates(drawn, tree.children, missing="left out")
    except ValueError:  # some with fewer draws than others
        return dict(aggregates)
    return {
        name: each
        if name in without or name not in as_zero
        else msgspec.structs.replace(
            each,
            site_comparable_error=_known(score_error(as_zero[name])),
            mean_of_what_ran_error=_known(score_error(left_out[name])),
        )
        for name, each in aggregates.items()
    }


def as_reported(aggregates: Mapping[str, Aggregate], reported: Mapping[str, Aggregate]) -> dict[str, Aggregate]:
    """Return parents as a report has them, whose errors may be those of bootstrap values, where they have its scores.

    Of another tree, as where reports are shown together, a parent can have another score than in its own report.
    """
    return {
        name: known
        if (known := reported.get(name)) is not None
        and (known.site_comparable, known.mean_of_what_ran) == (each.site_comparable, each.mean_of_what_ran)
        else each
        for name, each in aggregates.items()
    }


def _known(error: float) -> float | None:
    return error if math.isfinite(error) else None
