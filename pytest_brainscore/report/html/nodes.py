"""The rows of the score page: the score tree, with a cell for every model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_brainscore.report.aggregates import REGIONS
from pytest_brainscore.report.html.cells import Cell, Style, facts, leaf_cell, parent_cell
from pytest_brainscore.report.html.changes import change_of
from pytest_brainscore.report.html.columns import Column
from pytest_brainscore.report.html.references import Publication, publications
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.scoring.tree import ScoreTree
from pytest_brainscore.trees import PUBLISHED

ENGINEERING = "engineering_vision"
"""Root of the benchmarks that have no ceiling of their own."""
# Roots and their children stand open, which is as many lines as a screen has; of engineering, as on the published page,
# only the root.
_OPEN_LEVELS = 2
# Fewer benchmarks without a result are in nobody's way.
_FOLDED_FROM = 3
# With as few scores as this, all of them are in sight: a run of one file of a suite.
_FEW_SCORES = 25
_TASKS: Mapping[str, str] = {
    "label": "labelling task",
    "probabilities": "match-to-sample task",
    "odd_one_out": "odd-one-out task",
}
# Names that protocols give to what was recorded from, in ``n``.
_SITES = ("neurons", "neuroids", "sites", "voxels")


@dataclass(frozen=True, kw_only=True)
class Node:
    """A row: a parent or a leaf of the score tree."""

    identifier: str
    """Name of the benchmark or parent."""
    version: int | None = None
    """Version of a benchmark."""
    depth: int
    """0 for a root."""
    leaves: int = 0
    """Benchmarks below a parent."""
    cells: tuple[Cell, ...]
    """One for every column."""
    children: tuple[Node, ...] = ()
    """Rows below, of a parent."""
    opened: bool = False
    """Whether the rows below are shown at first."""
    changed: bool = False
    """Whether anything changed here or below."""
    scored: bool = False
    """Whether there is a result here or below (a number, or X)."""
    subject: str = ""
    """What a benchmark measures."""
    publications: tuple[Publication, ...] = ()
    """Where a benchmark comes from."""
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Heading, and a text for every column."""

    @property
    def shown(self) -> tuple[Node, ...]:
        """The rows below that are not folded away."""
        folded = {node.identifier for node in self.folded}
        return tuple(node for node in self.children if node.identifier not in folded)

    @property
    def folded(self) -> tuple[Node, ...]:
        """Benchmarks below without a result, where they would drown those that have one."""
        blank = tuple(node for node in self.children if node.is_leaf and not node.scored and not node.changed)
        return blank if self.scored and len(blank) >= _FOLDED_FROM else ()

    @property
    def is_leaf(self) -> bool:
        """Whether this is a benchmark."""
        return not self.children


def nodes_of(columns: Sequence[Column], tree: ScoreTree, style: Style) -> list[Node]:
    """Return the roots of the page: those of the tree, then one for what is outside of it."""
    few = all(sum(record.status == "scored" for record in column.records) <= _FEW_SCORES for column in columns)
    roots = [_parent(root, columns, tree, style, 0, root == ENGINEERING, few) for root in tree.roots]
    return [*roots, *_outside(columns, style, tree.name)]


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield nodes and all below them, from the top."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def _parent(
    name: str, columns: Sequence[Column], tree: ScoreTree, style: Style, depth: int, engineering: bool, few: bool
) -> Node:
    children = tuple(
        _parent(child, columns, tree, style, depth + 1, engineering, few)
        if child in tree.children
        else _leaf(
            child,
            tree.leaves[child].version,
            [column.leaves.get(child) for column in columns],
            columns,
            style,
            depth + 1,
        )
        for child in tree.children[name]
    )
    below = {leaf.identifier for leaf in walk(children) if leaf.is_leaf}
    changed, scored = any(child.changed for child in children), any(child.scored for child in children)
    return Node(
        identifier=name,
        depth=depth,
        leaves=len(below),
        cells=tuple(parent_cell(column.aggregates[name], _changes(column, below), style) for column in columns),
        children=children,
        opened=depth < (1 if engineering else _OPEN_LEVELS) or changed or (few and scored),
        changed=changed,
        scored=scored,
    )


def _leaf(
    identifier: str,
    version: int,
    records: Sequence[BenchmarkRecord | None],
    columns: Sequence[Column],
    style: Style,
    depth: int,
) -> Node:
    told = [facts(record, column, style) for record, column in zip(records, columns, strict=True)]
    headings = dict.fromkeys(heading for each in told for heading in each)
    known = [record for record in records if record is not None]
    # A record with counts says more than one of a benchmark that did not run.
    best = max(known, key=lambda record: len(record.n), default=None)
    return Node(
        identifier=identifier,
        version=version,
        depth=depth,
        cells=tuple(leaf_cell(record, style) for record in records),
        changed=any(change_of(record) for record in known),
        scored=any(record.status in ("scored", "nan") for record in known),
        subject=_subject(best) if best else "",
        publications=tuple(publications(record.citation for record in known)),
        facts=tuple((heading, tuple(each.get(heading, "") for each in told)) for heading in headings),
    )


def _subject(record: BenchmarkRecord) -> str:
    """Return what was measured: recordings from how many sites and where, or the task; and on how many images."""
    if record.region in REGIONS:
        sites = next((f"from {record.n[name]} {name} " for name in _SITES if name in record.n), "")
        what = f"recordings {sites}in {record.region}"
    else:
        what = _TASKS.get(record.region, f"{record.region.replace('_', ' ')} task")
    images = f", {record.n['stimuli']} stimuli" if "stimuli" in record.n else ""
    return what + images


def _outside(columns: Sequence[Column], style: Style, tree: str) -> list[Node]:
    """Return what has no place in the tree, other versions above all, as a root without a mean."""
    keys = dict.fromkeys((record.identifier, record.version) for column in columns for record in column.others)
    if not keys:
        return []
    children = []
    for identifier, version in keys:
        records = [
            next((each for each in column.others if (each.identifier, each.version) == (identifier, version)), None)
            for column in columns
        ]
        children.append(_leaf(identifier, version, records, columns, style, 1))
    return [
        Node(
            identifier="outside the published tree" if tree == PUBLISHED else f"outside the score tree {tree}",
            depth=0,
            leaves=len(children),
            cells=tuple(Cell(score="") for _ in columns),
            children=tuple(children),
            opened=True,
            changed=any(child.changed for child in children),
            scored=any(child.scored for child in children),
        )
    ]


def _changes(column: Column, below: set[str]) -> Mapping[str, int]:
    kinds = (change_of(record) for name, record in column.leaves.items() if name in below)
    return Counter(kind for kind in kinds if kind)
