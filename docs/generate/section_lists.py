"""What a section of the site has: its pages, each with its first sentence, for the first page of the section."""

from __future__ import annotations

import re
from pathlib import Path

from generate.pages import Pages, table


def write_section_list(pages: Pages) -> None:
    """Write ``pages.inc`` into a folder that has pages beside its ``index.md``."""
    found = [_told(path) for path in sorted(pages.folder.glob("*.md")) if path.name != "index.md"]
    pages.write("pages.inc", table(("page", "what it is for"), found) if found else "\n")


def _told(path: Path) -> tuple[str, str]:
    """Return a link to a page, and its first sentence."""
    title, _, rest = path.read_text(encoding="utf-8").partition("\n")
    paragraphs = (" ".join(each.split()) for each in rest.split("\n\n"))
    text = next((each for each in paragraphs if each and not each.startswith(("#", "|", "```", "%"))), "")
    sentence = re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0]
    return f"[{title.lstrip('# ')}]({path.name})", sentence
