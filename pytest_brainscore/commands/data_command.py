"""``brainscore data``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pytest_brainscore.commands.shared.tree_option import tree_option
from pytest_brainscore.data.retrieval.sizes import size_in_words
from pytest_brainscore.data.user_folder import VARIABLE

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.retrieval.cache_cleanup import Part

_TITLES = {
    "ready": "ready",
    "fetchable": "fetchable (when needed, or now: brainscore data fetch SELECTOR)",
    "restricted": "restricted (for those with credentials, or with the files)",
    "user-supplied": "needs data that you supply",
    "not-capable": "not for this model",
}
_SELECTORS = click.argument("selectors", metavar="[SELECTOR]...", nargs=-1)


def _use_folder(_context: click.Context, _option: click.Parameter, folder: Path | None) -> None:
    if folder is not None:  # as the plugin does: everything that looks for data reads the variable
        os.environ[VARIABLE] = str(folder.absolute())


DATA = click.option(
    "--brainscore-data",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    expose_value=False,
    callback=_use_folder,
    metavar="DIR",
    help=f"Folder of data that you have (default: ${VARIABLE}).",
)


@click.group
def command() -> None:
    """See which data are here, and get, check or remove them.

    SELECTOR is a benchmark, a parent of the score tree (V4, behavior_vision), a pattern (Geirhos2021*), or the name of
    a stimulus set or an assembly (hvm-public).
    """


@command.command
@_SELECTORS
@DATA
@click.option(
    "--model", metavar="NAME", help="Say also what this model lacks: a region, 1000 outputs. Loads the model."
)
@click.option(
    "--files",
    is_flag=True,
    help="Say it for each stimulus set and assembly, with its files: of all there are, or of those selected "
    "(with --tree, of those its leaves need).",
)
@tree_option("Of the leaves of this score tree, by default that of $BRAINSCORE_TREE, or published.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print {identifier, version, parent, state, reason} for each; with --files {identifier, kind, files, state, "
    "reason}.",
)
def status(selectors: tuple[str, ...], model: str | None, files: bool, tree: str | None, as_json: bool) -> None:
    """Say for each benchmark whether its data are here, and how to get them. Touches no network."""
    from pytest_brainscore.benchmarks.registry import Registry, using
    from pytest_brainscore.benchmarks.selector import choose

    with using(Registry(tree=tree)):
        if files or _are_data(selectors):
            of_tree = tree is not None and not selectors
            rows = [_file_row(each) for each in (_file_sets(()) if of_tree else _files_of(selectors))]
        else:
            lacks = _lacks(model) if model else {}
            rows = [_row(benchmark, lacks) for benchmark in choose(selectors)]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for state, title in _TITLES.items():
        mine = [row for row in rows if row["state"] == state]
        if not mine:
            continue
        click.secho(f"{title}: {len(mine)} of {len(rows)}", bold=True)
        for reason in dict.fromkeys(row["reason"] for row in mine):
            names = [" ".join([row["identifier"], *row.get("files", ())]) for row in mine if row["reason"] == reason]
            if reason:
                click.echo(f"  {reason}")
            click.echo("\n".join(f"    {name}" for name in names))
    counts = ", ".join(
        f"{sum(row['state'] == state for row in rows)} {state}" for state in _TITLES if state in _states(rows)
    )
    click.echo(f"\n{counts}")


@command.command
@click.argument("selectors", metavar="SELECTOR...", nargs=-1, required=True)
@DATA
def fetch(selectors: tuple[str, ...]) -> None:
    """Fetch everything that the selected benchmarks need and that is not here yet."""
    from pytest_brainscore.data.retrieval.local_or_download import obtain
    from pytest_brainscore.data.retrieval.readiness import readiness
    from pytest_brainscore.errors import DataUnavailable

    failed = 0
    wanted = _file_sets(selectors)
    if not wanted:
        click.echo("There is nothing to fetch: what was selected needs no files of the catalogue.")
    for files in wanted:
        here = readiness(files.kind, files.identifier).state == "ready"
        try:
            # What is here already is verified, which is quick when it has been before.
            paths = obtain(files, progress=True)
        except DataUnavailable as error:
            failed += 1
            click.secho(str(error), fg="red", err=True)
            continue
        places = ", ".join(sorted({str(path.parent) for path in paths}))
        click.echo(f"{files.title} is here already." if here else f"{files.title} is in {places}.")
    if failed:
        click.secho(f"{failed} of {len(wanted)} could not be fetched.", fg="red", err=True)
        raise click.exceptions.Exit(1)


@command.command
@_SELECTORS
@DATA
def verify(selectors: tuple[str, ...]) -> None:
    """Compare every file that is here with its published checksum, anew. Exits with 1 when one is wrong."""
    from pytest_brainscore.data.retrieval.find_local import find
    from pytest_brainscore.data.retrieval.resumable_download import sha1_of

    wrong = right = absent = 0
    for file in dict.fromkeys(file for files in _file_sets(selectors) for file in files.files):
        path = find(file)
        if path is None:
            absent += 1
            continue
        try:
            sha1 = sha1_of(path)
        except OSError as error:
            wrong += 1
            click.secho(f"wrong  {path} cannot be read ({error.strerror}); delete it.", fg="red")
            continue
        if sha1 == file.sha1:
            right += 1
            click.echo(f"right  {path}")
        else:
            wrong += 1
            click.secho(f"wrong  {path} has the SHA-1 {sha1} instead of {file.sha1}; delete it.", fg="red")
    click.echo(f"{right} files are right, {wrong} are wrong, {absent} are not here.")
    if wrong:
        raise click.exceptions.Exit(1)


@command.command
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--fetched", is_flag=True, help="Remove all fetched and unpacked data, too.")
@click.option("--activations", is_flag=True, help="Remove the stored activations, too, but for those in use.")
@click.option("--results", is_flag=True, help="Remove the stored scores, too.")
@click.option("--older", metavar="AGE", help="Of the activations, only those not used for so long: 30d, 12h, 2w.")
@click.option("--keep", metavar="SIZE", help="Of the activations, keep so much of what was used last: 5GB.")
def clean(dry_run: bool, fetched: bool, activations: bool, results: bool, older: str | None, keep: str | None) -> None:
    """Remove leftovers: downloads that were cut off, and files that no benchmark uses any more.

    Only our own cache is touched, never your data folder or another program's cache. Do not run it during a fetch;
    activations that a running process uses are left, whichever machine it runs on.
    """
    from pytest_brainscore.data.home import home
    from pytest_brainscore.data.retrieval.cache_cleanup import removable, remove
    from pytest_brainscore.data.retrieval.sizes import parse_age, parse_size
    from pytest_brainscore.data.user_folder import user_folder
    from pytest_brainscore.errors import BrainScoreError

    if not activations and (older is not None or keep is not None):
        raise click.UsageError("--older and --keep say what of the activations goes; give --activations, too.")
    age = None if older is None else parse_age(older, "--older")
    kept = None if keep is None else parse_size(keep, "--keep")
    mine = user_folder()

    total = 0
    parts: dict[Part, bool] = {"leftovers": True, "data": fetched, "activations": activations, "results": results}
    store = home() / "activations"
    for item in removable(part for part, wanted in parts.items() if wanted):
        if mine is not None and _overlap(item.path, mine):
            click.echo(f"left alone {item.path}: it is, or is part of, or holds your data folder {mine}")
            continue
        if item.path == store and not store.is_symlink():
            total += _clean_activations(store, age, kept, dry_run=dry_run)
            continue
        total += item.bytes
        click.echo(f"{'would remove' if dry_run else 'removing'} {item.path} ({size_in_words(item.bytes)})")
        if not dry_run:
            try:
                remove(item)
            except OSError as error:
                raise BrainScoreError(
                    f"{item.path} cannot be removed ({error.strerror}); check its permissions."
                ) from error
    click.echo(f"{size_in_words(total)} {'would be' if dry_run else 'were'} freed.")


def _clean_activations(store: Path, older: float | None, keep: int | None, *, dry_run: bool) -> int:
    """Remove stored activations, and return their bytes."""
    from pytest_brainscore.models.activations.storage.contents import (
        chosen,
        contents,
        remove_empty_store,
        remove_entries,
    )

    found = contents(store)
    if found.no_locks is not None:
        click.echo(f"what running processes use of {store} is not known ({found.no_locks}), so end them first")
    going = chosen(found, older, keep)
    size = size_in_words(sum(each.bytes for each in going))
    which = f"{len(going)} of {len(found.entries)} entries of {store} ({size})"
    click.echo(f"{'would remove' if dry_run else 'removing'} {which}")
    if found.used:
        click.echo(f"left {len(found.used)} that are in use ({size_in_words(sum(each.bytes for each in found.used))})")
    gone = going if dry_run else remove_entries(store, going)
    if len(gone) < len(going):
        click.secho(f"{len(going) - len(gone)} could not be removed: in use by now, or somebody else's", fg="yellow")
    if not dry_run:
        remove_empty_store(store)
    return sum(each.bytes for each in gone)


def _overlap(first: Path, second: Path) -> bool:
    one, other = first.resolve(), second.resolve()
    return one.is_relative_to(other) or other.is_relative_to(one)


def _row(benchmark: Benchmark, lacks: dict[str, str]) -> dict[str, Any]:
    from pytest_brainscore.running.command_line.listing import readiness_of

    state, reason = readiness_of(benchmark)
    if benchmark.region in lacks:
        state, reason = "not-capable", lacks[benchmark.region]
    return {
        "identifier": benchmark.identifier,
        "version": benchmark.version,
        "parent": benchmark.parent,
        "state": state,
        "reason": reason,
    }


def _file_row(files: FileSet) -> dict[str, Any]:
    from pytest_brainscore.data.retrieval.readiness import readiness

    state, reason = readiness(files.kind, files.identifier)
    names = [file.name for file in files.files]
    return {"identifier": files.identifier, "kind": files.kind, "files": names, "state": state, "reason": reason}


def _are_data(selectors: Sequence[str]) -> bool:
    """Tell whether words name stimulus sets and assemblies, and no benchmarks."""
    from pytest_brainscore.benchmarks.registry import registry
    from pytest_brainscore.data.catalogue import catalogue

    names = {identifier for _, identifier in catalogue()} - {each.identifier for each in registry().shipped}
    return bool(selectors) and names.issuperset(selectors)


def _files_of(selectors: Sequence[str]) -> list[FileSet]:
    """Return the file sets that words select, by their names too (patterns over them); all without words."""
    from fnmatch import fnmatchcase

    from pytest_brainscore.data.catalogue import catalogue

    everything = catalogue().values()
    if not selectors:
        return list(everything)
    found = {word: [each for each in everything if fnmatchcase(each.identifier, word)] for word in selectors}
    needed = _file_sets([word for word in selectors if not found[word]]) if not all(found.values()) else []
    chosen = [*(each for mine in found.values() for each in mine), *needed]
    return list({(files.kind, files.identifier): files for files in chosen}.values())


def _states(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {row["state"] for row in rows}


def _lacks(model: str) -> dict[str, str]:
    """Return why a model cannot do it, by region or task."""
    from pytest_brainscore.benchmarks import all_benchmarks
    from pytest_brainscore.errors import ModelError
    from pytest_brainscore.models import load_model
    from pytest_brainscore.models.asking import why_not

    loaded = load_model(model)

    def reason(region: str) -> str | None:
        try:
            return why_not(loaded, region)
        except ModelError as error:  # a broken network
            return str(error)

    reasons = {region: reason(region) for region in {each.region for each in all_benchmarks()}}
    return {region: reason for region, reason in reasons.items() if reason is not None}


def _file_sets(selectors: Sequence[str]) -> list[FileSet]:
    """Return the file sets of the catalogue that words select, each once; all that benchmarks use without words."""
    from pytest_brainscore.data.catalogue import catalogue, file_set

    named = [files for files in catalogue().values() if files.identifier in selectors]
    words = [word for word in selectors if word not in {files.identifier for files in named}]
    chosen = _choose(words) if words or not selectors else ()
    needed = [file_set(*need) for benchmark in chosen for need in benchmark.needs]
    return list({(files.kind, files.identifier): files for files in [*named, *needed]}.values())


def _choose(words: Sequence[str]) -> Sequence[Benchmark]:
    """Return the benchmarks that words select; names of data are among those offered for a word that selects none."""
    from difflib import get_close_matches

    from pytest_brainscore.benchmarks import every_version
    from pytest_brainscore.benchmarks.selector import choose
    from pytest_brainscore.data.catalogue import catalogue
    from pytest_brainscore.errors import BenchmarkError

    try:
        return choose(words)
    except BenchmarkError:
        names = dict.fromkeys(identifier for _, identifier in catalogue())
        for word in words:
            if any(each.identifier.startswith(word) for each in every_version()):
                continue  # the name of a family of benchmarks, for which there is a better hint
            near = get_close_matches(word, names, n=1)
            if near:
                raise BenchmarkError(f"There are no data called {word!r}; did you mean {near[0]}?") from None
        raise
