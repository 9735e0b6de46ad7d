"""One HTML page that ranks models: no network, no script, the same bytes for the same reports."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

import jinja2
from markupsafe import Markup

from pytest_brainscore.report.notation import number
from pytest_brainscore.report.standings import Standing, columns, unequal


def render_leaderboard(table: Sequence[Standing], parent: str) -> str:
    """Return the page of a leaderboard.

    Parameters
    ----------
    table
        Models in their order, as :func:`~pytest_brainscore.report.standings.standings` returns them.
    parent
        The parent of the score tree that they are ranked by.

    """
    templates = files(__package__).joinpath("templates")
    style = templates.joinpath("page.css").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string(templates.joinpath("leaderboard.html.jinja2").read_text(encoding="utf-8"))
    return template.render(
        style=Markup(style),  # noqa: S704 - our own file
        # The source expression of an inline element, CSP level 3, 2.3.1.
        style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
        columns=columns(table, parent),
        parent=parent,
        standings=table,
        unequal=unequal(table),
        number=number,
    )
