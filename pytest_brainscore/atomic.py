"""Writing a whole file, or nothing: a reader, or the next run after a crash, never sees half a file."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the content of a file at once.

    The content goes to a temporary file in the same folder (a rename is atomic only within a file system), is forced
    to the disk, and takes the place of `path`. The old file stays whole whatever happens before that.

    Parameters
    ----------
    path
        File to write; its folder exists. A symbolic link stays, and the file it points to is replaced. What is no
        file (a device, a pipe) cannot be replaced and is written to directly.
    content
        The new content.

    Raises
    ------
    OSError
        When the folder cannot be written or the disk is full; the temporary file is removed.

    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    # Not `tempfile`, whose files only their owner can read: baselines and reports are shared.
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
