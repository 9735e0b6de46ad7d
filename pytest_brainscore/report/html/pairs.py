"""Tables of the page that say which of several models can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_brainscore.report.html.page import PageTable
from pytest_brainscore.report.notation import counted, decided_by, interval, number, p_value, plus_minus, signed
from pytest_brainscore.report.paired.models import METHODS

if TYPE_CHECKING:
    from pytest_brainscore.report.paired.models import Paired, Several

_TIED = "Models that share a letter cannot be told apart (all pairs of models, Holm)."


def difference_table(found: Paired) -> PageTable:
    """Return the differences of two models on all benchmarks and parents."""
    adjusted = f"p ({METHODS[found.method]} for leaves)"
    rows = [
        [
            row.name,
            signed(row.difference.value),
            interval(row.difference.low, row.difference.high),
            p_value(row.p),
            decided_by(row.n) if row.is_leaf else counted(row.leaves, "benchmark"),
        ]
        for row in found.rows
    ]
    first, second = found.models
    header = ["benchmark", "difference", "95 % interval", adjusted, "of"]
    return PageTable(f"{second} minus {first}", header, rows, " ".join(f"{each}." for each in found.sentences()))


def pair_tables(found: Several) -> list[PageTable]:
    """Return two tables for each leaf or parent: the models with their letters, and all pairs."""
    tables = []
    for node, table in found.tables.items():
        models = [[each.model, number(each.score), plus_minus(each.error), each.letters] for each in table.models]
        pairs = [
            [
                f"{pair.models[1]} − {pair.models[0]}",
                signed(pair.difference.value),
                interval(pair.difference.low, pair.difference.high),
                p_value(pair.p),
            ]
            for pair in table.pairs
        ]
        tables.append(PageTable(node, ["model", "score", "error", "cannot be told apart"], models, _TIED))
        tables.append(PageTable(f"{node}: pairs", ["pair", "difference", "95 % interval", "p (Holm)"], pairs))
    return tables
