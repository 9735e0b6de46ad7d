"""``brainscore compare``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--model", help="The model to compare, when a report has several.")
@click.option("--all", "everything", is_flag=True, help="Show benchmarks whose scores are equal, too.")
def command(before: Path, after: Path, model: str | None, everything: bool) -> None:
    """Compare two reports, and say which ingredients of the scores differ: weights, layer, data, versions ...

    Exits with 1 when the second is red: a benchmark failed, fell below its baseline, or was required and has no score,
    or its run is not complete.
    """
    from pytest_brainscore.report.difference import difference
    from pytest_brainscore.report.notation import aligned, counted, result, signed
    from pytest_brainscore.report.reading import read_report
    from pytest_brainscore.report.red import colour
    from pytest_brainscore.text import printable

    second = read_report(after)
    told = difference(read_report(before), second, model)
    click.secho(printable(f"{told.models[0]} ({before}) and {told.models[1]} ({after})"), bold=True)
    for name, (first, other) in told.packages.items():
        click.echo("  " + printable(f"{name}: {first or 'absent'} and {other or 'absent'}"))
    rows = []
    for score in told.scores:
        delta = score.delta
        if score.is_equal and not everything:
            continue
        rows.append(
            (
                score.identifier,
                result(score.before) if score.before else "absent",
                result(score.after) if score.after else "absent",
                signed(delta),
                ", ".join(score.ingredients),
            )
        )
    header = ("benchmark", "before", "after", "change", "differs in")
    if rows:
        click.echo("\n".join(aligned(header, rows)))
    equal = len(told.scores) - len(rows)
    if not rows:
        click.echo("All scores and all their ingredients are equal.")
    elif equal:
        click.echo(f"{counted(equal, 'more benchmark')} {'is' if equal == 1 else 'are'} equal (--all shows them).")
    if colour([score.after for score in told.scores if score.after], complete=second.complete) == "red":
        click.secho(f"{printable(str(after))} is red (brainscore show tells why).", fg="red", err=True)
        raise click.exceptions.Exit(1)
