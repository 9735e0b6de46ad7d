"""What was unpacked, file by file, so that images can be checked again before they are used. Light to import."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from pytest_brainscore.atomic import write_atomically

Digests = Mapping[str, str]
"""SHA-256 of each file by its path within the folder, with slashes."""

_intact: set[tuple[str, int]] = set()
"""Folders that this process has checked, with the time of their manifest."""


def manifest_path(folder: Path) -> Path:
    """Return where the manifest of a folder lies: beside it."""
    return folder.with_name(f"{folder.name}.manifest.json")


def write_manifest(folder: Path, files: Path, digests: Digests) -> None:
    """Record size, time of the last change and SHA-256 of every file.

    Parameters
    ----------
    folder
        Whose manifest this is.
    files
        Where its files lie for now.
    digests
        Of all of them.

    Raises
    ------
    OSError
        When a file is gone, or the manifest cannot be written.

    """
    content = {}
    for name, digest in digests.items():
        status = (files / name).lstat()
        content[name] = [status.st_size, status.st_mtime_ns, digest]
    write_atomically(manifest_path(folder), json.dumps(content).encode(), follow_link=False)


def is_intact(folder: Path) -> bool:
    """Tell whether a folder has exactly the files of its manifest; checked once per process.

    A file that has the size and the time of the last change it was written with is taken to be as written; one that
    has another time (a copy of the folder) is hashed. A folder without a manifest, or with a damaged one, is not
    intact, nor is one with further files or with links.
    """
    manifest = manifest_path(folder)
    try:
        key = (str(folder.absolute()), manifest.stat().st_mtime_ns)
        if key in _intact:
            return folder.is_dir()
        recorded = json.loads(manifest.read_bytes())
        found = _files(folder)
        if found.keys() != recorded.keys():
            return False
        moved = False
        for name, status in found.items():
            size, modified, digest = recorded[name]
            if not stat.S_ISREG(status.st_mode) or status.st_size != size:
                return False
            if status.st_mtime_ns != modified:
                moved = True
                if _sha256(folder / name) != digest:
                    return False
    except (OSError, ValueError, TypeError, AttributeError):
        return False
    if moved:
        with contextlib.suppress(OSError):  # a home that cannot be written to is hashed again by the next process
            write_manifest(folder, folder, {name: entry[2] for name, entry in recorded.items()})
    _intact.add(key)
    return True


def _files(folder: Path) -> dict[str, os.stat_result]:
    """Return what lies in a folder and below, but folders, as it is: links are not followed."""
    found: dict[str, os.stat_result] = {}
    waiting = [folder]
    if folder.is_symlink():
        raise NotADirectoryError(folder)
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                else:
                    name = Path(entry.path).relative_to(folder).as_posix()
                    found[name] = entry.stat(follow_symlinks=False)
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
