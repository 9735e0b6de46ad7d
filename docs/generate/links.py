"""Links of pages to files that are no part of the site: they lead to the repository."""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]+)([^)\s]*)\)")


def lead_to_repository(app: Any, name: str, source: list[str]) -> None:
    """Rewrite links in the text of a page that leave the folder of the site, and those to its workflows."""
    folder = Path(app.srcdir)
    page = Path(app.env.doc2path(name))

    def rewritten(match: re.Match[str]) -> str:
        target = Path(os.path.normpath(page.parent / match[1]))
        if target.is_relative_to(folder) and not target.is_relative_to(folder / "workflows"):
            return match[0]
        inside = Path(os.path.relpath(target, folder.parent)).as_posix()
        return f"]({_repository(folder.parent)}/tree/main/{inside}{match[2]})"

    source[0] = _LINK.sub(rewritten, source[0])


@cache
def _repository(folder: Path) -> str:
    content = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    return str(content["project"]["urls"]["Repository"])
