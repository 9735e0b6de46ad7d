"""What our home folder holds, how much room it takes, and what of it can go. Light to import."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pytest_brainscore.data.catalogue import catalogue
from pytest_brainscore.data.home import home

Part = Literal["leftovers", "data", "activations", "results"]
"""Downloads that were cut off and files that the catalogue no longer has; everything that was fetched and unpacked;
stored activations; stored scores."""


class Item(NamedTuple):
    """Something in our home folder."""

    path: Path
    bytes: int


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder; 0 where there is nothing."""
    if path.is_file():
        return path.stat().st_size
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file() and not each.is_symlink())


def removable(parts: Iterable[Part]) -> Iterator[Item]:
    """Yield what belongs to some parts of the home folder, with its size.

    Whatever is yielded can be made or fetched again. Data that a user keeps elsewhere are never part of it.
    """
    wanted = set(parts)
    data = home() / "data"
    if "data" in wanted:
        yield from _existing(data, home() / "verified")
    elif "leftovers" in wanted:
        yield from _leftovers(data)
    if "activations" in wanted:
        yield from _existing(home() / "activations")
    if "results" in wanted:
        yield from _existing(home() / "results")


def remove(item: Item) -> None:
    """Remove a file or a folder with all that it holds.

    Raises
    ------
    OSError
        When it cannot be removed.

    """
    if item.path.is_dir() and not item.path.is_symlink():
        shutil.rmtree(item.path)
    else:
        item.path.unlink(missing_ok=True)


def _existing(*paths: Path) -> Iterator[Item]:
    yield from (Item(path, size_of(path)) for path in paths if path.exists())


def _leftovers(data: Path) -> Iterator[Item]:
    known = {file.sha1 for files in catalogue().values() for file in files.files}
    for folder in sorted(data.iterdir()) if data.is_dir() else ():
        # Folders named otherwise hold what a user's own archives were unpacked to.
        if len(folder.name) == 40 and folder.name not in known and not (folder / "images").is_dir():
            yield Item(folder, size_of(folder))
            continue
        yield from (Item(part, size_of(part)) for part in sorted(folder.glob("*.part")))
