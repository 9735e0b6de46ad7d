"""Where a file of the catalogue may lie on this machine. Light to import; nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.home import home
from pytest_brainscore.data.user_folder import user_folder

REFERENCE_VARIABLE = "BRAINIO_HOME"
"""Names the cache of the published system."""


def cache_folder(file: CatalogueFile) -> Path:
    """Return the folder of our cache that a file is fetched into; it need not exist.

    It is named by the content: a file that several sets share under one name is kept once, and files of one name and
    different content do not meet.
    """
    return home() / "data" / file.sha1


def reference_cache() -> Path:
    """Return the cache of the published system: ``BRAINIO_HOME``, or ``.brainio`` in the user's home folder.

    It is read from and never written to; it need not exist.
    """
    named = os.environ.get(REFERENCE_VARIABLE)
    return Path(named).expanduser() if named else Path.home() / ".brainio"


def find(file: CatalogueFile) -> Path | None:
    """Return where a file lies on this machine, or None.

    Looked for by name, in this order: the user's folder, a sub-folder of it named by the SHA-1 (so that a copy of
    either cache serves), our cache, the cache of the published system. What is found has the right name, and may have
    the wrong content: `pytest_brainscore.data.retrieval.verification.verify` tells.
    """
    return next((path for path in _places(file) if _is_readable(path)), None)


def _places(file: CatalogueFile) -> Iterator[Path]:
    given = user_folder()
    if given is not None:
        yield given / file.name
        yield given / file.sha1 / file.name
    yield cache_folder(file) / file.name
    yield reference_cache() / file.sha1 / file.name


def _is_readable(path: Path) -> bool:
    # Access first: `is_file` raises where a folder on the way may not be entered. What we may not read is not there.
    return os.access(path, os.R_OK) and path.is_file()
