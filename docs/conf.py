"""The site, built by Sphinx: ``python -m sphinx -n -W --keep-going -b html docs docs/_build``.

Pages about benchmarks, options, the report and the API are written from the package when the build starts
(:mod:`generate`), into files that git ignores. Nothing is fetched.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "docs"), str(ROOT)]

project = "pytest-brainscore"
author = "The pytest-brainscore developers"
copyright = author
release = version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
language = "en-GB"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "generate"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_templates", "generate", "workflows", "**/README.md", "**/.*"]

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 4  # links such as models.md#layers resolve, here as on GitHub

smartquotes = False  # -- begins an option
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_google_docstring = False
napoleon_use_rtype = False

# Types of other packages, and those of this one that are no public name. Whole names of this package must be there.
nitpick_ignore_regex = [
    ("py:class", r"(collections|np|numpy|os|pandas|pathlib|pytest|torch|xarray)\..+"),
    ("py:class", r"pytest_brainscore\.inference\..+"),
    ("py:class", r"[A-Z]\w*"),
]

html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"pytest-brainscore {release}"
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
