"""``brainscore commit``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_brainscore.commands.data_command import DATA as DATA_FOLDER

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.shared.layer_selection import RegionScores
    from pytest_brainscore.models.interface import BrainModel


@click.command
@click.argument("model")
@click.option(
    "--layers",
    multiple=True,
    metavar="NAMES",
    help="Candidate layers: names or patterns with commas between them (features.*: the children of features). "
    "Repeatable. Without, the layers that there are are listed.",
)
@click.option("--regions", default="V1,V2,V4,IT", show_default=True, help="Regions to choose a layer for.")
@click.option(
    "--benchmark",
    "benchmarks",
    multiple=True,
    metavar="REGION=IDENTIFIER",
    help="Benchmark to choose by, instead of the public one that the published system uses. Repeatable.",
)
@click.option("--weights", type=click.Path(path_type=Path), help="Checkpoint instead of the published weights.")
@click.option("--weights-entry", metavar="ENTRY", help="Which weights of a checkpoint that holds more than one set.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1, mps.")
@click.option(
    "--visual-degrees", type=click.FloatRange(min=0, min_open=True), help="Visual angle of the model's input."
)
@click.option(
    "--pca",
    "components",
    type=click.IntRange(min=1),
    metavar="N",
    help="Score N principal components of layers with more units, fitted to N ImageNet images of your data folder. The "
    "published system takes 1000.",
)
@click.option(
    "--to", "file", type=click.Path(path_type=Path), help="File to write, instead of the model's layer commitment."
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="SVG", help="Draw the scores of the layers.")
@click.option("--dry-run", is_flag=True, help="Show the scores, and write no commitment.")
@DATA_FOLDER
def command(
    model: str,
    layers: tuple[str, ...],
    regions: str,
    benchmarks: tuple[str, ...],
    weights: Path | None,
    weights_entry: str | None,
    device: str,
    visual_degrees: float | None,
    components: int | None,
    file: Path | None,
    plot: Path | None,
    dry_run: bool,
) -> None:
    """Choose the layers of MODEL: score candidates in each region, and commit to the best.

    The network runs once over each stimulus set. Scores of all candidates are written to the commitment. A region
    without data keeps its layer. Nothing else ever chooses layers, or calls this.
    """
    from datetime import UTC, datetime

    from pytest_brainscore.benchmarks.shared.layer_selection import region_benchmarks, score_layers, with_selection
    from pytest_brainscore.data.loading import load_stimulus_set
    from pytest_brainscore.models import load_model
    from pytest_brainscore.models.commitment.commitment_file import commitment_text, write_commitment
    from pytest_brainscore.models.layer_mapped.candidate_layers import CandidateLayers, matching_layers
    from pytest_brainscore.models.registry import commitment_of
    from pytest_brainscore.models.sources.specification import parse_specification

    chosen = region_benchmarks(_words([regions]), _pairs(benchmarks))
    loaded = load_model(model, weights=weights, weights_entry=weights_entry, device=device)
    if not layers:
        _list_layers(model, loaded)
        return
    degrees = visual_degrees or loaded.visual_degrees()
    candidates = CandidateLayers(
        loaded,
        matching_layers(loaded, _words(layers)),
        visual_degrees=degrees,
        components=components or 0,
        fitted_to=load_stimulus_set("imagenet2012", degrees) if components else None,
        progress=True,
    )
    results = score_layers(candidates, chosen)
    _show(candidates.candidates, results)
    if plot is not None:
        _draw(plot, candidates.identifier, candidates.candidates, results)
    today = datetime.now(UTC).date().isoformat()
    own, before = commitment_of(parse_specification(model))
    commitment = with_selection(before, candidates, results, today)
    target = file or own
    if dry_run:
        click.echo(f"\n{target} would be:\n\n{commitment_text(commitment)}")
        return
    write_commitment(target, commitment)
    click.echo(f"wrote {target}")
    if target != own:
        click.echo(f"{model} is scored with it once it is {own}.")


def _words(texts: tuple[str, ...] | list[str]) -> list[str]:
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for region, equals, identifier in pairs:
        if not (region and equals and identifier):
            raise click.BadParameter(f"{region!r} is not REGION=IDENTIFIER; give V4=Cowley2023.V4-pls, for example.")
    return {region: identifier for region, _, identifier in pairs}


def _list_layers(model: str, loaded: BrainModel) -> None:
    from pytest_brainscore.models.layer_mapped.candidate_layers import require_layers
    from pytest_brainscore.report.notation import aligned

    known = require_layers(loaded).candidates()
    rows = [(name, " x ".join(map(str, shape))) for name, shape in known.items()]
    click.echo("\n".join(aligned(("layer", "output"), rows)))
    some = next(iter(known), "LAYER")
    parent = some.rpartition(".")[0]
    click.echo(f"\nChoose candidates: brainscore commit {model} --layers '{f'{parent}.*' if parent else some}'")


def _show(layers: tuple[str, ...], results: Mapping[str, RegionScores]) -> None:
    from pytest_brainscore.report.notation import aligned, number

    def cell(result: RegionScores, layer: str) -> str:
        if layer not in result.scores:
            return "X" if layer in result.without_score else ""
        score = result.scores[layer]
        return f"{number(score.value)} ± {number(score.error)}{' *' if layer == result.best else ''}"

    rows = [(layer, *(cell(result, layer) for result in results.values())) for layer in layers]
    click.echo("\n".join(aligned(("layer", *results), rows)))
    for region, result in results.items():
        name = f"{result.benchmark.identifier}@{result.benchmark.version}"
        if result.unavailable:
            click.echo(f"{region} keeps its layer: {result.unavailable}")
        elif result.best is None:
            click.echo(f"{region} keeps its layer, since no candidate has a score.")
        else:
            click.echo(f"{region} = {result.best} (* highest score on {name})")
        for reason in dict.fromkeys(result.without_score.values()):
            click.echo(f"  X: {reason}")


def _draw(path: Path, name: str, layers: tuple[str, ...], results: Mapping[str, RegionScores]) -> None:
    from pytest_brainscore.atomic import write_atomically
    from pytest_brainscore.errors import ReportError
    from pytest_brainscore.report.plots.layer_curves import Curve, layer_curves

    curves = []
    for region, result in results.items():
        scores = [result.scores.get(layer) for layer in layers]
        curves.append(
            Curve(
                name=f"{region}, {result.benchmark.identifier}",
                scores=[None if score is None else score.value for score in scores],
                errors=[None if score is None else score.error for score in scores],
                chosen=None if result.best is None else layers.index(result.best),
            )
        )
    try:
        write_atomically(path, layer_curves(f"Candidate layers of {name}", layers, curves).encode())
    except OSError as error:
        raise ReportError(f"The plot {path} cannot be written ({error.strerror}); give another path.") from error
    click.echo(f"wrote {path}")
