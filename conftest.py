"""Makes the pytest fixtures of ``tests/support/`` available to the project's own tests."""

from __future__ import annotations

import os

import pytest

from pytest_brainscore.running.workers import bound_threads

FIXTURES = (
    "networks",
    "stimuli",
    "recordings",
    "projects",
    "fault_server",
    "publishers",
    "browser",
    "command_line",
    "published_files",
    "published_package",
)


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures, except for scoring: the suites need none of them, and collecting must not import numpy.

    Not through ``pytest_plugins``, which pytest refuses here when the suites of this checkout are scored from another
    folder.
    """
    if not config.getoption("brainscore_model"):
        # What the tests find must not depend on a network; those of fetching have servers of their own.
        os.environ.setdefault("BRAINSCORE_OFFLINE", "1")
        # A test process beside another computes on its share of the cores, as a scoring process does.
        bound_threads(getattr(config.option, "numprocesses", None) or 1)
        _without_deadlines()
        for name in FIXTURES:
            config.pluginmanager.import_plugin(f"tests.support.{name}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start the slowest tests first: at the end of a run all workers would wait for one of them.

    Walkthroughs of whole pages and examples run when they are asked for.
    """
    if not config.getoption("brainscore_model"):
        if "walkthrough" not in config.getoption("markexpr"):
            left = {item for item in items if item.get_closest_marker("walkthrough") is not None}
            items[:] = [item for item in items if item not in left]
            config.hook.pytest_deselected(items=list(left))
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _without_deadlines() -> None:
    """Let examples of Hypothesis take as long as they do: a busy machine is no failure."""
    from hypothesis import settings

    settings.register_profile("without deadlines", deadline=None)
    settings.load_profile("without deadlines")
