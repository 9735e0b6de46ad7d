"""``brainscore list``."""

from __future__ import annotations

import json

import click

from pytest_brainscore.commands.shared.tree_option import tree_option
from pytest_brainscore.trees import PANEL, PANEL_IN_WORDS


@click.command
@click.argument("selectors", metavar="[SELECTOR]...", nargs=-1)
@click.option("--versions", is_flag=True, help="Show every version of each benchmark, and those outside the tree.")
@tree_option("List the leaves of this score tree, by default that of $BRAINSCORE_TREE, or published.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
def command(selectors: tuple[str, ...], versions: bool, tree: str | None, as_json: bool) -> None:
    """List the benchmarks: version, place in the score tree, metric, and what each needs.

    SELECTOR is an identifier, a parent of the score tree (V1, behavior_vision), a pattern (Geirhos2021*), or panel
    (fifteen leaves of 2026 that predict the rest). Those of installed packages and of files in fixtures/benchmarks of
    the current folder are listed, too; those outside the tree where they are named.
    """
    from pytest_brainscore.benchmarks.placing import in_tree_order
    from pytest_brainscore.benchmarks.registry import Registry, using
    from pytest_brainscore.benchmarks.selector import named_outside, nothing_below, of_another_tree, select
    from pytest_brainscore.benchmarks.shipped import panel_benchmarks
    from pytest_brainscore.running.command_line.listing import readiness_of, tree_lines

    known = Registry(tree=tree)
    with using(known):
        for word in filter(of_another_tree, selectors):
            raise nothing_below(word, known.tree)
    benchmarks = list(known.everything if versions else known.default)
    if PANEL in selectors:
        there = {(each.identifier, each.version) for each in benchmarks}
        benchmarks += [each for each in panel_benchmarks() if (each.identifier, each.version) not in there]
        benchmarks = list(in_tree_order(benchmarks))
    benchmarks += named_outside([word for word in selectors if word != PANEL], benchmarks, known.everything)
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
        in_tree_order(chosen),
        lambda leaf, here: f"{leaf.region:<13}  {leaf.metric:<20}  {here.state}",
        lambda parent: click.style(parent, bold=True),
    )
    click.echo("\n".join(lines))
    if PANEL in selectors:
        click.echo(PANEL_IN_WORDS)
    click.echo(f"{count} are ready; what the others need: brainscore data status")
