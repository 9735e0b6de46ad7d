"""The wheel carries everything a user needs who has no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_it_carries_suites_models_targets_and_schema(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "pytest_brainscore/py.typed",
        "pytest_brainscore/suites/neural/test_v1.py",
        "pytest_brainscore/fixtures/models/squeezenet1_1.toml",
        "pytest_brainscore/fixtures/marques2020/cavanaugh2002.toml",
        "pytest_brainscore/fixtures/tree/leaves.csv",
        "pytest_brainscore/fixtures/tree/published/squeezenet1_1.csv",
        "pytest_brainscore/report/report.schema.json",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "fixtures/", "suites/", "docs/"))]


def test_it_runs_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """The installed suites are collected when a model is named and nothing else is."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    empty = tmp_path / "empty"
    empty.mkdir()
    # The unpacked wheel stands before the checkout on the path, as it would when installed on its own.
    environment = os.environ | {"PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--model", "squeezenet1_1"]
    run = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=True)
    assert "test_v1[squeezenet1_1-Marques2020_DeValois1982-pref_or]" in run.stdout
    listing = subprocess.run([*command[:3], "--brainscore-list"], cwd=empty, env=environment, capture_output=True)
    assert b"ready" in listing.stdout
