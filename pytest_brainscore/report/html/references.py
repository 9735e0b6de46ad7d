"""The publications behind the scores of a page, read from the citations that records carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^\s,{}]+)\s*,")
"""Beginning of a BibTeX entry: its type and key. ``@comment{...}``, ``@string{...}`` and ``@preamble{...}`` have no
key, so that they do not match."""
_FIELD = re.compile(r"\b(doi|url)\s*=\s*[{\"]+([^{}\"\s]*)", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Publication:
    """A publication as a page shows it."""

    label: str
    """Key of its BibTeX entry; or what the benchmark says instead: a DOI, an address, words."""
    bibtex: str
    """The whole entry."""
    address: str
    """Where it can be read, ``https://`` or ``http://``; empty where that is not known."""


def publications(citations: Iterable[str]) -> list[Publication]:
    """Return the publications of some citations, each once, in their order.

    Parameters
    ----------
    citations
        What benchmarks say is to be cited: BibTeX entries, or a DOI, an address or words for one publication. Empty
        where nothing is to be cited.

    """
    return list(dict.fromkeys(each for citation in citations for each in _publications(citation)))


def _publications(citation: str) -> Iterator[Publication]:
    entry = _ENTRY.search(citation)
    text = citation.strip()
    if entry is None and text:
        yield _without_entry(text)
    while entry is not None:
        end = _end(citation, entry.start())
        text = citation[entry.start() : end]
        fields = {name.lower(): value for name, value in _FIELD.findall(text)}
        yield Publication(entry[2], text, _address(fields.get("url", "")) or _address(fields.get("doi", "")))
        entry = _ENTRY.search(citation, end)


def _without_entry(text: str) -> Publication:
    """Return the publication that a DOI, an address or words stand for."""
    address = _address(text)
    field = f"url = {{{address}}}" if address else f"note = {{{text}}}"
    # Braces of a text would end the entry, and a key is one word.
    key = re.sub(r"\W+", "-", text).strip("-")[:40] or "citation"
    return Publication(text, f"@misc{{{key},\n  {field},\n}}" if not set("{}") & set(text) else text, address)


def _address(text: str) -> str:
    """Return the address of a DOI or of a page; empty where a text is neither."""
    doi = _DOI.fullmatch(text.strip())
    if doi:
        return f"https://doi.org/{doi[1]}"
    return text.strip() if _ADDRESS.fullmatch(text.strip()) else ""


def _end(text: str, start: int) -> int:
    """Return where an entry ends: behind the brace that closes its first one, or with the text."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if text[place] == "}" and depth == 0:
            return place + 1
    return len(text)
