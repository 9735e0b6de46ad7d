"""``brainscore show``."""

from __future__ import annotations

from pathlib import Path

import click

from pytest_brainscore.commands.shared.reports import REPORT
from pytest_brainscore.commands.shared.tree_option import TREE


@click.command
@REPORT
@click.option("--model", help="Only this model.")
@TREE
def command(report: Path, model: str | None, tree: str | None) -> None:
    """Show the scores of REPORT as the terminal of the run did: benchmarks, parents, and why something has none.

    Benchmarks are scored, failed (attempted, no number) or were never attempted (unavailable, not run). The mean of
    what ran leaves out both of the latter; in the mean of what was attempted, those that failed count as 0; in the
    site-comparable one, those that were never attempted, too.

    Exits with 1 when the report is red: a benchmark failed, fell, or was required and has no score, or the run is not
    complete.
    """
    from pytest_brainscore.errors import ReportError
    from pytest_brainscore.report.notation import totals
    from pytest_brainscore.report.parts.shards import PART_IN_WORDS
    from pytest_brainscore.report.reading import read_report
    from pytest_brainscore.report.red import colour
    from pytest_brainscore.running.terminal import COLOURS, Line, output_width, tables

    content = read_report(report)
    known = [each.identifier for each in content.models]
    if model is not None and model not in known:
        raise ReportError(f"The report {report} has no model {model!r}; it has {', '.join(known) or 'none'}.")
    records = [record for record in content.benchmarks if model in (None, record.model)]
    found = colour(records, complete=content.complete)
    head = Line(f"{report}: {', '.join(known)}; {content.created}{'' if content.complete else '; not complete'}")
    places = tree or content.tree
    floors, aggregates = content.floors, content.aggregates
    width = output_width()
    shown = tables(records, width, None, floors, aggregates, places, parents=not content.is_part)
    if content.is_part and content.shard is not None:
        shown.append(Line(f"shard {content.shard.index} of {content.shard.count}; {PART_IN_WORDS}"))
    for line in (head, *shown, Line(totals(records), COLOURS[found], bold=True)):
        click.secho(line.text, fg=line.colour, bold=line.bold)
    if found == "red":
        raise click.exceptions.Exit(1)
