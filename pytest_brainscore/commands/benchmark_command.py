"""``brainscore benchmark``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

PATH = click.Path(path_type=Path)


@click.group
def command() -> None:
    """Write and check benchmarks of one's own recordings: a TOML file beside a recording and its images."""


@command.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PATH)
def check(files: tuple[Path, ...]) -> None:
    """Check the benchmarks in TOML files: keys, images, names, trials and ceiling; all faults, one sentence each.

    Everything is read, joined and scored once with random features. Ends with status 1 where anything is wrong.
    """
    from pytest_brainscore.benchmarks.own.checking import check_file
    from pytest_brainscore.errors import BrainScoreError
    from pytest_brainscore.pages import BENCHMARK_FILES
    from pytest_brainscore.text import printable

    wrong = right = 0
    for file in files:
        try:
            faults, findings = check_file(file)
        except BrainScoreError as error:
            faults, findings = [str(error)], []
        for fault in [*faults, *(each for finding in findings for each in finding.faults)]:
            click.echo(f"error: {printable(fault)}", err=True)
            wrong += 1
        for finding in findings:
            if finding.faults:
                continue
            right += 1
            place = " / ".join(finding.benchmark.parents)
            click.secho(f"{finding.benchmark.identifier}@{finding.benchmark.version}, below {place}", bold=True)
            for what, said in finding.facts.items():
                click.echo(f"  {what:<16}{printable(said)}")
    if wrong:
        click.echo(f"what can stand in a file: {BENCHMARK_FILES}", err=True)
        click.echo(f"{wrong} {'fault' if wrong == 1 else 'faults'}", err=True)
        raise SystemExit(1)
    named = " ".join(f"--brainscore-benchmark {shlex.quote(str(file))}" for file in files)
    count = "1 benchmark is" if right == 1 else f"{right} benchmarks are"
    click.echo(f"{count} in order: pytest --model NAME {named}")


@command.command()
@click.argument("recording", type=PATH)
@click.option("--stimuli", type=PATH, help="Folder or zip of the images, or a csv file of their names.")
@click.option("--ids", metavar="FILE", help='Ids of the stimuli, for arrays: a csv file, or "stimuli": in their order.')
@click.option("--axes", metavar="NAMES", help="What each axis is, for arrays: stimulus,neuroid,repetition,subject.")
@click.option("--variable", metavar="NAME", help="Which array of an archive or netCDF file has the responses.")
@click.option("--to", "file", type=PATH, help="File to write; by default RECORDING with the ending .toml.")
def new(
    recording: Path,
    stimuli: Path | None,
    ids: str | None,
    axes: str | None,
    variable: str | None,
    file: Path | None,
) -> None:
    """Write a TOML file for RECORDING, filled in as far as it tells; comments say what is left to fill in.

    RECORDING is csv, npz, npy or nc. A file that is there already is never overwritten.
    """
    from pytest_brainscore.atomic import write_atomically
    from pytest_brainscore.benchmarks.own.skeleton import skeleton
    from pytest_brainscore.errors import BenchmarkError

    target = file or recording.with_suffix(".toml")
    if target.exists():
        raise BenchmarkError(f"{target} is there already; remove it, or give another file with --to.")
    in_order = ids == "stimuli"
    if in_order and stimuli is None:
        raise BenchmarkError('The ids are to be "stimuli", and these are not given; add --stimuli DIR.')
    arguments: dict[str, object] = {}
    if ids is not None and not in_order:
        arguments["ids"] = Path(ids)
    if axes is not None:
        arguments["axes"] = [each.strip() for each in axes.split(",") if each.strip()]
    if variable is not None:
        arguments["variable"] = variable
    text = skeleton(recording, stimuli, target.parent, arguments, in_order)
    try:
        write_atomically(target, text.encode())
    except OSError as error:
        raise BenchmarkError(f"{target} cannot be written ({error.strerror}); give another file with --to.") from error
    command = shlex.join(["brainscore", "benchmark", "check", str(target)])
    click.echo(f"wrote {target}; fill in what its comments name, then: {command}")


@command.command()
def keys() -> None:
    """List the keys of a TOML file of benchmarks, and of its table of the recording, with what they mean."""
    from pytest_brainscore.benchmarks.own.toml_keys import Definition, Recording, described

    for title, kind in (("benchmark", Definition), ("recording", Recording)):
        click.secho(f"[{title}]", bold=True)
        formatter = click.HelpFormatter(width=100)
        formatter.write_dl(list(described(kind).items()))
        click.echo(formatter.getvalue(), nl=False)
