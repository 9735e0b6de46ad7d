"""What tests of the plugin start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

_BASELINE: list[bytes] = []


@pytest.fixture
def stored(project: Project) -> Project:
    """Return a project whose baselines hold .5 and .25; one run makes them for all tests of a process."""
    path = project.baseline()
    if not _BASELINE:
        project.run("--brainscore-update", "new").assert_outcomes(passed=2)
        _BASELINE.append(path.read_bytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_BASELINE[0])
    return project
