"""Archives of images, each unpacked once into the cache."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pytest_brainscore.data.home import home
from pytest_brainscore.data.unpacking.archives import unpack

_ROOM = 2**30
"""Bytes that even a small archive may grow by."""
_GROWTH = 4
"""Images are compressed already, so their archives hardly shrink; this is far more than any real one grows by."""


def unpacked(archive: Path, name: str | None = None) -> Path:
    """Return the folder of the content of an archive, which is unpacked unless it was before and is as it was then.

    Parameters
    ----------
    archive
        A zip or tar file.
    name
        Identity of its content, where it is known; otherwise path, size and time of the last change stand for it, as
        reading the many gigabytes of some archives takes longer than all the rest.

    Raises
    ------
    DataUnavailable
        When the archive cannot be unpacked.

    """
    status = archive.stat()
    if name is None:
        text = f"{archive.resolve()}\n{status.st_size}\n{status.st_mtime_ns}"
        name = hashlib.sha256(text.encode()).hexdigest()[:40]
    folder = home() / "data" / name / "images"
    unpack(archive, folder, size_limit=_GROWTH * status.st_size + _ROOM)
    return folder
