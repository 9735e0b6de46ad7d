"""``brainscore plan``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pytest_brainscore.commands.data_command import DATA
from pytest_brainscore.commands.shared.tree_option import tree_option

if TYPE_CHECKING:
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.models.sources.specification import ModelSpecification


@click.command
@click.option("--model", "models", multiple=True, required=True, metavar="NAME", help="As pytest --model. Repeatable.")
@click.option(
    "--benchmark",
    "selectors",
    multiple=True,
    metavar="SELECTOR",
    help="Plan these only: an identifier, a parent (V1, behavior_vision), a pattern, a place. Repeatable.",
)
@click.option("-n", "workers", type=click.IntRange(min=0), default=0, show_default=True, help="Worker processes.")
@click.option(
    "--weights", multiple=True, metavar="FILE", help="As pytest --brainscore-weights: of one model, or one for each."
)
@click.option("--weights-entry", metavar="ENTRY", help="Which weights of a checkpoint that holds more than one set.")
@click.option(
    "--layer", "layers", multiple=True, metavar="REGION=LAYER", help="Layer instead of the committed one. Repeatable."
)
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1, mps.")
@click.option("--no-store", is_flag=True, help="As with --brainscore-cache off: answers are held in memory.")
@tree_option("Plan the leaves of this score tree, by default that of $BRAINSCORE_TREE, or published.")
@click.option("--json", "as_json", is_flag=True, help="Print an object, for programs: bytes and seconds.")
@DATA
def command(
    models: tuple[str, ...],
    selectors: tuple[str, ...],
    workers: int,
    weights: tuple[str, ...],
    weights_entry: str | None,
    layers: tuple[str, ...],
    device: str,
    no_store: bool,
    tree: str | None,
    as_json: bool,
) -> None:
    """Say what a run would cost, and run nothing: forward passes, disk, memory and time of each leaf and of all.

    Numbers are computed from the shapes of layers, the numbers of stimuli and neuroids and the formulas of metrics, and
    from how fast this machine is now; as if nothing were stored yet. The exit status is 1 where something cannot fit.
    """
    import json

    from pytest_brainscore.benchmarks.registry import Registry, using
    from pytest_brainscore.benchmarks.selector import choose
    from pytest_brainscore.models import load_model
    from pytest_brainscore.running.command_line.model_options import layer_of, models_of
    from pytest_brainscore.running.command_line.selection import Trial
    from pytest_brainscore.running.planned.kept import keep, settings_of
    from pytest_brainscore.running.planned.making import make_plan
    from pytest_brainscore.running.planned.table import plan_lines, plan_values

    given = dict(layer_of(word) for word in layers)
    words = [word.strip() for each in models for word in each.split(",") if word.strip()]

    def load(specification: ModelSpecification) -> BrainModel:
        return load_model(
            specification.text,
            weights=specification.weights or None,
            weights_entry=weights_entry if specification.weights else None,
            device=device,
            layers=given or None,
        )

    known = Registry(tree=tree)
    with using(known):
        names = known.named(selectors)
        chosen = choose(names) if names else known.default
        trials = [Trial(model, benchmark) for model in models_of(words, weights) for benchmark in chosen]
        plan = make_plan(trials, load, workers, stored=not no_store)
    told = {each.model.identifier: settings_of(each.model, given, device) for each in trials}
    keep(plan, told)
    if as_json:
        click.echo(json.dumps(plan_values(plan)))
    else:
        for line in plan_lines(plan):
            click.secho(line, fg="red" if line.startswith("cannot fit") else None)
    if plan.problems:
        raise SystemExit(1)
