"""``brainscore list``."""

from __future__ import annotations

import json

import click


@click.command
@click.argument("selectors", metavar="[SELECTOR]...", nargs=-1)
@click.option("--versions", is_flag=True, help="Show every version of each benchmark, and those outside the tree.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
def command(selectors: tuple[str, ...], versions: bool, as_json: bool) -> None:
    """List the benchmarks: version, place in the score tree, metric, and what each needs.

    SELECTOR is an identifier, a parent of the score tree (V1, behavior_vision), or a pattern (Geirhos2021*). Those of
    installed packages and of files in fixtures/benchmarks of the current folder are listed, too; those outside the
    tree where they are named.
    """
    from pytest_brainscore.benchmarks.registry import registry
    from pytest_brainscore.benchmarks.selector import named_outside, select
    from pytest_brainscore.running.command_line.listing import readiness_of, tree_lines

    benchmarks = registry().everything if versions else registry().default
    benchmarks += named_outside(selectors, benchmarks)
    chosen = select(selectors, benchmarks)
    if as_json:
        fields = (
            "identifier",
            "version",
            "parents",
            "region",
            "metric",
            "ceiling",
            "normalisation",
            "stimulus_set",
            "citation",
        )
        rows = [{name: getattr(each, name) for name in fields} for each in chosen]
        click.echo(
            json.dumps([row | {"state": readiness_of(each).state} for row, each in zip(rows, chosen, strict=True)])
        )
        return
    *lines, count = tree_lines(
        chosen,
        lambda leaf, here: f"{leaf.region:<13}  {leaf.metric:<20}  {here.state}",
        lambda parent: click.style(parent, bold=True),
    )
    click.echo("\n".join(lines))
    click.echo(f"{count} are ready; what the others need: brainscore data status")
