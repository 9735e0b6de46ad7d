"""Tables of the page that say which of several models can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_brainscore.report.html.page import PageTable
from pytest_brainscore.report.notation import interval, number, p_value, plus_minus, signed

if TYPE_CHECKING:
    from pytest_brainscore.report.paired.models import Several

_TIED = "Models that share a letter cannot be told apart (all pairs of models, Holm)."


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
