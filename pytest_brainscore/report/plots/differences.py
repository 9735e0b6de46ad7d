"""What is drawn of paired differences: two models, a run against its baselines, and all pairs of several models."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_brainscore.report.notation import counted
from pytest_brainscore.report.plots.forest import ForestRow, forest

if TYPE_CHECKING:
    from pytest_brainscore.report.paired.models import Paired, Several
    from pytest_brainscore.report.record import BenchmarkRecord

_MOST_ROWS = 60
_LEVEL = 0.05


def forest_of_models(found: Paired) -> str:
    """Draw two models; parents stand above their benchmarks. Of very many rows, only parents are drawn."""
    rows = found.rows if len(found.rows) <= _MOST_ROWS else [row for row in found.rows if not row.is_leaf]
    first, second = found.models
    return forest(
        f"{second} minus {first}",
        [
            ForestRow(
                name=row.name,
                difference=row.difference.value,
                low=row.difference.low,
                high=row.difference.high,
                apart=row.p <= _LEVEL,
                parent=not row.is_leaf,
            )
            for row in rows
        ],
        "95 % intervals; filled: told apart, leaves after adjustment for their region",
    )


def forest_of_baselines(records: Sequence[BenchmarkRecord], model: str) -> str | None:
    """Draw the scores of a run against their baselines; None where none was compared draw by draw."""
    mine = [(each, each.comparison) for each in records if each.model == model and each.comparison]
    rows = [
        ForestRow(
            name=record.identifier,
            difference=comparison.delta if comparison.delta is not None else math.nan,
            low=comparison.paired.low,
            high=comparison.paired.high,
            apart=comparison.verdict in ("regressed", "improved"),
        )
        for record, comparison in mine
        if comparison.paired is not None
    ]
    if not rows:
        return None
    judged = [comparison.paired for _, comparison in mine if comparison.paired is not None]
    together = counted(max(each.comparisons for each in judged), "score")
    margins = {each.margin for each in judged}
    return forest(
        f"{model} minus its baselines",
        rows[:_MOST_ROWS],
        f"intervals for {together} of the run at once; filled: regressed or improved",
        margin=margins.pop() if len(margins) == 1 else 0.0,
    )


def forest_of_pairs(found: Several, node: str) -> str:
    """Draw all pairs of several models on one leaf or parent."""
    table = found.tables[node]
    rows = [
        ForestRow(
            name=f"{pair.models[1]} − {pair.models[0]}",
            difference=pair.difference.value,
            low=pair.difference.low,
            high=pair.difference.high,
            apart=pair.p <= _LEVEL,
        )
        for pair in table.pairs
    ]
    tied = ", ".join(f"{each.model} ({each.letters})" for each in table.models)
    return forest(f"{node}: pairs of models", rows[:_MOST_ROWS], f"models that share a letter are tied: {tied}")
