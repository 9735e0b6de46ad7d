"""Addresses of the site: what ``--help`` and errors point to. Light to import.

A page may move within the site only together with its address here; addresses of released versions stay.
"""

from __future__ import annotations

from typing import Final

# OWNER stands for whoever hosts the repository, as in pyproject.toml.
SITE: Final = "https://OWNER.github.io/pytest-brainscore/"
"""Where the site is, ending with a slash."""
START: Final = f"{SITE}start/index.html"
"""The first score, for each kind of user."""
BENCHMARKS: Final = f"{SITE}benchmarks/index.html"
"""All benchmarks, a page each."""
OPTIONS: Final = f"{SITE}reference/options.html"
"""Every option of pytest."""
COMMANDS: Final = f"{SITE}reference/commands.html"
"""Every command of ``brainscore``."""
COMMITMENTS: Final = f"{SITE}reference/commitments.html"
"""Layers and preprocessing of a model in a file."""
BENCHMARK_FILES: Final = f"{SITE}reference/benchmark-files.html"
"""A recording of one's own in a file."""
STATUSES: Final = f"{SITE}reference/statuses.html"
"""Statuses, verdicts, exit codes."""


RED: Final = f"{SITE}guide/red.html"
"""What to do when a run is red."""
MODELS: Final = f"{SITE}guide/models.html"
"""Models of every kind, and what is read of a layer."""


def benchmark_page(identifier: str) -> str:
    """Return the address of the page about a benchmark of this package."""
    return f"{SITE}benchmarks/{identifier}.html"
