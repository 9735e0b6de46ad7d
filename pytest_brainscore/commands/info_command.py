"""``brainscore info``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click


@click.command
def command() -> None:
    """Show where everything is kept, how large it is, and which versions are installed."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from pytest_brainscore.data.home import home, shared_home
    from pytest_brainscore.data.retrieval.cache_cleanup import size_of
    from pytest_brainscore.data.retrieval.find_local import reference_cache
    from pytest_brainscore.data.retrieval.s3 import credentials_configured
    from pytest_brainscore.data.retrieval.sizes import size_in_words
    from pytest_brainscore.data.user_folder import VARIABLE, offline, user_folder
    from pytest_brainscore.report.assemble_report import PACKAGES

    click.secho("folders", bold=True)
    click.echo(f"  home                  {home()} (BRAINSCORE_HOME)")
    shared = shared_home()
    if shared is not None:
        click.echo(f"    {shared}")
    for name, what in (("data", "fetched data"), ("activations", "stored activations")):
        click.echo(f"    {what:<20}{size_in_words(size_of(home() / name))}")
    for line in _store(home() / "activations"):
        click.echo(f"      {line}")
    results = sum(1 for _ in (home() / "results").glob("??/*.result"))
    click.echo(f"    {'stored scores':<20}{size_in_words(size_of(home() / 'results'))}, {results} in all")
    mine = user_folder()
    told = f"none; give --brainscore-data DIR or set {VARIABLE}" if mine is None else str(mine)
    lost = "" if mine is None or mine.is_dir() else ", which does not exist"
    click.echo(f"  your data             {told}{lost}")
    cache = reference_cache()
    click.echo(f"  cache of Brain-Score  {cache if cache.is_dir() else f'none in {cache}'} (BRAINIO_HOME; read only)")
    click.secho("access", bold=True)
    click.echo(f"  AWS credentials       {'configured' if credentials_configured() else 'none'}")
    click.echo(f"  fetching              {'off (BRAINSCORE_OFFLINE)' if offline() else 'on'}")
    click.secho("versions", bold=True)
    click.echo(f"  {'python':<22}{platform.python_version()}")
    for package in PACKAGES:
        try:
            click.echo(f"  {package:<22}{version(package)}")
        except PackageNotFoundError:
            click.echo(f"  {package:<22}not installed")


def _store(folder: Path) -> Iterator[str]:
    """Yield what is to be told of the stored activations."""
    from datetime import datetime

    from pytest_brainscore.data.retrieval.sizes import size_in_words
    from pytest_brainscore.models.activations.storage.contents import contents

    store = contents(folder)
    yield f"may take {size_in_words(store.cap.bytes)}, {store.cap.told} (--brainscore-cache-size)"
    if store.entries:
        oldest, newest = (
            datetime.fromtimestamp(store.entries[place].used).astimezone().strftime("%Y-%m-%d %H:%M")
            for place in (0, -1)
        )
        yield f"{len(store.entries)} entries, last used between {oldest} and {newest}"
        used = f"{len(store.used)} ({size_in_words(sum(each.bytes for each in store.used))})" if store.used else "none"
        yield f"in use now: {used}" if store.no_locks is None else f"in use now: not known, {store.no_locks}"
