"""``brainscore show``."""

from __future__ import annotations

from pathlib import Path
from shutil import get_terminal_size

import click

from pytest_brainscore.commands.reports import REPORT


@click.command
@REPORT
@click.option("--model", help="Only this model.")
def command(report: Path, model: str | None) -> None:
    """Show the scores of REPORT as the terminal of the run did: benchmarks, parents, and why something has none."""
    from pytest_brainscore.errors import ReportError
    from pytest_brainscore.report.words import is_bad, totals
    from pytest_brainscore.report.writers import read_report
    from pytest_brainscore.running.terminal import tables

    content = read_report(report)
    known = [each.identifier for each in content.models]
    if model is not None and model not in known:
        raise ReportError(f"The report {report} has no model {model!r}; it has {', '.join(known) or 'none'}.")
    records = [record for record in content.benchmarks if model in (None, record.model)]
    click.echo(f"{report}: {', '.join(known)}; {content.created}{'' if content.complete else '; not complete'}")
    for line in tables(records, get_terminal_size().columns):
        click.secho(line.text, fg=line.colour, bold=line.bold)
    click.secho(totals(records), fg="red" if any(map(is_bad, records)) else "green", bold=True)
