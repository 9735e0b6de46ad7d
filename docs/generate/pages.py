"""Writing pages: files that change only when their text does, tables, and texts of the package as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_SECTION = re.compile(r"^(?P<title>[A-Z][A-Za-z ]+)\n-{3,}\n", re.MULTILINE)
_ROLE = re.compile(r":[a-z:]+:`~?(?:[\w.]*\.)?(\w+)`")
# An address ends before a bracket that it did not open: DOIs have brackets of their own.
_ADDRESS = re.compile(r"(?<![<(\"])(https?://(?:[^\s()>,;]|\([^\s()]*\))*[^\s()>,;.])")


class Pages:
    """The pages of a folder that are written from the package; what was written before and is no more, goes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: set[Path] = set()

    def write(self, name: str, content: str | bytes) -> None:
        """Write a page, unless the file has this content."""
        path = self.folder / name
        data = content.encode() if isinstance(content, str) else content
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != data:
            path.write_bytes(data)
        self._written.add(path)

    def remove_others(self, *patterns: str) -> None:
        """Remove files of these patterns that this build did not write."""
        for pattern in patterns:
            for path in set(self.folder.glob(pattern)) - self._written:
                path.unlink()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown; what stands in a cell is Markdown on one line."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def prose(text: str) -> str:
    """Return a text of the package, reStructuredText in a light hand, as Markdown; addresses become links."""
    text = _ROLE.sub(r"`\1`", text.replace("``", "`"))
    # Every second piece stands between backticks, where nothing means anything.
    pieces = text.split("`")
    pieces[::2] = [_ADDRESS.sub(r"<\1>", _plain(piece)) for piece in pieces[::2]]
    return "`".join(pieces)


def _plain(text: str) -> str:
    return re.sub(r"([*$<])", r"\\\1", text)


def sections(docstring: str) -> Mapping[str, str]:
    """Return the parts of a numpydoc text by their titles; what stands before the first has the title ``""``."""
    pieces = _SECTION.split(inspect.cleandoc(docstring))
    return {"": pieces[0].strip()} | {
        title: body.strip("\n") for title, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def described(items: str) -> list[tuple[str, str]]:
    """Return the items of a section of numpydoc, each with what is said of it on one line."""
    found: list[tuple[str, list[str]]] = []
    for line in items.splitlines():
        if line and not line[0].isspace():
            found.append((line.strip(), []))
        elif found:
            found[-1][1].append(line.strip())
    return [(name, " ".join(filter(None, lines))) for name, lines in found]
