"""Whether a file has the content that the catalogue says, before anything is computed from it.

Hashing a file of gigabytes takes many seconds, and every worker of every run needs its files: a file that was right is
remembered, and hashed again only when it has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.home import home
from pytest_brainscore.data.receiving import sha1_of
from pytest_brainscore.errors import DataUnavailable


def verify(path: Path, file: CatalogueFile) -> None:
    """Check that a file on this machine is the file of the catalogue.

    Parameters
    ----------
    path
        Where the file lies.
    file
        What it should be.

    Raises
    ------
    DataUnavailable
        When it cannot be read, or its SHA-1 is another one.

    """
    try:
        state = _state(path)
        if _remembered(path) == (state | {"sha1": file.sha1}):
            return
        found = sha1_of(path)
    except OSError as error:
        raise DataUnavailable(f"{path} cannot be read ({error.strerror or error}): copy it there again.") from error
    if found != file.sha1:
        raise DataUnavailable(
            f"{path} is not the published {file.name}: its SHA-1 is {found} instead of {file.sha1}; delete it, and "
            "copy or fetch it again."
        )
    # The state from before hashing: what was written meanwhile makes it differ, and is hashed next time.
    _remember(path, state | {"sha1": file.sha1})


def remember(path: Path, file: CatalogueFile) -> None:
    """Remember a file as right that was hashed while it was fetched, so that it is not hashed a second time."""
    _remember(path, _state(path) | {"sha1": file.sha1})


def _state(path: Path) -> dict[str, int | str]:
    """Return what changes when a file is replaced or written to."""
    status = path.stat()
    return {
        "path": str(path.absolute()),
        "size": status.st_size,
        "modified": status.st_mtime_ns,
        "inode": status.st_ino,
    }


def _record(path: Path) -> Path:
    # One small file for each, replaced as a whole: workers that verify the same file need no lock.
    name = hashlib.sha1(os.fsencode(path.absolute()), usedforsecurity=False).hexdigest()
    return home() / "verified" / f"{name}.json"


def _remembered(path: Path) -> object:
    try:
        content: object = json.loads(_record(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        # Never verified, or a record that nobody can read: verifying again is always right.
        return None
    return content


def _remember(path: Path, state: dict[str, int | str]) -> None:
    record = _record(path)
    # A home that cannot be written to is no obstacle: the file is hashed again next time.
    with contextlib.suppress(OSError):
        record.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(record, json.dumps(state).encode())
