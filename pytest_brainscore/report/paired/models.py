"""Models compared draw by draw: leaves and parents with intervals, families, and who is tied.

Two models that answered the same images, and are compared with the same neurons and people, share most of their
error. What is left of it in their difference is told from bootstrap values on the same draws
(see `pytest_brainscore.inference`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from pytest_brainscore.inference.attribution import Attribution
from pytest_brainscore.inference.differences import Difference, paired_difference
from pytest_brainscore.inference.families import benjamini_hochberg, holm
from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.inference.parents import parent_replicates
from pytest_brainscore.inference.standings import Standings
from pytest_brainscore.inference.standings import standings as rank
from pytest_brainscore.report.aggregates import REGIONS
from pytest_brainscore.report.notation import number
from pytest_brainscore.report.paired.words import count_in_words, in_words
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.scoring.ingredients import is_of_the_model
from pytest_brainscore.scoring.tree import ScoreTree, panel_tree, tree_of
from pytest_brainscore.trees import PANEL, PUBLISHED

Method = Literal["holm", "bh"]
METHODS: Final[Mapping[Method, str]] = MappingProxyType({"holm": "Holm", "bh": "Benjamini-Hochberg"})
"""How p values of a family are adjusted."""
NEEDED: Final = (
    "Intervals of the differences need the bootstrap values of both runs, NAME.replicates.npz beside NAME.json; score "
    "them again with this version, and keep both files together."
)
"""Why there are none."""
LEVEL: Final = 0.05
_FAMILIES: Final = (*REGIONS, "behavior_vision", "engineering_vision")


@dataclass(frozen=True)
class Scored:
    """The scores of one model in one report."""

    name: str
    """What the model is called beside the others."""
    records: Mapping[str, BenchmarkRecord]
    """By benchmark."""
    replicates: Mapping[tuple[str, int], Replicates]
    """By benchmark and version; of those that have bootstrap values."""
    attributions: Mapping[tuple[str, int], Attribution] = field(default_factory=dict)
    """What units contribute to scores, likewise."""


@dataclass(frozen=True)
class Row:
    """A leaf or a parent, compared for two models."""

    name: str
    family: str
    """Of a leaf: V1, V2, V4, IT, behavior_vision, engineering_vision, or the parent of a benchmark of one's own."""
    is_leaf: bool
    difference: Difference
    p: float
    """Of a leaf, adjusted for its family; of a parent, its own."""
    leaves: int
    """Leaves that it averages; 1 of a leaf."""
    n: Mapping[str, int] = field(default_factory=dict)
    """How many stimuli, neuroids or people decided, of a leaf."""


@dataclass(frozen=True)
class Paired:
    """Two models, draw by draw."""

    models: tuple[str, str]
    """First and second; differences are second minus first."""
    rows: tuple[Row, ...]
    """Parents, each before what is below it, in the order of the tree; then leaves that are in no tree."""
    unlike: Mapping[str, tuple[str, ...]]
    """Benchmarks that cannot be compared, as they differ in more than the model, and in what."""
    method: Method

    def sentences(self) -> list[str]:
        """Say what was found: a line for each family, and for each parent above."""
        said = []
        for row in self.rows:
            if row.is_leaf:
                continue
            mine = [each.p for each in self.rows if each.is_leaf and each.family == row.name]
            counted = f"; {count_in_words(mine, level=LEVEL, method=METHODS[self.method])}" if mine else ""
            said.append(in_words(row.name, self.models, row.difference, p=row.p, level=LEVEL, show=number) + counted)
        parents = {row.name for row in self.rows if not row.is_leaf}
        for family in dict.fromkeys(row.family for row in self.rows if row.is_leaf and row.family not in parents):
            mine = [row.p for row in self.rows if row.is_leaf and row.family == family]
            said.append(f"{family}: {count_in_words(mine, level=LEVEL, method=METHODS[self.method])}")
        return said


def unlike_ingredients(one: BenchmarkRecord, other: BenchmarkRecord) -> tuple[str, ...]:
    """Return in what two scores of two models differ besides the model; where there is anything, draws are not shared.

    Weights, layer, visual degrees and preprocessing are the model's.
    """
    if one.version != other.version:
        return ("version",)
    names = sorted(one.fingerprint.keys() | other.fingerprint.keys())
    return tuple(
        name for name in names if one.fingerprint.get(name) != other.fingerprint.get(name) and not is_of_the_model(name)
    )


def has_pairs(models: Iterable[Scored]) -> bool:
    """Tell whether there is a benchmark of which all these models have bootstrap values."""
    return bool(_shared(list(models))[0])


def paired(first: Scored, second: Scored, *, method: Method = "holm", tree: str = PUBLISHED) -> Paired:
    """Compare two models on every leaf of which both have bootstrap values, and on the parents of these.

    Parents are means over these leaves only, the same for both models, each child a mean of its own.

    Parameters
    ----------
    first, second
        The models.
    method
        How p values are adjusted for the leaves of a region; p of parents are not adjusted.
    tree
        Name of the score tree of the parents.

    """
    leaves, unlike = _shared([first, second])
    places = tree_of((first.records[name] for name in leaves), tree)
    ones, others = ({name: _values(each, name) for name in leaves} for each in (first, second))
    differences = {name: paired_difference(ones[name], others[name]) for name in leaves}
    family = {name: _family(first.records[name]) for name in leaves}
    adjusted = _adjusted({name: each.p for name, each in differences.items()}, family, method)
    rows = []
    placed = _placed(places, first, leaves)
    parents = [
        parent_replicates({name: each[name] for name in placed}, places.children, missing="left out")
        for each in (ones, others)
    ]
    below = _leaves_below(places, placed)
    for name in _in_order(places, placed, leaves):
        if name in leaves:
            n = first.records[name].n
            rows.append(Row(name, family[name], True, differences[name], adjusted[name], 1, n))
        else:
            difference = paired_difference(parents[0][name], parents[1][name])
            rows.append(Row(name, name, False, difference, difference.p, below[name]))
    return Paired((first.name, second.name), tuple(rows), unlike, method)


@dataclass(frozen=True)
class Several:
    """Several models, draw by draw."""

    models: tuple[str, ...]
    tables: Mapping[str, Standings]
    """By leaf or parent, in the order of the tree."""
    unlike: Mapping[str, tuple[str, ...]]
    """As in `Paired`, between any two models."""


def several(models: Sequence[Scored], only: str | None = None, tree: str = PUBLISHED) -> Several:
    """Rank several models on every leaf of which all have bootstrap values, and on the parents of these.

    p values of pairs are adjusted for all pairs of one leaf or parent (Holm). With `only`, there is a table of this
    leaf or parent, if it has one; ``panel`` is a parent for that. Parents are those of a score tree, by its name.
    """
    leaves, unlike = _shared(models)
    first = models[0]
    places = panel_tree() if only == PANEL else tree_of((first.records[name] for name in leaves), tree)
    placed = _placed(places, first, leaves)
    panel = [PANEL] if only == PANEL and placed else []
    values = {each.name: {name: _values(each, name) for name in leaves} for each in models}
    for name, mine in values.items():
        mine |= parent_replicates({leaf: mine[leaf] for leaf in placed}, places.children, missing="left out")
        values[name] = mine | ({PANEL: mine["average_vision"]} if panel else {})
    order = [node for node in [*_in_order(places, placed, leaves), *panel] if only in (None, node)]
    tables = {node: rank({name: mine[node] for name, mine in values.items()}) for node in order}
    return Several(tuple(each.name for each in models), tables, unlike)


def _values(model: Scored, name: str) -> Replicates:
    return model.replicates[name, model.records[name].version]


def _shared(models: Sequence[Scored]) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Return the benchmarks on which all models can be compared, and why others cannot."""
    found, unlike = [], {}
    for name, record in models[0].records.items():
        records = [each.records.get(name) for each in models]
        if any(each is None or each.status != "scored" for each in records):
            continue
        known = [each for each in records if each is not None]
        reasons = {reason: None for each in known[1:] for reason in unlike_ingredients(record, each)}
        if reasons:
            unlike[name] = tuple(reasons)
            continue
        values = [each.replicates.get((name, record.version)) for each in models]
        shapes = {each.values.shape for each in values if each is not None}
        if all(each is not None for each in values) and len(shapes) == 1:
            found.append(name)
        elif len(shapes) > 1:
            unlike[name] = ("number of bootstrap values",)
    return found, unlike


def _family(record: BenchmarkRecord) -> str:
    known = [each for each in _FAMILIES if each in record.parents]
    return known[0] if known else record.parent or record.region


def _adjusted(p: Mapping[str, float], family: Mapping[str, str], method: Method) -> dict[str, float]:
    adjust: Callable[[list[float]], Iterable[float]] = {"holm": holm, "bh": benjamini_hochberg}[method]
    adjusted: dict[str, float] = {}
    for each in dict.fromkeys(family.values()):
        names = [name for name in p if family[name] == each]
        adjusted |= dict(zip(names, map(float, adjust([p[name] for name in names])), strict=True))
    return adjusted


def _placed(tree: ScoreTree, model: Scored, leaves: Sequence[str]) -> list[str]:
    """Return the leaves that parents average: in the version of the tree."""
    return [name for name in leaves if name in tree.leaves and tree.leaves[name].version == model.records[name].version]


def _leaves_below(tree: ScoreTree, placed: Sequence[str]) -> dict[str, int]:
    return {parent: sum(parent in tree.leaves[name].parents for name in placed) for parent in tree.children}


def _in_order(tree: ScoreTree, placed: Sequence[str], leaves: Sequence[str]) -> list[str]:
    """Return parents, each before what is below it, then its leaves; leaves without a place come last."""
    ordered: dict[str, None] = {}
    for name in (each for each in tree.leaves if each in set(placed)):
        ordered |= dict.fromkeys([*tree.leaves[name].parents, name])
    return list(ordered | dict.fromkeys(leaves))
