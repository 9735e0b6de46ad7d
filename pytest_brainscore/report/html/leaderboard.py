"""One HTML page that ranks models: no network, no script, the same bytes for the same reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_brainscore.report.html.template import render, resource
from pytest_brainscore.report.notation import number
from pytest_brainscore.report.standings import Standing, columns, unequal


def render_leaderboard(table: Sequence[Standing], parent: str, ties: Mapping[str, str] | None = None) -> str:
    """Return the page of a leaderboard.

    Parameters
    ----------
    table
        Models in their order, as :func:`~pytest_brainscore.report.standings.standings` returns them.
    parent
        The parent of the score tree that they are ranked by.
    ties
        Letters of models: two that share one cannot be told apart.

    """
    return render(
        "leaderboard.html.jinja2",
        style=resource("page.css"),
        columns=columns(table, parent),
        parent=parent,
        standings=table,
        ties=ties or {},
        unequal=unequal(table),
        number=number,
    )
