"""The option ``--tree`` of the commands. Light to import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pytest_brainscore.trees import TREES, known_tree

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def tree_option(what: str) -> Callable[[Decorated], Decorated]:
    """Return the option ``--tree``.

    Parameters
    ----------
    what
        What the tree is for, and the default.

    """
    known = f"One of {', '.join(TREES)} (years before 2026: brain leaves only)."
    return click.option("--tree", metavar="NAME", callback=_known, help=f"{what} {known}")


def _known(context: click.Context, parameter: click.Parameter, name: str | None) -> str | None:
    return None if name is None else known_tree(name, "--tree")


TREE = tree_option("Average over this score tree, by default that of the report.")
"""Another tree than that of the run: for example the years before, or a report of 2026 for the published page."""
