"""Layer commitments of the user's project come before those of this package."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.projects import QUIET, TORCH_COMMITMENT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.projects import Project


@pytest.fixture
def committed(project: Project) -> Path:
    """Return the commitment of a model that only this project names."""
    project.outcomes({"one": {"record": True}})
    file = project.path / "fixtures" / "models" / "mine.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'source = "tiny:build"\n{TORCH_COMMITMENT}')
    return file


def test_a_name_of_the_project_is_a_model_in_every_worker(project: Project, committed: Path) -> None:
    project.run("-n", "2", model="mine").assert_outcomes(passed=1)
    assert project.report()["models"][0]["layers"]["V1"] == "1"


def test_it_is_found_from_a_folder_of_the_project(project: Project, committed: Path) -> None:
    (project.path / "deeper").mkdir()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(project.path), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "pytest", "../test_toys.py", "--model", "mine", *QUIET]
    subprocess.run(command, cwd=project.path / "deeper", env=environment, check=True, capture_output=True)


def test_an_unreadable_commitment_is_one_sentence(project: Project, committed: Path) -> None:
    committed.write_bytes(b"\xff\xfe")
    result = project.run(model="mine")
    result.assert_outcomes(errors=1)
    assert "mine.toml cannot be read" in project.benchmarks()["one"]["reason"]
    assert "Traceback" not in result.stdout.str()
