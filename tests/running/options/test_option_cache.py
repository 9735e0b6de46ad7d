"""``--brainscore-cache``: what becomes of stored activations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


@pytest.fixture
def home(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder for a project that records."""
    project.outcomes({"one": {"record": True}})
    folder = project.path / "home"
    monkeypatch.setenv("BRAINSCORE_HOME", str(folder))
    return folder


def arrays(home: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in home.rglob("data.npy")}


def score(project: Project, mode: str) -> float:
    project.run("--brainscore-cache", mode, model="tiny.py:build").assert_outcomes(passed=1)
    value: float = project.benchmarks()["one"]["score"]
    return value


@pytest.mark.walkthrough
def test_the_modes_along_one_store(project: Project, home: Path) -> None:
    """Whatever becomes of the store, the bits are the same."""
    project.run("--brainscore-cache", "only", model="tiny.py:build").assert_outcomes(failed=1)
    assert "store" in project.benchmarks()["one"]["reason"]

    computed = score(project, "off")
    assert arrays(home) == {}

    assert score(project, "use") == computed
    stored = arrays(home)
    assert stored

    assert score(project, "use") == computed
    assert score(project, "only") == computed
    assert arrays(home) == stored

    assert score(project, "refresh") == computed
    assert arrays(home).keys() == stored.keys()
    assert arrays(home) != stored


def test_off_makes_no_store(project: Project, home: Path) -> None:
    score(project, "off")
    assert not home.exists()


def test_the_ini_file_may_set_it_and_is_checked(project: Project, home: Path) -> None:
    (project.path / "pytest.ini").write_text("[pytest]\nbrainscore_cache = sometimes\n")
    result = project.run(model="tiny.py:build")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: The ini setting brainscore_cache is 'sometimes'; choose one of use, *"])
