"""Whether a file has the content that the catalogue says, before anything is computed from it.

Hashing a file of gigabytes takes many seconds, and every worker of every run needs its files: a file that was right is
remembered, and hashed again only when it has changed.

The published checksums are SHA-1, for which two contents can be made to share one. The SHA-256 of the first content
that was used is recorded beside, and every further copy must have both.
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
from pytest_brainscore.data.retrieval.resumable_download import checksums_of
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
        When it cannot be read, its SHA-1 is another one, or its SHA-256 is not that of the copy used here before.

    """
    try:
        state = _state(path)
        if _remembered(path) == (state | {"sha1": file.sha1}):
            return
        found, sha256 = checksums_of(path)
    except OSError as error:
        raise DataUnavailable(f"{path} cannot be read ({error.strerror or error}): copy it there again.") from error
    if found != file.sha1:
        raise DataUnavailable(
            f"{path} is not the published {file.name}: its SHA-1 is {found} instead of {file.sha1}; delete it, and "
            "copy or fetch it again."
        )
    first = _first_sha256(file.sha1, sha256)
    if first != sha256:
        raise DataUnavailable(
            f"{path} has the published SHA-1 of {file.name}, and its SHA-256 is {sha256} instead of {first}, that of "
            f"the copy used here before: one of the two was made to pass for the other; get it anew from where it is "
            f"published, and if this one is right, delete {_sha256_record(file.sha1)}."
        )
    # The state from before hashing: what was written meanwhile makes it differ, and is hashed next time.
    _remember(path, state | {"sha1": file.sha1})


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


def _sha256_record(sha1: str) -> Path:
    return home() / "verified" / f"{sha1}.sha256"


def _first_sha256(sha1: str, found: str) -> str:
    """Return the SHA-256 recorded at the first use of a content, which is this one where there is no record."""
    record = _sha256_record(sha1)
    try:
        recorded = record.read_text("ascii").strip()
    except (OSError, ValueError):
        recorded = ""
    if len(recorded) == len(found):
        return recorded
    with contextlib.suppress(OSError):
        record.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(record, f"{found}\n".encode(), follow_link=False)
    return found


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
        write_atomically(record, json.dumps(state).encode(), follow_link=False)
