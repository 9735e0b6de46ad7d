"""``--brainscore-offline``: nothing is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

FETCHED = """
def availability(benchmark):
    from pytest_brainscore.data.user_folder import offline

    return Readiness("fetchable", "Nothing may be fetched." if offline() else "It will be fetched.")
"""


@pytest.fixture
def remote(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project whose data are elsewhere."""
    monkeypatch.delenv("BRAINSCORE_OFFLINE", raising=False)
    with (project.path / "toy_family.py").open("a") as family:
        family.write(FETCHED)
    return project


@pytest.mark.parametrize("workers", ["0", "2"])
def test_data_that_could_be_fetched_are_unavailable(remote: Project, workers: str) -> None:
    result = remote.run("-n", workers, "--brainscore-offline", "-rs")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["*Nothing may be fetched.*"])


def test_without_it_they_are_no_obstacle(remote: Project) -> None:
    remote.run().assert_outcomes(passed=2)


def test_the_ini_file_and_the_environment_can_say_so(remote: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (remote.path / "pytest.ini").write_text("[pytest]\nbrainscore_offline = true\n")
    remote.run().assert_outcomes(skipped=2)
    (remote.path / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    remote.run().assert_outcomes(skipped=2)
