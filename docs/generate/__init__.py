"""Pages that are written from the package: an extension of Sphinx, which writes them before anything is read."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any


def setup(app: Any) -> dict[str, bool]:
    """Register the writing of pages with Sphinx."""
    from generate import formulas, links

    # No pages yet are no fault. No entry of suppress_warnings reaches this warning, which has no type.
    logging.getLogger("sphinx.sphinx.directives.other").addFilter(lambda record: "glob pattern" not in str(record.msg))
    app.connect("builder-inited", _write)
    app.connect("source-read", links.lead_to_repository)
    app.add_html_math_renderer("mathml", (formulas.inline, None), (formulas.block, None))
    # Before and after numpydoc's reader (500), which takes what stands before a colon in the text of an attribute for
    # its type; here a type is an annotation, and the text is text.
    app.connect("autodoc-process-docstring", _keep, priority=400)
    app.connect("autodoc-process-docstring", _restore, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


_kept: list[str] = []


def _keep(app: Any, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    _kept[:] = lines


def _restore(app: Any, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    if what in ("attribute", "data", "property"):
        lines[:] = _kept


def _write(app: Any) -> None:
    write_pages(Path(app.srcdir))


def write_pages(folder: Path) -> None:
    """Write the pages that the package itself can tell into the folder of the site's sources."""
    # What a user's folder has besides is not what everybody has.
    given = os.environ.pop("BRAINSCORE_DATA", None)
    try:
        from generate.benchmark_pages import write_benchmark_pages
        from generate.pages import Pages
        from generate.reference_pages import write_reference_parts
        from generate.section_lists import write_section_list

        write_benchmark_pages(Pages(folder / "benchmarks"))
        write_reference_parts(Pages(folder / "reference"))
        for section in ("start", "tutorials", "guide", "metrics", "trust"):
            write_section_list(Pages(folder / section))
    finally:
        if given is not None:
            os.environ["BRAINSCORE_DATA"] = given
