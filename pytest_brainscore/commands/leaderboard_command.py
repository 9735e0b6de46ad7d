"""``brainscore leaderboard``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_brainscore.commands.shared.tree_option import tree_option

if TYPE_CHECKING:
    from pytest_brainscore.report.aggregates import Mean
    from pytest_brainscore.scoring.tree import Aggregate


@click.command
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--sort",
    metavar="PARENT",
    default="average_vision",
    show_default=True,
    help="Rank by this parent of the score tree, or by panel: fifteen leaves of 2026 that predict the rest.",
)
@click.option(
    "--mean",
    type=click.Choice(["ran", "attempted", "site"]),
    default="ran",
    show_default=True,
    help="Rank by the mean of what ran; of what was attempted, where what failed counts as 0; or by the "
    "site-comparable one, where what was never attempted does, too.",
)
@tree_option("Average over this score tree, by default that of all reports.")
@click.option(
    "--by",
    type=click.Choice(["model", "seed"]),
    default="model",
    show_default=True,
    help="What is a row: a model; or, with seed, all models of a network that differ in their seed only, with the mean "
    "over seeds and its 95 % interval. The page has a row for each model.",
)
@click.option("--to", "page", metavar="html:PATH", help="Write the leaderboard as a page, too.")
def command(folder: Path, sort: str, mean: Mean, tree: str | None, by: str, page: str | None) -> None:
    """Rank the models of all reports in FOLDER; of several reports of a model the latest complete one counts.

    A model of the same name with other weights is another model, told apart by the beginning of their checksum. The
    lines of a run that was killed (.jsonl) are an incomplete report.

    Every column has the mean of what ran (or another, --mean), with the number of benchmarks that have a score, and of
    those that failed: compare models that were scored on the same benchmarks. Reports that were averaged over different
    score trees need --tree. Where reports have bootstrap values beside them (NAME.replicates.npz), models that
    share a letter in the column "ties" cannot be told apart on the benchmarks that all of them have.

    This is a view of reports that may be old, and exits with 0 whatever they say; brainscore show, compare and merge
    exit with 1 for one that is red.
    """
    from pytest_brainscore.atomic import write_atomically
    from pytest_brainscore.commands.shared.reports import tell
    from pytest_brainscore.errors import ReportError
    from pytest_brainscore.report.aggregates import MEAN_NAMES, MEANS_IN_WORDS, common_tree, mean_of
    from pytest_brainscore.report.destination import check_writable, parse_destination
    from pytest_brainscore.report.html.leaderboard import render_leaderboard
    from pytest_brainscore.report.notation import aligned, number
    from pytest_brainscore.report.paired.ties import ties
    from pytest_brainscore.report.reading import read_reports
    from pytest_brainscore.report.series.seed_standings import by_seed
    from pytest_brainscore.report.standings import UnknownParent, columns, standings, unequal
    from pytest_brainscore.text import printable
    from pytest_brainscore.trees import PANEL, PANEL_IN_WORDS, PUBLISHED

    destination = parse_destination(page) if page is not None else None
    if destination is not None:
        if destination.kind != "html":
            raise ReportError(f"A leaderboard is written as a page, not as {destination.kind}; give --to html:PATH.")
        check_writable(destination.path)
    try:
        reports = read_reports(folder)
        table = standings(reports.values(), sort, tree=tree, mean=mean)
    except UnknownParent as error:
        raise click.BadParameter(str(error), param_hint="--sort") from error
    if not table:
        raise ReportError(f"There is no JSON report in {folder}; score a model with --brainscore-report json:PATH.")
    shown_reports = {id(standing.report) for standing in table}
    known = tree or common_tree({str(path): each for path, each in reports.items() if id(each) in shown_reports})
    shown = columns(table, sort)
    letters = ties(reports, table, sort, tell, known) if by == "model" or destination is not None else {}
    rows = []
    if by == "seed":
        together = by_seed(table, sort, shown, mean)
        rows = [[str(each.rank or ""), each.name, *map(each.cell, shown)] for each in together]
    for standing in table if by == "model" else ():
        cells = [standing.aggregates[name] for name in shown]
        scores = [_cell(cell, number(mean_of(cell, mean))) for cell in cells]
        tied = [letters.get(standing.model, "")] if letters else []
        rows.append([str(standing.rank or ""), *tied, standing.model, *scores])
    click.echo("\n".join(aligned(("rank", *(["ties"] if letters and by == "model" else []), "model", *shown), rows)))
    if mean != "ran":
        click.echo(f"{MEAN_NAMES[mean]}: {MEANS_IN_WORDS}")
    if known != PUBLISHED:
        click.echo(f"means over the score tree {known}")
    if PANEL in shown:
        click.echo(PANEL_IN_WORDS)
    incomplete = [standing.model for standing in table if not standing.complete]
    if incomplete:
        click.secho(printable(f"from an incomplete run: {', '.join(incomplete)}"), fg="yellow", err=True)
    others = unequal(table)
    if others:
        told = f"not scored on the same benchmarks below {sort} as {table[0].model}: {', '.join(others)}"
        click.secho(printable(told), fg="yellow", err=True)
    if destination is not None:
        write_atomically(destination.path, render_leaderboard(table, sort, letters, tree=known, mean=mean).encode())
        click.echo(f"wrote {destination.path}", err=True)


def _cell(found: Aggregate, score: str) -> str:
    """Return what a column says of a parent: its mean, how many benchmarks have a number, and how many failed."""
    scored = f"{score} ({found.scored})" if found.scored else ""
    failed = f"{found.failed} failed" if found.failed else ""
    return " ".join(filter(None, (scored, failed)))
