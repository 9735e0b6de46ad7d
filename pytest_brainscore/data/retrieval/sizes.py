"""Sizes of files in words. Light to import."""

from __future__ import annotations


def size_in_words(size: int) -> str:
    """Return a number of bytes in decimal units, as stores count."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"
