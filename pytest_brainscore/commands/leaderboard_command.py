"""``brainscore leaderboard``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--sort",
    metavar="PARENT",
    default="average_vision",
    show_default=True,
    help="Rank by this parent of the score tree.",
)
@click.option("--to", "page", metavar="html:PATH", help="Write the leaderboard as a page, too.")
def command(folder: Path, sort: str, page: str | None) -> None:
    """Rank the models of all reports in FOLDER; of several reports of a model the latest complete one counts.

    A model of the same name with other weights is another model, told apart by the beginning of their checksum. The
    lines of a run that was killed (.jsonl) are an incomplete report.

    Every column has the mean of what ran, with the number of benchmarks that have a score: compare models that were
    scored on the same benchmarks. Where reports have bootstrap values beside them (NAME.replicates.npz), models that
    share a letter in the column "ties" cannot be told apart on the benchmarks that all of them have.

    This is a view of reports that may be old, and exits with 0 whatever they say; brainscore show, compare and merge
    exit with 1 for one that is red.
    """
    from pytest_brainscore.atomic import write_atomically
    from pytest_brainscore.commands.reports import tell
    from pytest_brainscore.errors import ReportError
    from pytest_brainscore.report.destination import check_writable, parse_destination
    from pytest_brainscore.report.html.leaderboard import render_leaderboard
    from pytest_brainscore.report.notation import aligned, number
    from pytest_brainscore.report.paired.ties import ties
    from pytest_brainscore.report.reading import read_reports
    from pytest_brainscore.report.standings import UnknownParent, columns, standings, unequal
    from pytest_brainscore.text import printable

    destination = parse_destination(page) if page is not None else None
    if destination is not None:
        if destination.kind != "html":
            raise ReportError(f"A leaderboard is written as a page, not as {destination.kind}; give --to html:PATH.")
        check_writable(destination.path)
    try:
        reports = read_reports(folder)
        table = standings(reports.values(), sort)
    except UnknownParent as error:
        raise click.BadParameter(str(error), param_hint="--sort") from error
    if not table:
        raise ReportError(f"There is no JSON report in {folder}; score a model with --brainscore-report json:PATH.")
    shown = columns(table, sort)
    letters = ties(reports, table, sort, tell)
    rows = []
    for standing in table:
        cells = [standing.aggregates[name] for name in shown]
        scores = [f"{number(cell.mean_of_what_ran)} ({cell.scored})" if cell.scored else "" for cell in cells]
        tied = [letters.get(standing.model, "")] if letters else []
        rows.append([str(standing.rank or ""), *tied, standing.model, *scores])
    click.echo("\n".join(aligned(("rank", *(["ties"] if letters else []), "model", *shown), rows)))
    incomplete = [standing.model for standing in table if not standing.complete]
    if incomplete:
        click.secho(printable(f"from an incomplete run: {', '.join(incomplete)}"), fg="yellow", err=True)
    others = unequal(table)
    if others:
        told = f"not scored on the same benchmarks below {sort} as {table[0].model}: {', '.join(others)}"
        click.secho(printable(told), fg="yellow", err=True)
    if destination is not None:
        write_atomically(destination.path, render_leaderboard(table, sort, letters).encode())
        click.echo(f"wrote {destination.path}", err=True)
