"""What the commands on reports share: their options, and writing to every destination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.aggregates import Key
from pytest_brainscore.report.destination import parse_destination
from pytest_brainscore.report.record import Report
from pytest_brainscore.report.writing import write_report
from pytest_brainscore.text import printable

if TYPE_CHECKING:
    from pytest_brainscore.inference.attribution import Attribution
    from pytest_brainscore.inference.levels import Replicates

REPORT = click.argument("report", type=click.Path(path_type=Path), default="brainscore-report.json")
"""One report; by default the one that a run leaves in the current folder."""

TO = click.option(
    "--to",
    "destinations",
    metavar="TYPE:PATH",
    multiple=True,
    required=True,
    help="html, md, csv, badge, junit, ctrf, json or jsonl, then :PATH; plots:FOLDER for SVG files; or github alone. "
    "Repeatable. The same words as pytest --brainscore-report.",
)
"""What to write."""
BASELINE = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    default=Path("fixtures/baselines"),
    show_default=True,
    help="Folder of the baselines, at whose lines the annotations of a github report are put.",
)


POPULATION = click.option(
    "--population",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Folder of JSON reports: a page shows rank, best and median among these models, in place of published ones.",
)


def tell(sentence: str) -> None:
    """Say on the standard error what is amiss and stops nothing."""
    click.echo(printable(sentence), err=True)


def write_all(
    report: Report,
    words: Sequence[str],
    baseline: Path,
    population: Path | None = None,
    replicates: Mapping[Key, Replicates] | None = None,
    attributions: Mapping[Key, Attribution] | None = None,
) -> None:
    """Write a report to every destination of ``--to``, after all of them were found to be writable.

    Raises
    ------
    ReportError
        When a word cannot be understood, or a file cannot be written; the others are written all the same.

    """
    destinations = [parse_destination(word) for word in words]
    for destination in destinations:
        destination.check_writable()
    problems: list[ReportError] = []
    for destination in destinations:
        try:
            lines = write_report(report, destination, baseline, population, replicates, attributions)
        except ReportError as error:
            problems.append(error)
            continue
        for line in lines:
            click.echo(line)
        click.echo(f"wrote {printable(str(destination.path))}", err=True)
    if problems:
        raise ReportError(" ".join(map(str, problems)))
