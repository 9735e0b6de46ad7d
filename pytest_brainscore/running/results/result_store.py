"""Results in files, one each, below ``results`` of the home folder: a result and a checksum, or nothing."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.data.home import home
from pytest_brainscore.report.parts.unfinished import Earlier

_DIGEST: Final = 32


class StoredResult(msgspec.Struct, frozen=True, kw_only=True):
    """A result with all that belongs to it."""

    key: str
    """Checksum of what it was asked for by."""
    network: str | None
    """Checksum of the network that was loaded then."""
    earlier: Earlier


def folder() -> Path:
    """Return where results are."""
    return home() / "results"


def stored_result(key: str) -> StoredResult | None:
    """Return the result of a key; None where there is none, or its file is damaged."""
    try:
        content = _file(key).read_bytes()
        if hashlib.blake2b(content[_DIGEST:], digest_size=_DIGEST).digest() != content[:_DIGEST]:
            return None
        found = msgspec.msgpack.decode(content[_DIGEST:], type=StoredResult)
    except (OSError, msgspec.MsgspecError, ValueError):  # ValueError: text that is none
        return None
    return found if found.key == key else None


def store_result(result: StoredResult) -> None:
    """Keep a result, in place of an older one; where nothing can be written, nothing is kept."""
    content = msgspec.msgpack.encode(result)
    file = _file(result.key)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, hashlib.blake2b(content, digest_size=_DIGEST).digest() + content, follow_link=False)


def _file(key: str) -> Path:
    return folder() / key[:2] / f"{key}.result"
