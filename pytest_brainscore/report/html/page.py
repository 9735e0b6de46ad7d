"""One HTML file that shows reports to a person: no network, no script needed, the same bytes for the same reports."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from markupsafe import Markup

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.aggregates import MEANS_IN_WORDS, common_tree
from pytest_brainscore.report.html.cells import Style
from pytest_brainscore.report.html.columns import Column, columns_of
from pytest_brainscore.report.html.nodes import nodes_of, walk
from pytest_brainscore.report.html.overview import (
    changes,
    layer_commitment,
    panel_rows,
    provenance,
    quick_rows,
    reasons,
    seed_rows,
    tally,
    verdict_of,
)
from pytest_brainscore.report.html.references import publications
from pytest_brainscore.report.html.template import render, resource
from pytest_brainscore.report.notation import counted
from pytest_brainscore.report.plain import plain_report
from pytest_brainscore.report.record import Report
from pytest_brainscore.scoring.population import Population
from pytest_brainscore.scoring.tree import ScoreTree, tree_of
from pytest_brainscore.trees import PANEL_IN_WORDS, QUICK_IN_WORDS


@dataclass(frozen=True)
class PageTable:
    """A table with a section of its own."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    """A sentence above it."""
    images: Sequence[bytes] = ()
    """A small PNG image for each row, empty for one without; or none at all."""


def render_page(
    reports: Sequence[Report],
    *,
    population: Population | None = None,
    figures: Mapping[str, str] | None = None,
    tree: ScoreTree | None = None,
    tables: Sequence[PageTable] = (),
) -> str:
    """Return the score page of one or several reports, every model of each in a column of its own.

    The page shows what the model page of www.brain-score.org shows, in its notation, and beyond it the verdicts on the
    baselines, raw scores and ceilings, both means of every parent, and what the scores depend on. It loads nothing,
    works without scripts, forbids everything but its own style and script by a content security policy, and holds the
    reports as JSON, without citations, in the element ``#reports``.

    Parameters
    ----------
    reports
        At least one report.
    population
        Scores of other models, for ranks and for the marks of best and median. Without it, and where it has nothing
        on a benchmark, there are none.
    figures
        Drawings as SVG documents. The key is the name of a parent or benchmark, where the drawing is then shown, or
        any other title, for a section of its own. They are shown as images, so that nothing in them can act on the
        page.
    tables
        Sections of their own, before the figures.
    tree
        Score tree; by default that of the reports, with what benchmarks of one's own they have beside it.

    Raises
    ------
    ReportError
        Without a report, when reports were aggregated by different trees and none is given, or when one holds what does
        not belong there.

    """
    if not reports:
        raise ReportError("A score page needs a report; give at least one.")
    if tree is None:
        name = common_tree({f"the report of {report.created}": report for report in reports})
        tree = tree_of((record for report in reports for record in report.benchmarks), name)
    columns = columns_of(reports, tree)
    nodes = nodes_of(columns, tree, Style(population, side_by_side=len(columns) > 1))
    leaves = [node for node in walk(nodes) if node.is_leaf]
    drawings = {title: _as_data("image/svg+xml", svg.encode()) for title, svg in (figures or {}).items()}
    # The number of columns is part of the style sheet, since a strict policy refuses style attributes.
    style = f":root{{--columns:{max(len(columns), 1)}}}\n{resource('page.css')}"
    return render(
        "page.html.jinja2",
        style=style,
        script=resource("page.js"),
        data=_embedded(reports),
        columns=columns,
        alone=columns[0] if len(columns) == 1 else None,
        # As Python writes it.
        specification=repr(columns[0].model.specification) if columns else "NAME",
        nodes=nodes,
        figures=drawings,
        tables=[(each, [_as_data("image/png", image) for image in each.images]) for each in tables],
        placed={node.identifier for node in walk(nodes)},
        population=population,
        errors=any(cell.error for node in walk(nodes) for cell in node.cells),
        ranked=any(cell.rank for node in leaves for cell in node.cells),
        floors=[
            f"{column.label}: {reason}"
            for column in columns
            if column.model.identifier in column.report.floors
            for reason in column.report.floors[column.model.identifier].reasons
        ],
        floored=any(column.report.floors for column in columns),
        seeds=seed_rows(reports),
        compared=any(record.comparison for column in columns for record in column.records),
        counted=counted,
        tally=tally,
        verdict_of=verdict_of,
        changes=changes(columns),
        reasons=reasons(columns),
        layers=layer_commitment(columns),
        provenance=provenance(columns),
        tree=tree.name,
        panel=panel_rows(columns),
        panel_in_words=PANEL_IN_WORDS,
        quick=quick_rows(columns),
        quick_in_words=QUICK_IN_WORDS,
        means_in_words=MEANS_IN_WORDS,
        publications=publications(_cited(columns)),
        incomplete=[column.label for column in columns if not column.report.complete],
        parts=[
            f"{column.label}, shard {column.report.shard.index} of {column.report.shard.count}"
            for column in columns
            if column.report.is_part and column.report.shard is not None
        ],
    )


def _cited(columns: Sequence[Column]) -> list[str]:
    """Return what to cite for the benchmarks that gave a result, in the order of the tree."""
    return [record.citation for column in columns for record in column.records if record.status in ("scored", "nan")]


def _embedded(reports: Sequence[Report]) -> Markup:
    """Return reports as JSON that cannot end the script element it stands in.

    What records cite is left out, which the page shows once for all of them: it would be a tenth of the page.
    """
    plain = [plain_report(report) for report in reports]
    for record in (record for report in plain for record in report["benchmarks"]):
        record["citation"] = ""
    text = msgspec.json.encode(plain).decode()
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above; entities would not be read inside a script element


def _as_data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}" if content else ""
