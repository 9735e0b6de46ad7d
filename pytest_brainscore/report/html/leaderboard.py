"""One HTML page that ranks models: no network, no script, the same bytes for the same reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_brainscore.report.aggregates import MEAN_NAMES, MEANS_IN_WORDS, Mean, mean_of
from pytest_brainscore.report.html.template import render, resource
from pytest_brainscore.report.notation import number
from pytest_brainscore.report.standings import Standing, columns, unequal
from pytest_brainscore.trees import PANEL, PANEL_IN_WORDS, PUBLISHED


def render_leaderboard(
    table: Sequence[Standing],
    parent: str,
    ties: Mapping[str, str] | None = None,
    *,
    tree: str = PUBLISHED,
    mean: Mean = "ran",
) -> str:
    """Return the page of a leaderboard.

    Parameters
    ----------
    table
        Models in their order, as :func:`~pytest_brainscore.report.standings.standings` returns them.
    parent
        The parent of the score tree that they are ranked by.
    ties
        Letters of models: two that share one cannot be told apart.
    tree
        Name of the score tree.
    mean
        Which mean is shown, and ranked by.

    """
    shown = columns(table, parent)
    return render(
        "leaderboard.html.jinja2",
        style=resource("page.css"),
        columns=shown,
        parent=parent,
        standings=table,
        ties=ties or {},
        unequal=unequal(table),
        number=number,
        mean_of=lambda cell: mean_of(cell, mean),
        mean=MEAN_NAMES[mean],
        means_in_words=MEANS_IN_WORDS,
        panel_in_words=PANEL_IN_WORDS if PANEL in shown else "",
        tree=tree,
    )
