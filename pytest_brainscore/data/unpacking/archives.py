"""Unpacking archives of images: all of it or nothing, and never outside the folder."""

from __future__ import annotations

import hashlib
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, NamedTuple

from filelock import FileLock

from pytest_brainscore.data.reading import DAMAGE
from pytest_brainscore.data.unpacking.manifest import is_intact, write_manifest
from pytest_brainscore.errors import DataUnavailable

BLOCK_BYTES = 1 << 20
"""Written at a time; also the most by which a member can exceed the limit before it is noticed."""

_DAMAGE = tuple(each for each in DAMAGE if each not in (OSError, RuntimeError))
_UNREADABLE = (RuntimeError, NotImplementedError)
"""zipfile raises these for members that need a password, and for methods of compression that Python lacks."""


class _Member(NamedTuple):
    name: str
    kind: str  # "file", "folder", or what cannot be accepted
    open: Callable[[], IO[bytes] | None]


class _Unacceptable(Exception):
    """An archive must not be unpacked; the message continues a sentence that begins with the archive's path."""


def unpack(archive: Path, folder: Path, *, size_limit: int) -> None:
    """Unpack a zip or a tar (also gzip, bzip2, xz) into a folder that appears at once, when everything is in it.

    A folder that exists is left alone if its files are those of ``FOLDER.manifest.json``, beside it
    (:func:`~pytest_brainscore.data.unpacking.manifest.is_intact`), and is otherwise replaced. Of several processes one
    unpacks (into ``FOLDER.unpacking``, beside it, removed if a process died there) and the others wait for
    ``FOLDER.lock``.
    Permissions and times of the members are not taken over.

    Parameters
    ----------
    archive
        Path of the archive; its content decides on the format, not its name.
    folder
        Where the members go; parents are made.
    size_limit
        Most bytes that all members together may have, counted as they are written, whatever the archive claims.

    Raises
    ------
    DataUnavailable
        When the archive is damaged, or exceeds the limit, or has a member that is not a plain file or folder, or whose
        name leads out of the folder or comes twice (also in capitals, where the disk does not tell them apart); and
        when the folder cannot be written to. Nothing is left behind.

    """
    temporary = folder.with_name(f"{folder.name}.unpacking")
    if is_intact(folder):
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if is_intact(folder):
                return
            _clear(temporary)
            temporary.mkdir()
            try:
                digests = _extract(archive, temporary, size_limit)
                _clear(folder)
                # First the manifest: a folder that is there has one.
                write_manifest(folder, temporary, digests)
                temporary.replace(folder)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
    except _Unacceptable as error:
        raise DataUnavailable(
            f"{archive} cannot be unpacked: {error}; remove it, and fetch or ask for it anew."
        ) from error
    except OSError as error:
        raise DataUnavailable(
            f"{archive} cannot be unpacked into {folder} ({error.strerror or error}); make room there or make it "
            "writable."
        ) from error


def _clear(path: Path) -> None:
    """Take away a folder, or whatever lies in its place, without following a link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _extract(archive: Path, folder: Path, size_limit: int) -> dict[str, str]:
    """Write the members of an archive, and return the SHA-256 of each file."""
    digests: dict[str, str] = {}
    left = size_limit
    name = ""
    try:
        with archive.open("rb") as file:
            is_zip = file.read(2) == b"PK"  # a tar can end like a zip, but not begin like one
        for member in _zip_members(archive) if is_zip else _tar_members(archive):
            name = member.name
            path = folder / _safe_path(name)
            if member.kind == "folder":
                path.mkdir(parents=True, exist_ok=True)
                continue
            content = member.open() if member.kind == "file" else None
            if content is None:
                raise _Unacceptable(f"its member {name} is {member.kind}, not a file")
            path.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with content, path.open("xb") as target:
                while block := content.read(BLOCK_BYTES):
                    left -= len(block)
                    if left < 0:
                        raise _Unacceptable(f"with its member {name} it has more than {size_limit} bytes")
                    target.write(block)
                    digest.update(block)
            digests[path.relative_to(folder).as_posix()] = digest.hexdigest()
    except (FileExistsError, NotADirectoryError) as error:
        raise _Unacceptable(f"its member {name} comes twice") from error
    except _DAMAGE as error:
        raise _Unacceptable(_damaged(name, error)) from error
    except OSError as error:
        if error.errno is not None:
            raise  # the system's, not that of a decompressor
        raise _Unacceptable(_damaged(name, error)) from error
    except _UNREADABLE as error:
        raise _Unacceptable(f"its member {name} cannot be read ({error})") from error
    return digests


def _damaged(name: str, error: Exception) -> str:
    return f"it is damaged{f' at or after its member {name}' if name else ''} ({error})"


def _safe_path(name: str) -> Path:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts or "\0" in name:
        raise _Unacceptable(f"its member {name!r} would lie outside the folder")
    return Path(*windows.parts)


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as opened:
        for information in opened.infolist():
            mode = information.external_attr >> 16  # made on Unix; 0 elsewhere
            if information.is_dir():
                kind = "folder"
            elif stat.S_IFMT(mode) in (0, stat.S_IFREG):
                kind = "file"
            else:
                kind = "a link" if stat.S_ISLNK(mode) else "a device"
            yield _Member(information.filename, kind, lambda member=information: opened.open(member))  # type: ignore[misc]


def _tar_members(archive: Path) -> Iterator[_Member]:
    try:
        opened = tarfile.open(archive)  # noqa: SIM115 - closed below; what it raises here has several lines
    except tarfile.ReadError as error:
        raise _Unacceptable("it is damaged from the start, or neither a zip nor a tar") from error
    with opened:
        for information in opened:
            if information.isdir():
                kind = "folder"
            elif information.isreg():
                kind = "file"
            else:
                kind = "a link" if information.issym() or information.islnk() else "a device"
            yield _Member(information.name, kind, lambda member=information: opened.extractfile(member))  # type: ignore[misc]
        # tarfile takes anything that is no header for the end; the end is a block of zeros (POSIX, pax format).
        assert opened.fileobj is not None
        opened.fileobj.seek(opened.offset)
        if opened.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError("it ends too early")
