"""The publications that the shipped benchmarks come from, as BibTeX (``citations.bib``). Light to import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path


def cite(*keys: str) -> str:
    """Return entries of the bibliography, one after the other.

    Parameters
    ----------
    keys
        Keys of the entries, for example ``Marques2021``.

    Raises
    ------
    KeyError
        When there is no entry of a key.

    """
    return "\n".join(_entries()[key] for key in keys)


@cache
def _entries() -> Mapping[str, str]:
    text = Path(__file__).with_name("citations.bib").read_text(encoding="utf-8")
    entries = re.findall(r"^@.*?^}", text, flags=re.MULTILINE | re.DOTALL)
    return {entry.partition("{")[2].partition(",")[0]: entry for entry in entries}
