"""Receiving one file from whichever source gives the right content: locked, continued after a cut, whole or not there.

Where the bytes come from is a :class:`Source`; HTTPS is in ``fetching``, signed S3 in
:mod:`~pytest_brainscore.data.retrieval.s3`. Light to import.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from filelock import FileLock

from pytest_brainscore.atomic import open_own_file
from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.errors import DataUnavailable

BLOCK_BYTES = 1 << 16
"""Read at a time; small enough that a slow line that stalls loses little, large enough to cost nothing beside SHA-1."""
LARGEST_FILE_BYTES = 50 * 10**9
"""Most that is accepted of a file whose size the catalogue does not state: a bound on the damage, not an estimate.

For comparison, 148480 presentations x 256 neuroids of MajajHong2015 have 0.15 GB per time bin before compression.
"""
IDLE_ATTEMPTS = 4
"""Attempts in a row that bring no new byte before a source is given up; with the pauses, a hiccup of a few seconds."""
PAUSE_SECONDS = 0.5
"""Before the second attempt in a row that follows one without a new byte; doubled for each further one."""
WRONG_CONTENTS = 2
"""Whole contents of wrong checksum before a source is given up: one may be an accident on the way."""
UNREACHABLE_SECONDS = 300.0
"""How long a process does not try a host again that it could not reach.

Without a network, the first file costs the attempts of its sources and all further ones nothing; and a notebook that
stays open gets over it when the network is back.
"""

Block = tuple[int, bytes]
"""Some bytes and their place in the file."""

_unreachable: dict[str, tuple[float, str]] = {}


class Refused(Exception):
    """A source will not give the content; the message continues a sentence that begins with the source's name."""

    def __init__(self, reason: str, *, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.unreachable = unreachable
        """Whether any other file would meet the same, for now."""


class Interrupted(Exception):
    """A source stopped in the middle and may be asked for the rest; the message continues a sentence like Refused."""


@dataclass(frozen=True)
class Source:
    """Somewhere to get a file from."""

    name: str
    """What sentences call it, and what is remembered as unreachable: a host or a bucket."""
    blocks: Callable[[int], Generator[Block, None, None]]
    """Yields the content from a place on, or from 0 if it can only give all; raises Refused and Interrupted.

    Ending without an exception means that the source regards the content as complete.
    """


def sha1_of(path: Path) -> str:
    """Return the SHA-1 of a file's content in 40 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, _sha1).hexdigest()


def checksums_of(path: Path) -> tuple[str, str]:
    """Return the SHA-1 and the SHA-256 of a file's content, which is read once, in hexadecimal digits."""
    sha1, sha256 = _sha1(), hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            sha1.update(block)
            sha256.update(block)
    return sha1.hexdigest(), sha256.hexdigest()


def receive(file: CatalogueFile, folder: Path, sources: Sequence[Source], *, progress: bool = False) -> Path:
    """Put a file into a folder, from the first source that gives the right content.

    A file that is there and right is returned without asking any source, and one that is there and wrong is replaced.
    What has arrived is kept in ``SHA1.part`` beside the target, and continued by the next call, from whichever source,
    whose content is right or wrong as a whole. Of several processes, one receives while the others wait for its
    ``SHA1.lock`` and then find the file; the system frees the lock of a process that dies. The empty lock stays, as
    removing it would race with those who wait.

    Parameters
    ----------
    file
        What to receive; never more than its size is written, where that is known.
    folder
        Made when it does not exist.
    sources
        Tried in order.
    progress
        Show a progress bar on standard error.

    Raises
    ------
    DataUnavailable
        When no source gave the right content (the sentence says what each one answered), or when the folder cannot
        take it.

    """
    target = folder / file.name
    try:
        if _is_right(target, file):  # before the lock, so that a folder that cannot be written to serves as well
            return target
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{file.sha1}.lock"):
            if not _is_right(target, file):
                _receive(file, target, sources, progress=progress)
    except OSError as error:
        raise DataUnavailable(
            f"{file.name} cannot be written to {folder} ({error.strerror or error}); make room there or make it "
            "writable, or set BRAINSCORE_HOME to a folder elsewhere."
        ) from error
    return target


def _receive(file: CatalogueFile, target: Path, sources: Sequence[Source], *, progress: bool) -> None:
    part_path = target.with_name(f"{file.sha1}.part")
    reasons = []
    try:
        with _Part(part_path, file, progress=progress) as part:
            _require_room(file, part, target.parent)
            for source in [] if part.is_right() else sources:
                try:
                    _take(source, part, file)
                    break
                except Refused as refused:
                    reasons.append(f"{source.name} {refused}")
            right, size = part.is_right(), part.size
        if right:
            part_path.replace(target)
            return
    finally:
        if part_path.exists() and not part_path.stat().st_size:
            part_path.unlink()
    kept = f" ({size} bytes are kept, and continued next time)" if size else ""
    # Two addresses at one host often answer the same.
    answers = ", ".join(dict.fromkeys(reasons)) or "no address is known for it"
    raise DataUnavailable(
        f"{file.name} could not be fetched: {answers}{kept}; try again later, or put a copy with SHA-1 {file.sha1} at "
        f"{target}."
    )


def _take(source: Source, part: _Part, file: CatalogueFile) -> None:
    """Fill a part from one source; raise Refused when it will not have the right content."""
    since, reason = _unreachable.get(source.name, (-UNREACHABLE_SECONDS, ""))
    if time.monotonic() - since < UNREACHABLE_SECONDS:
        raise Refused(reason)
    wrong = idle = 0
    furthest = part.size
    while True:
        try:
            _take_once(source, part, file)
        except Refused as refused:
            if refused.unreachable:
                _unreachable[source.name] = time.monotonic(), str(refused)
            raise
        except Interrupted as interrupted:
            if part.is_right():  # a source that announced more than there is
                return
            idle = 0 if part.size > furthest else idle + 1
            furthest = max(furthest, part.size)
            if idle == IDLE_ATTEMPTS:
                raise Refused(f"{interrupted} at byte {part.size}") from interrupted
            if idle:
                time.sleep(PAUSE_SECONDS * 2 ** (idle - 1))
        else:
            if part.is_right():
                return
            wrong += 1
            size = part.size
            part.restart()
            if wrong == WRONG_CONTENTS:
                raise Refused(f"sent other content than the catalogue's ({size} bytes, SHA-1 differs)")
            furthest = 0


def _take_once(source: Source, part: _Part, file: CatalogueFile) -> None:
    limit = LARGEST_FILE_BYTES if file.size is None else file.size
    with closing(source.blocks(part.size)) as blocks:
        for place, block in blocks:
            # Before the part is touched: a portal that asks to log in must not cost what has arrived.
            if place == 0 and block.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
                raise Refused("sent a web page in place of the file")
            if place != part.size:
                part.restart()
            if part.size + len(block) > limit:
                part.restart()
                raise Refused(f"sent more than {limit} bytes")
            part.append(block)
            if part.size == file.size:  # what may follow is not part of the file
                return


def _require_room(file: CatalogueFile, part: _Part, folder: Path) -> None:
    missing = (file.size or 0) - part.size
    free = shutil.disk_usage(folder).free
    if missing > free:
        raise DataUnavailable(
            f"{file.name} needs {missing / 1e9:.2f} GB more and {folder} has {free / 1e9:.2f} GB free; make room there "
            "or set BRAINSCORE_HOME to a folder elsewhere."
        )


class _Part:
    """The file of what has arrived so far, and its checksum."""

    def __init__(self, path: Path, file: CatalogueFile, *, progress: bool) -> None:
        from tqdm import tqdm

        self._file = open_own_file(path)
        self._expected = file.sha1
        self._hash = _sha1()
        self.size = 0
        while block := self._file.read(BLOCK_BYTES):
            self._hash.update(block)
            self.size += len(block)
        self._bar = tqdm(
            total=file.size,
            initial=self.size,
            unit="B",
            unit_scale=True,
            desc=file.name,
            file=sys.stderr,
            disable=not progress,
        )

    def __enter__(self) -> _Part:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()
        self._file.close()

    def append(self, block: bytes) -> None:
        self._file.write(block)
        self._hash.update(block)
        self.size += len(block)
        self._bar.update(len(block))

    def restart(self) -> None:
        self._bar.update(-self.size)
        self._file.seek(0)
        self._file.truncate()
        self._hash = _sha1()
        self.size = 0

    def is_right(self) -> bool:
        return self._hash.hexdigest() == self._expected


def _sha1() -> hashlib._Hash:
    return hashlib.sha1(usedforsecurity=False)  # the catalogue's identity of a file; also where FIPS forbids SHA-1


def _is_right(path: Path, file: CatalogueFile) -> bool:
    return path.is_file() and file.size in (None, path.stat().st_size) and sha1_of(path) == file.sha1
