"""``brainscore compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_brainscore.commands.shared.tree_option import tree_option

if TYPE_CHECKING:
    from pytest_brainscore.report.paired.models import Method


@click.command
@click.argument("reports", metavar="REPORT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--model",
    "names",
    multiple=True,
    help="The model to compare, where a report has several; or twice: one of each report, or two of one.",
)
@click.option("--all", "everything", is_flag=True, help="Show benchmarks whose scores are equal, too.")
@click.option("--together", is_flag=True, help="Rank all models of all reports, also of two reports.")
@click.option(
    "--adjust",
    type=click.Choice(["holm", "bh"]),
    default="holm",
    show_default=True,
    help="How p values are adjusted for the leaves of a region: Holm, or Benjamini-Hochberg.",
)
@tree_option("Average over this score tree, by default that of the first report.")
@click.option(
    "--explain",
    "leaf",
    metavar="BENCHMARK",
    help="Which images, categories, neuroids and people carry the difference of two models on this benchmark.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--to", "page", metavar="html:PATH", help="Write the reports with the differences as a page, too.")
def command(
    reports: tuple[Path, ...],
    names: tuple[str, ...],
    everything: bool,
    together: bool,
    adjust: Method,
    leaf: str | None,
    tree: str | None,
    as_json: bool,
    page: str | None,
) -> None:
    """Compare two reports: is a difference real, and which ingredients differ: weights, layer, data, versions ...

    Where both have bootstrap values beside them (NAME.replicates.npz), each difference has its 95 % interval and p,
    for leaves adjusted for all leaves of their region. Both models answered the same images, so that most of their
    errors cancel; scores whose data, seed or protocol differ are not compared in this way. Models of one report, or of
    three and more, are ranked; those that share a letter cannot be told apart.

    With --explain, what each image, neuroid and person contributes to the difference on one benchmark, from
    NAME.contributions.npz beside the reports; contributions sum to the difference.

    Exits with 1 when a report after the first, or the only one, is red: a benchmark failed, fell below its baseline,
    or was required and has no score, or its run is not complete.
    """
    import json

    from pytest_brainscore.commands.shared.comparing import Told, chosen, explain, rank_models, tell_pair
    from pytest_brainscore.errors import ReportError
    from pytest_brainscore.report.destination import check_writable, parse_destination

    destination = parse_destination(page) if page is not None else None
    if destination is not None:
        if destination.kind != "html":
            raise ReportError(f"A comparison is written as a page, not as {destination.kind}; give --to html:PATH.")
        check_writable(destination.path)
    if len(reports) == 1 and not names and not together and _has_one_model(reports[0]):
        raise click.UsageError(f"{reports[0]} has one model; give another report to compare it with.")
    models = chosen(reports, names, together=together, attributed=leaf is not None)
    tree = tree or models[0].report.tree
    told: Told
    if leaf is not None:
        told = explain(models, leaf, page=destination is not None)
    else:
        told = tell_pair(models, adjust, everything, tree) if len(models) == 2 else rank_models(models, tree)
    click.echo(json.dumps(told.plain, indent=2) if as_json else "\n".join(told.lines))
    for note in told.notes:
        click.secho(note, fg="yellow", err=True)
    if destination is not None:
        from pytest_brainscore.commands.shared.comparing import write_page

        write_page(models, told, destination.path, tree)
        click.echo(f"wrote {destination.path}", err=True)
    red = told.red
    for path in red:
        click.secho(f"{path} is red (brainscore show tells why).", fg="red", err=True)
    if red:
        raise click.exceptions.Exit(1)


def _has_one_model(path: Path) -> bool:
    from pytest_brainscore.report.reading import read_report

    return len(read_report(path).models) == 1
