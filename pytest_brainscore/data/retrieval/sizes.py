"""Sizes of files in words. Light to import."""

from __future__ import annotations

import re

from pytest_brainscore.errors import BrainScoreError


def size_in_words(size: int) -> str:
    """Return a number of bytes in decimal units, as stores count."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"


_SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(?:([kmgtp])(i?)b?|b|bytes?)?", re.IGNORECASE)
_AGE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z]+)", re.IGNORECASE)
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def parse_size(text: str, what: str) -> int:
    """Return a number of bytes as people write it: ``20GB``, ``1.5 TB``, ``500M``, ``2GiB``, ``1000000``.

    Parameters
    ----------
    text
        Units are decimal (GB) or binary (GiB), in small or capital letters.
    what
        What is to be a size, for the error.

    Raises
    ------
    BrainScoreError
        It is no size, or nothing.

    """
    found = _SIZE.fullmatch(text.strip())
    size = 0
    if found:
        number, unit, binary = found.groups()
        size = int(float(number) * (1024 if binary else 1000) ** ("kmgtp".index(unit.lower()) + 1 if unit else 0))
    if size <= 0:
        raise BrainScoreError(f"{what} is {text!r}, which is no size; write a number with a unit, for example 20GB.")
    return size


def parse_age(text: str, what: str) -> float:
    """Return a duration in seconds as people write it: ``30d``, ``12h``, ``2w``, ``90min``.

    Raises
    ------
    BrainScoreError
        It is no duration.

    """
    found = _AGE.fullmatch(text.strip())
    unit = _SECONDS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise BrainScoreError(
            f"{what} is {text!r}, which is no duration; write a number with one of {', '.join(_SECONDS)}, for example "
            "30d."
        )
    return float(found[1]) * unit
