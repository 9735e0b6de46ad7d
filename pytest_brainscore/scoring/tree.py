"""The score tree: where each benchmark stands, and the scores of its parents (V1, neural_vision, average_vision ...).

A leaf is scored (it has a number), failed (it was attempted and has none), or was never attempted. A local run is
usually partial, so that every parent has three numbers: the *site-comparable* one follows the rule of
www.brain-score.org, where a benchmark without a number counts as 0; the *mean of what was attempted* leaves out what
was never attempted, and counts what failed as 0; the *mean of what ran* leaves out both.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Protocol

import msgspec

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.trees import LATEST, PUBLISHED, TREES, TreeLeaf, leaves_of, panel, places


class ScoreTreeError(BrainScoreError):
    """A score tree contradicts itself, or a score does not belong into it."""


Leaf = TreeLeaf
"""A benchmark in a score tree."""


class Placed(Protocol):
    """What can stand in a tree: a benchmark, or the record of one."""

    @property
    def identifier(self) -> str:
        """Identifier of the benchmark."""

    @property
    def version(self) -> int:
        """Version of the benchmark."""

    @property
    def parents(self) -> Sequence[str]:
        """Path through the score tree."""


@dataclass(frozen=True)
class ScoreTree:
    """Benchmarks and their parents; made by :func:`build_tree`."""

    leaves: Mapping[str, Leaf]
    """Benchmarks by identifier, in the order of the tree."""
    children: Mapping[str, tuple[str, ...]]
    """Direct children (parents or leaves) of every parent; a parent comes before those below it."""
    roots: tuple[str, ...]
    """Parents that have no parent."""
    name: str = PUBLISHED
    """Name of the tree, without what benchmarks of one's own have beside it."""


class Aggregate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The scores of a parent in the score tree, within [0, 1]; a report has those of parents that have a number."""

    site_comparable: float | None
    """Mean over all direct children, where those without a number count as 0."""
    site_comparable_error: float | None
    """Standard error of `site_comparable`, on the same scale."""
    mean_of_what_ran: float | None
    """Mean over the direct children that have a number, each of them again the mean of what ran."""
    mean_of_what_ran_error: float | None
    """Standard error of `mean_of_what_ran`, on the same scale."""
    mean_of_what_was_attempted: float | None = None
    """Mean over the direct children below which something was attempted, where those without a number count as 0, each
    of them again the mean of what was attempted; null in reports of versions that did not say."""
    mean_of_what_was_attempted_error: float | None = None
    """Standard error of `mean_of_what_was_attempted`, on the same scale."""
    scored: int
    """Leaves below with a number."""
    failed: int = 0
    """Leaves below that were attempted and have no number; 0 in reports of versions that did not say."""
    leaves: int
    """Leaves below; coverage is `scored` of `leaves`. Those neither scored nor failed were never attempted."""


def published_tree() -> ScoreTree:
    """Return the tree of the published model page: 81 leaves below ``average_vision``, 25 below ``engineering_vision``.

    The versions of the leaves are those of that page (see ``fixtures/tree/leaves.csv``).
    """
    return named_tree(PUBLISHED)


@cache
def named_tree(name: str) -> ScoreTree:
    """Return a score tree by its name: ``published``, ``2026``, and the years before, which are pruned from 2026.

    Parents without leaves are not in a pruned tree, so that means are those of the children that are left.

    Raises
    ------
    UnknownTree
        There is no tree of that name.

    """
    return build_tree(leaves_of(name), name)


@cache
def panel_tree() -> ScoreTree:
    """Return the tree of the fifteen leaves that predict the rest of the tree of 2026."""
    return build_tree(panel(), LATEST)


def build_tree(leaves: Iterable[Leaf], name: str = PUBLISHED) -> ScoreTree:
    """Build a tree from its leaves; the order of the leaves is the order of the tree.

    Raises
    ------
    ScoreTreeError
        When a leaf has no parent, an identifier stands for two leaves or for a leaf and a parent, or a parent stands
        in two places.

    """
    by_identifier: dict[str, Leaf] = {}
    # Dictionaries in place of sets keep the order.
    children: dict[str, dict[str, None]] = {}
    found: dict[str, tuple[str, ...]] = {}
    for leaf in leaves:
        if not leaf.parents:
            raise ScoreTreeError(f"The leaf {leaf.identifier} of the score tree has no parent; name at least a root.")
        if leaf.identifier in by_identifier:
            raise ScoreTreeError(f"The leaf {leaf.identifier} is twice in the score tree; remove one.")
        by_identifier[leaf.identifier] = leaf
        for depth, parent in enumerate(leaf.parents):
            above = leaf.parents[:depth]
            if found.setdefault(parent, above) != above:
                raise ScoreTreeError(
                    f"The parent {parent} of {leaf.identifier} has two places in the score tree, below "
                    f"{'/'.join(found[parent]) or 'nothing'} and below {'/'.join(above) or 'nothing'}; keep one."
                )
            below = leaf.parents[depth + 1] if depth + 1 < len(leaf.parents) else leaf.identifier
            children.setdefault(parent, {})[below] = None
    for identifier in by_identifier.keys() & children.keys():
        raise ScoreTreeError(f"{identifier} is both a leaf and a parent in the score tree; rename one.")
    return ScoreTree(
        leaves=MappingProxyType(by_identifier),
        children=MappingProxyType({parent: tuple(below) for parent, below in children.items()}),
        roots=tuple(parent for parent, above in found.items() if not above),
        name=name,
    )


def tree_of(benchmarks: Iterable[Placed], name: str = PUBLISHED) -> ScoreTree:
    """Return a named tree with further benchmarks beside it, each below the parents that it names itself.

    What has no place there is left out: another version of a leaf, and whatever names a parent of the published trees,
    whose means are those of their leaves only, or contradicts itself. Of several versions of a benchmark the newest has
    the place. But for the order of rows, the order of the benchmarks does not matter.

    Parameters
    ----------
    benchmarks
        Those of a run, or the records of one, on whatever machine they were made.
    name
        Name of the tree.

    Raises
    ------
    UnknownTree
        There is no tree of that name.

    """
    tree = named_tree(name)
    taken = {identifier for each in map(named_tree, TREES) for identifier in each.leaves}
    newest: dict[str, Leaf] = {}
    for each in benchmarks:
        apart = each.identifier not in taken and not {*each.parents, each.identifier} & places()
        if apart and each.parents and not set(each.parents) & taken:
            known = newest.setdefault(each.identifier, leaf := Leaf(each.identifier, each.version, tuple(each.parents)))
            if (leaf.version, leaf.parents) > (known.version, known.parents):
                newest[each.identifier] = leaf
    if not newest:
        return tree
    own = list(newest.values())
    try:
        return build_tree([*tree.leaves.values(), *own], name)
    except ScoreTreeError:  # of several labs that do not know each other
        return build_tree([*tree.leaves.values(), *_consistent(own)], name)


def _consistent(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Return the leaves that do not contradict each other; which of two that do is left out depends on their names."""
    kept: set[Leaf] = set()
    for leaf in sorted(leaves, key=lambda leaf: leaf.identifier):
        try:
            build_tree([*kept, leaf])
        except ScoreTreeError:
            continue
        kept.add(leaf)
    return [leaf for leaf in leaves if leaf in kept]


def aggregate(
    scores: Mapping[str, float | None],
    errors: Mapping[str, float | None] | None = None,
    tree: ScoreTree | None = None,
    failed: Collection[str] = (),
) -> dict[str, Aggregate]:
    """Return the scores of all parents from the scores of the leaves.

    Leaf scores are cut to [0, 1], the range that the published site shows. The site-comparable score of a parent is
    what the site computes (``populate_final_agg_scores`` and ``fix_parent_scores`` of brain-score/brain-score.web):
    the unweighted mean over all its direct children, where missing and NaN count as 0; blank when no child has run;
    NaN when some have run and none has a number. The mean of what was attempted is the same over the children below
    which something was attempted, where those without a number count as 0. The mean of what ran is the same with such
    children left out. The three are equal where everything has a number.

    Parameters
    ----------
    scores
        Score of each leaf by identifier, in the version of the tree. Absent or None: did not run. NaN or infinite: ran
        without giving a number. The numbers are taken as they are: the site uses the ceiling-normalised score, but
        below ``engineering_vision`` the raw one (a fraction correct, within [0, 1]), and so should the caller.
    errors
        Standard error of each leaf score, on the scale of the score; absent, None, NaN or infinite where not known.
        The errors of different leaves are taken as independent, and go through the weights that the scores go through:
        the error of a mean over n children is the root of the sum of their squares, divided by n. Leaves without a
        number add nothing; the error of a score that was cut to [0, 1] stays as it is, which is at least what it
        should be. Leaves scored on the same units and stimuli are not independent: their errors tend to go together,
        and those of the parents are then too small.
    tree
        Tree to go up; by default :func:`published_tree`.
    failed
        Leaves that were attempted and came to no end that would be a number or NaN (they raised, their process died).
        Leaves with NaN are failed, too, and need not be named.

    Returns
    -------
    dict[str, Aggregate]
        One for every parent, in the order of the tree (a parent before those below it). A score is None (shown blank)
        when nothing below has run, and NaN (shown X) when something has run and nothing has given a number; the mean
        of what was attempted is None when nothing was attempted, and NaN when nothing attempted has given a number. Its
        error is None when there is no score, or when the error of a leaf that is part of it is not known.

    Raises
    ------
    ScoreTreeError
        When a score or an error belongs to no leaf of the tree, an error is negative, or a leaf with a number is named
        among those that failed.

    """
    tree = tree or published_tree()
    errors = errors or {}
    for identifier in [*scores, *errors, *failed]:
        if identifier not in tree.leaves:
            raise ScoreTreeError(f"{identifier} is not a leaf of the score tree; leave it out of the aggregation.")
    nodes = {leaf: _leaf(leaf, scores.get(leaf), errors.get(leaf), failed=leaf in failed) for leaf in tree.leaves}
    for parent, children in reversed(list(tree.children.items())):
        nodes[parent] = _parent([nodes[child] for child in children])
    return {parent: nodes[parent] for parent in tree.children}


def _leaf(identifier: str, score: float | None, error: float | None, *, failed: bool) -> Aggregate:
    """Return a leaf as the aggregate of itself."""
    if error is not None and error < 0:
        raise ScoreTreeError(f"The error {error} of {identifier} is negative; give a standard error or None.")
    number = score is not None and math.isfinite(score)
    if number and failed:
        raise ScoreTreeError(f"{identifier} has a score and is named among those that failed; it did one of both.")
    value: float | None = None
    if score is not None:
        value = min(max(float(score), 0.0), 1.0) if number else math.nan
    known = float(error) if number and error is not None and math.isfinite(error) else None
    return Aggregate(
        site_comparable=value,
        site_comparable_error=known,
        mean_of_what_ran=value,
        mean_of_what_ran_error=known,
        mean_of_what_was_attempted=math.nan if failed else value,
        mean_of_what_was_attempted_error=known,
        scored=int(number),
        failed=int(failed or (score is not None and not number)),
        leaves=1,
    )


def _parent(children: Sequence[Aggregate]) -> Aggregate:
    totals = {
        "scored": sum(child.scored for child in children),
        "failed": sum(child.failed for child in children),
        "leaves": sum(child.leaves for child in children),
    }
    scored = [child for child in children if child.scored]
    attempted = sum(child.mean_of_what_was_attempted is not None for child in children)
    if not scored:
        ran = any(child.site_comparable is not None for child in children)
        nothing = math.nan if ran else None
        return Aggregate(
            site_comparable=nothing,
            site_comparable_error=None,
            mean_of_what_ran=nothing,
            mean_of_what_ran_error=None,
            mean_of_what_was_attempted=math.nan if attempted else None,
            **totals,
        )
    # Every child in `scored` has a number; `or 0.0` says so to the type checker.
    return Aggregate(
        site_comparable=math.fsum(child.site_comparable or 0.0 for child in scored) / len(children),
        site_comparable_error=_error([child.site_comparable_error for child in scored], len(children)),
        mean_of_what_ran=math.fsum(child.mean_of_what_ran or 0.0 for child in scored) / len(scored),
        mean_of_what_ran_error=_error([child.mean_of_what_ran_error for child in scored], len(scored)),
        mean_of_what_was_attempted=math.fsum(child.mean_of_what_was_attempted or 0.0 for child in scored) / attempted,
        mean_of_what_was_attempted_error=_error(
            [child.mean_of_what_was_attempted_error for child in scored], attempted
        ),
        **totals,
    )


def _error(errors: Sequence[float | None], count: int) -> float | None:
    """Return the error of a sum of independent numbers divided by `count`; None when one error is not known."""
    known = [error for error in errors if error is not None]
    return math.hypot(*known) / count if len(known) == len(errors) else None
