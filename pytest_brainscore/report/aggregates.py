"""The parents of the score tree, from the records of one model."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.notation import number
from pytest_brainscore.scoring.tree import Aggregate, ScoreTree, aggregate, named_tree, panel_tree, tree_of
from pytest_brainscore.trees import LATEST, PANEL, PUBLISHED, places

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates
    from pytest_brainscore.report.record import BenchmarkRecord, Report

REGIONS: Final = ("V1", "V2", "V4", "IT")
"""The regions of the tree that are recorded from, in the order of the published page."""
MAIN_PARENTS: Final = ("average_vision", "neural_vision", *REGIONS, "behavior_vision", "engineering_vision")
"""The parents that a summary shows, as the published leaderboard does."""
Key = tuple[str, str, int]
"""Model, identifier and version of a benchmark."""
Mean = Literal["ran", "attempted", "site"]
"""Which mean of a parent is meant."""
_MEANS: Final[Mapping[Mean, str]] = {
    "ran": "mean_of_what_ran",
    "attempted": "mean_of_what_was_attempted",
    "site": "site_comparable",
}
MEAN_NAMES: Final[Mapping[Mean, str]] = {
    "ran": "mean of what ran",
    "attempted": "mean of what was attempted",
    "site": "site-comparable mean",
}
"""What they are called."""
MEANS_IN_WORDS: Final = (
    "the mean of what ran is over benchmarks with a number; in the mean of what was attempted, those that failed (X: "
    "attempted, no number) count as 0; in the site-comparable one, those that were never attempted do, too"
)
"""What tells the three means apart, to follow a colon."""
_FAILED: Final = ("failed", "crashed")
"""Statuses of what was attempted and did not come to an end; ``nan`` is attempted without a number, too."""


class UnlikeTrees(ReportError):
    """Reports were aggregated by different score trees."""


def headlines(aggregates: Iterable[Mapping[str, Aggregate]]) -> list[str]:
    """Return the parents that a short table of models shows: the main ones, and those of one's own with a score."""
    aggregates = list(aggregates)
    main = (name for name in MAIN_PARENTS if not aggregates or any(name in each for each in aggregates))
    own = (name for each in aggregates for name, parent in each.items() if parent.scored and name not in places())
    return list(dict.fromkeys([*main, *own]))


def mean_of(aggregate: Aggregate, mean: Mean) -> float | None:
    """Return one of the three means of a parent."""
    found: float | None = getattr(aggregate, _MEANS[mean])
    return found


def parent_table(parents: Sequence[tuple[str, Aggregate]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the header and the rows of a table that says of each parent its means, and how many benchmarks have which.

    The mean of what was attempted is left out where nothing failed, as it is that of what ran then. Only published
    parents can be compared with a site.
    """
    rows = [
        (
            number(each.mean_of_what_ran),
            f"{each.scored} of {each.leaves}" + (f", {each.failed} X" if each.failed else ""),
            number(each.mean_of_what_was_attempted),
            number(each.site_comparable) if name in places() or name == PANEL else "",
        )
        for name, each in parents
    ]
    header = (
        "mean of what ran",
        "benchmarks",
        "attempted",
        "site-comparable (missing = 0)",
    )
    shown = [True, True, any(each.failed for _, each in parents), any(row[-1] for row in rows)]
    kept = [tuple(cell for cell, show in zip(row, shown, strict=True) if show) for row in (header, *rows)]
    return kept[0], kept[1:]


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
    mine = [record for record in records if record.model == model and _stands_in(record, tree)]
    scores = {record.identifier: record.score for record in mine if record.status == "scored"}
    no_numbers = {record.identifier: math.nan for record in mine if record.status == "nan"}
    errors = {record.identifier: record.error for record in mine if record.error is not None}
    failed = {record.identifier for record in mine if record.status in _FAILED}
    found = aggregate(scores | no_numbers, errors, tree, failed)
    keys = {record.identifier: (model, record.identifier, record.version) for record in mine}
    drawn = {name: replicates[keys[name]] for name in scores if replicates and keys[name] in replicates}
    return with_drawn_errors(found, drawn, scores, tree, failed | no_numbers.keys()) if drawn else found


def panel_mean(
    records: Iterable[BenchmarkRecord], model: str, replicates: Mapping[Key, Replicates] | None = None
) -> Aggregate:
    """Return the mean of means of a model over the fifteen leaves that predict the rest, in the versions of 2026."""
    return parents(records, model, panel_tree(), replicates)["average_vision"]


def shown_parents(
    records: Iterable[BenchmarkRecord],
    model: str,
    tree: ScoreTree | None = None,
    replicates: Mapping[Key, Replicates] | None = None,
) -> dict[str, Aggregate]:
    """Return the parents of a model that have a number, and ``panel``, where all fifteen of its leaves have a record.

    The parameters are those of :func:`parents`.
    """
    records = list(records)
    found = {name: each for name, each in parents(records, model, tree, replicates).items() if each.scored}
    if has_panel(records, model):
        panel = panel_mean(records, model, replicates)
        found |= {PANEL: panel} if panel.scored else {}
    return found


def has_panel(records: Iterable[BenchmarkRecord], model: str) -> bool:
    """Tell whether there is a record, with a score or without, of every leaf of the panel."""
    tree = panel_tree()
    mine = {record.identifier for record in records if record.model == model and _stands_in(record, tree)}
    return mine == set(tree.leaves)


def tree_of_report(report: Report, name: str | None = None) -> ScoreTree:
    """Return the score tree of a report, or a named one, with what benchmarks of one's own the report has beside it."""
    return tree_of(report.benchmarks, name or report.tree)


def common_tree(reports: Mapping[str, Report]) -> str:
    """Return the name of the score tree of reports, which are given by what they are called.

    Lines of a run that was killed do not know theirs.

    Raises
    ------
    UnlikeTrees
        They have been aggregated by different trees.

    """
    known = [(name, report.tree) for name, report in reports.items() if report.environment.python]
    if not known:
        return likely_tree(record for report in reports.values() for record in report.benchmarks)
    first, tree = known[0]
    for name, other in known:
        if other != tree:
            raise UnlikeTrees(
                f"The means of {first} are those of the score tree {tree}, the means of {name} those of {other}; name "
                "the tree to average all of them over with --tree."
            )
    return tree


def likely_tree(records: Iterable[BenchmarkRecord]) -> str:
    """Return the name of the tree that has most records in their versions, where nothing says by which they were made.

    Of trees that have as many, it is the published one.
    """
    records = list(records)
    return max((PUBLISHED, LATEST), key=lambda name: sum(_stands_in(each, named_tree(name)) for each in records))


def _stands_in(record: BenchmarkRecord, tree: ScoreTree) -> bool:
    leaf = tree.leaves.get(record.identifier)
    return leaf is not None and leaf.version == record.version


def with_drawn_errors(
    aggregates: Mapping[str, Aggregate],
    drawn: Mapping[str, Replicates],
    scored: Collection[str],
    tree: ScoreTree,
    failed: Collection[str] = (),
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
    failed
        Leaves that were attempted and have no score.

    """
    from pytest_brainscore.inference.differences import score_error
    from pytest_brainscore.inference.parents import parent_replicates

    without = set().union(*(tree.leaves[name].parents for name in scored if name not in drawn))
    try:
        as_zero = parent_replicates(drawn, tree.children)
        left_out = parent_replicates(drawn, tree.children, missing="left out")
        attempted = parent_replicates(drawn, _attempted_children(aggregates, {*scored, *failed}, tree))
    except ValueError:  # some with fewer draws than others
        return dict(aggregates)
    return {
        name: each
        if name in without or name not in as_zero
        else msgspec.structs.replace(
            each,
            site_comparable_error=_known(score_error(as_zero[name])),
            mean_of_what_ran_error=_known(score_error(left_out[name])),
            mean_of_what_was_attempted_error=_known(score_error(attempted[name])),
        )
        for name, each in aggregates.items()
    }


def _attempted_children(
    aggregates: Mapping[str, Aggregate], leaves: Collection[str], tree: ScoreTree
) -> dict[str, list[str]]:
    """Return the children of every parent below which something was attempted."""

    def attempted(child: str) -> bool:
        found = aggregates.get(child)
        return child in leaves if found is None else found.mean_of_what_was_attempted is not None

    return {parent: [child for child in children if attempted(child)] for parent, children in tree.children.items()}


def as_reported(aggregates: Mapping[str, Aggregate], reported: Mapping[str, Aggregate]) -> dict[str, Aggregate]:
    """Return parents with the errors of a report, which may be those of bootstrap values, where it has the scores.

    Of another tree, as where reports are shown together, a parent can have another score than in its own report.
    """
    return {
        name: _with_errors(each, known) if (known := reported.get(name)) is not None else each
        for name, each in aggregates.items()
    }


def _with_errors(found: Aggregate, reported: Aggregate) -> Aggregate:
    for mean in _MEANS.values():
        if getattr(found, mean) == getattr(reported, mean):
            found = msgspec.structs.replace(found, **{f"{mean}_error": getattr(reported, f"{mean}_error")})
    return found


def _known(error: float) -> float | None:
    return error if math.isfinite(error) else None
