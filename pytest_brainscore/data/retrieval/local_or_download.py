"""Getting hold of the files of the catalogue: on this machine first, else fetched once, always verified."""

from __future__ import annotations

from pathlib import Path

from pytest_brainscore.data.catalogue import CatalogueFile, FileSet
from pytest_brainscore.data.retrieval import find_local
from pytest_brainscore.data.retrieval.fetching import fetch
from pytest_brainscore.data.retrieval.readiness import (
    lacks_credentials,
    not_here,
    nothing_may_be_fetched,
    publisher_lacks,
)
from pytest_brainscore.data.retrieval.verification import verify
from pytest_brainscore.data.user_folder import offline
from pytest_brainscore.errors import DataUnavailable


def obtain(files: FileSet, *, progress: bool = False) -> tuple[Path, ...]:
    """Return the verified files of a file set, in its order; fetch those that are not on this machine.

    Public files are fetched without an account; with AWS credentials where that is refused, or where the files are
    restricted. They go to our cache, never to the user's folder or the cache of the published system.

    Parameters
    ----------
    files
        What to get.
    progress
        Show progress bars on standard error.

    Returns
    -------
    tuple of Path
        One path for each file; empty for what users bring in their publisher's layout, when it is there.

    Raises
    ------
    DataUnavailable
        When a file cannot be had: offline, no permission, wrong content ...

    """
    if not files.files:
        problem = publisher_lacks(files) if files.publisher is not None else not_here(files)
        if problem is not None:
            raise DataUnavailable(problem)
    # All that is here is verified before anything is fetched: a wrong file is better known before hours of fetching.
    found = [find_local.find(file) for file in files.files]
    for path, file in zip(found, files.files, strict=True):
        if path is not None:
            verify(path, file)
    missing = [file for path, file in zip(found, files.files, strict=True) if path is None]
    if missing and offline():
        raise DataUnavailable(nothing_may_be_fetched(files, missing))
    try:
        return tuple(
            path or _fetch(files, file, progress=progress) for path, file in zip(found, files.files, strict=True)
        )
    except DataUnavailable as error:
        another_way = publisher_lacks(files)
        if another_way is None:
            raise
        raise DataUnavailable(f"{error} Or take them from their publisher: {another_way}") from error


def _fetch(files: FileSet, file: CatalogueFile, *, progress: bool) -> Path:
    lacking = lacks_credentials()
    if files.access != "public":
        if lacking is not None:
            raise DataUnavailable(not_here(files, lacking))
        return _fetch_signed(file, progress=progress)
    try:
        path = fetch(file, find_local.cache_folder(file), progress=progress)
    except DataUnavailable:
        if lacking is not None:
            raise
        # Described as public, and refused without an account: credentials may open it.
        return _fetch_signed(file, progress=progress)
    verify(path, file)
    return path


def _fetch_signed(file: CatalogueFile, *, progress: bool) -> Path:
    from pytest_brainscore.data.retrieval.s3 import fetch_signed

    path = fetch_signed(file, find_local.cache_folder(file), progress=progress)
    verify(path, file)
    return path
