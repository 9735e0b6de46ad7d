"""The boundary around whatever reads a file of data: bytes that it cannot read end in one sentence. Light to import."""

from __future__ import annotations

import csv
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from tokenize import TokenError
from typing import Final

from pytest_brainscore.errors import BrainScoreError, DataUnavailable

DAMAGE: Final[tuple[type[Exception], ...]] = (
    OSError,  # the system's, and what Pillow, h5py and the decompressors raise
    EOFError,
    ValueError,  # UnicodeError, and the parsers of JSON, TOML and pandas
    TypeError,
    LookupError,
    ArithmeticError,  # sizes that overflow
    MemoryError,  # sizes that a header declares
    RuntimeError,  # h5py, zipfile, and RecursionError where something is nested too deep
    SyntaxError,  # Pillow's broken PNG files, NumPy's headers
    TokenError,
    csv.Error,
    struct.error,
    zlib.error,
    LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
"""What readers raise on bytes that are not what they should be. No AttributeError, NameError or AssertionError: these
are mistakes of a program, and keep their traceback."""
_LONGEST: Final = 300
"""Characters of a library's message that are passed on; some quote what they could not read."""


@contextmanager
def reading(
    what: str,
    path: object,
    mend: str = "copy it again",
    *,
    also: tuple[type[Exception], ...] = (),
    error: type[BrainScoreError] = DataUnavailable,
) -> Iterator[None]:
    """Turn what a reader raises on damaged bytes into one sentence. Put nothing but the reading into the block.

    Parameters
    ----------
    what
        Words before the path, for example ``"The image"``.
    path
        What is read.
    mend
        What the user can do, the end of the sentence.
    also
        Errors of the library besides `DAMAGE`.
    error
        What is raised.

    Raises
    ------
    BrainScoreError
        Of the type `error`; errors that are sentences already go through unchanged.

    """
    try:
        yield
    except BrainScoreError:
        raise
    except (*DAMAGE, *also) as problem:
        raise error(f"{what} {path} cannot be read ({reason(problem)}); {mend}.") from problem


def reason(problem: Exception) -> str:
    """Return what an exception says, on one line and not too long; its type where it says nothing."""
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    if isinstance(problem, RecursionError):
        return "it is nested too deep"
    if isinstance(problem, MemoryError):
        return "it claims a size that does not fit into memory"
    text = " ".join(str(problem).split())
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…") or type(problem).__name__


_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""Byte order marks, with which a file says how it is encoded; longer ones first."""


def read_text(
    path: Path, what: str, mend: str = "copy it again", *, error: type[BrainScoreError] = DataUnavailable
) -> str:
    """Return the text of a file: UTF-8, or as its byte order mark says (UTF-8, UTF-16, UTF-32), without the mark.

    Every line ends in a single line feed.

    Parameters
    ----------
    path, what, mend, error
        As for `reading`.

    Raises
    ------
    BrainScoreError
        Of the type `error`, when the file cannot be read, or is not encoded so.

    """
    with reading(what, path, mend, error=error):
        content = path.read_bytes()
        encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
        return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
