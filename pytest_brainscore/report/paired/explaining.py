"""Which images, categories, neuroids and people carry the difference of two models on one benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pytest_brainscore.errors import ReportError
from pytest_brainscore.inference.attribution import Attribution, Share, most_influential, shares
from pytest_brainscore.inference.differences import Difference, paired_difference
from pytest_brainscore.report.paired.models import Scored, unlike_ingredients

MOST: Final = 10
"""Units that are named."""
_UNKNOWN: Final = (
    "its protocol does not tell, or a report was written without NAME.contributions.npz beside NAME.json, as by an "
    "earlier version; score again and keep the files together"
)


@dataclass(frozen=True)
class Unit:
    """An image, neuroid or person."""

    name: str
    category: str | None
    contribution: float
    """To the difference."""


@dataclass(frozen=True)
class Carried:
    """What the units of one kind contribute to a difference."""

    kind: str
    """Such as ``stimulus``."""
    count: int
    most: tuple[Unit, ...]
    """Those that differ most from the average one, the largest first."""
    average: float
    """Contribution of the average unit: the difference divided by their number."""
    by_category: tuple[Share, ...]
    """The largest first; empty where they have no categories."""


@dataclass(frozen=True)
class Explained:
    """The difference of two models on a benchmark, and who carries it."""

    leaf: str
    models: tuple[str, str]
    difference: float
    """Second minus first; the contributions of each kind of units sum to it."""
    paired: Difference | None
    """The same with its interval; None without bootstrap values."""
    carried: tuple[Carried, ...]
    reason: str
    """Why nobody can tell, as a clause; empty where somebody can."""


def explained(first: Scored, second: Scored, leaf: str) -> Explained:
    """Tell who carries the difference of two models on a benchmark.

    Raises
    ------
    ReportError
        When one of them has no score on it, or more than the model differs.

    """
    records = [each.records.get(leaf) for each in (first, second)]
    for model, record in zip((first, second), records, strict=True):
        if record is None or record.status != "scored" or record.score is None:
            known = ", ".join(name for name, each in model.records.items() if each.status == "scored") or "none"
            raise ReportError(f"{model.name} has no score on {leaf!r} to explain; it has some on: {known}.")
    one, other = (record for record in records if record is not None)
    differs = unlike_ingredients(one, other)
    if differs:
        raise ReportError(
            f"The scores on {leaf} differ in more than the model ({', '.join(differs)}), so that nothing is the same "
            "for both; score both models with the same."
        )
    difference = (other.score or 0.0) - (one.score or 0.0)
    key = leaf, one.version
    drawn = [each.replicates.get(key) for each in (first, second)]
    paired = None
    if drawn[0] is not None and drawn[1] is not None and drawn[0].values.shape == drawn[1].values.shape:
        paired = paired_difference(drawn[0], drawn[1])
    parts = [each.attributions.get(key) for each in (first, second)]
    carried: list[Carried] = []
    reason = _UNKNOWN
    if parts[0] is not None and parts[1] is not None:
        carried = _carried(parts[0], parts[1])
        reason = "" if carried else parts[0].reason or _UNKNOWN
    return Explained(leaf, (first.name, second.name), difference, paired, tuple(carried), reason)


def _carried(first: Attribution, second: Attribution) -> list[Carried]:
    found = []
    others = {part.kind: part for part in second.parts}
    for part in first.parts:
        other = others.get(part.kind)
        if other is None or not np.array_equal(part.names, other.names):
            continue
        change = other.values - part.values
        most = [] if not change.any() else most_influential(change, MOST).tolist()
        labels = part.categories
        units = tuple(
            Unit(str(part.names[place]), None if labels is None else str(labels[place]), float(change[place]))
            for place in most
        )
        by_category = () if labels is None or not change.any() else tuple(shares(change, labels))
        found.append(Carried(part.kind, change.size, units, float(change.mean()), by_category))
    return found
