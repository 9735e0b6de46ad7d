"""``brainscore power``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path)


@click.command
@click.option("--recording", type=PATH, required=True, help="What was recorded: csv, npz, npy or nc.")
@click.option("--axes", metavar="NAMES", help="What each axis of an array is: stimulus,neuroid,repetition.")
@click.option(
    "--model", "models", multiple=True, metavar="NAME", help="A model; needs --stimuli. Twice, or --features."
)
@click.option("--features", "files", type=PATH, multiple=True, help="Features of a model, in a file as recordings are.")
@click.option("--layer", "layers", multiple=True, help="Layer of each --model, in their order; else that of --region.")
@click.option("--region", default="IT", show_default=True, help="Region whose committed layer a model is read from.")
@click.option("--stimuli", type=PATH, help="Folder or zip of the images, or a csv file of their names.")
@click.option("--metric", default="pls", show_default=True, help="As in score(): pls, ridge, linear ...")
@click.option("--difference", type=click.FloatRange(0, min_open=True), default=0.01, show_default=True)
@click.option("--power", "chance", type=click.FloatRange(0.05, 1, max_open=True), default=0.8, show_default=True)
@click.option(
    "--over",
    type=click.Choice(["stimuli", "neuroids", "both"]),
    default="both",
    show_default=True,
    help="What a result is to hold for: other stimuli (and these neuroids), other neuroids, or both.",
)
def command(
    recording: Path,
    axes: str | None,
    models: tuple[str, ...],
    files: tuple[Path, ...],
    layers: tuple[str, ...],
    region: str,
    stimuli: Path | None,
    metric: str,
    difference: float,
    chance: float,
    over: str,
) -> None:
    """Say how many stimuli, repetitions or neuroids tell two models apart, from a recording that there is.

    Parts of the recording are scored anew; from their spread follow the standard errors of scores, and of the paired
    difference of the two, of a recording of any size.
    """
    from pytest_brainscore.benchmarks.own.power import AXES, power
    from pytest_brainscore.data.recordings.load_recording import load_recording
    from pytest_brainscore.errors import RecordingError
    from pytest_brainscore.report.notation import aligned, number
    from pytest_brainscore.text import printable

    if len(models) + len(files) != 2:
        raise click.UsageError("A difference is that of two models; give --model or --features twice in all.")
    if layers and len(layers) != len(models):
        raise click.UsageError("Give one --layer for each --model, in their order, or none.")
    if models and stimuli is None:
        raise click.UsageError("A model is shown the stimuli; give them with --stimuli.")
    features: dict[str, Any] = {}
    recorded: Any = load_recording(recording, axes=[each.strip() for each in axes.split(",")] if axes else None)
    if models:
        from pytest_brainscore.benchmarks.own.model_features import model_features

        recorded, shown = model_features(recorded, stimuli, dict.fromkeys(models), region, layers)
        features |= shown
    features |= {_name(file, files): load_recording(file) for file in files}
    if len(features) != 2:
        raise RecordingError("The two models have one name; call their files differently, or name two models.")
    kinds = ("stimuli", "neuroids") if over == "both" else (over,)
    found = power(features, recorded, metric, difference=difference, power=chance, over=kinds)
    said = ", ".join(f"{found.recorded[axis]:,} {axis}" for axis in AXES if axis in found.recorded)
    click.echo(printable(f"{recording}: {said}"))
    rows = [(name, number(each.value)) for name, each in zip(found.names, found.scores, strict=True)]
    rows.append((f"{found.names[1]} - {found.names[0]}", number(found.scores[1].value - found.scores[0].value)))
    times = (0.5, 1, 2, 4, 8)
    for axis in (axis for axis in AXES if axis in found.recorded):
        counts = [count for each in times if (count := int(each * found.recorded[axis])) > 0]
        cells = [
            (*row, *(number(law[axis].error(count), 4) for count in counts))
            for row, law in zip(rows, found.errors.values(), strict=True)
        ]
        click.echo("\n".join(aligned((f"standard error by {axis}", "score", *(f"{each:,}" for each in counts)), cells)))
    click.secho(found.sentence(), bold=True)


def _name(file: Path, files: tuple[Path, ...]) -> str:
    return file.stem if [each.stem for each in files].count(file.stem) == 1 else str(file)
