"""What the tests of the command line share: the command in this process, and a machine without data."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_brainscore.commands import main
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.record import Report
from tests.support.records import make_report

Brainscore = Callable[..., Result]


@pytest.fixture
def bare_machine(tmp_path: Path, brainscore_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from no data, no credentials and no settings, in an empty folder."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)
    # Set rather than deleted, so that what a command sets is taken back.
    for name in ("BRAINSCORE_DATA", "BRAINSCORE_OFFLINE", "BRAINSCORE_TREE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no configuration"))
    monkeypatch.setenv("BRAINIO_HOME", str(tmp_path / "brainio"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)


@pytest.fixture
def brainscore(bare_machine: None) -> Brainscore:
    """Return the command ``brainscore``, called with words; whatever goes wrong must not be a traceback."""

    def call(*words: object) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words])
        if result.exc_info is not None and not isinstance(result.exception, SystemExit | None):
            raise AssertionError("".join(traceback.format_exception(*result.exc_info)))
        return result

    return call


@pytest.fixture
def saved(tmp_path: Path, bare_machine: None) -> Callable[..., Path]:
    """Return a function that saves a report with some fields changed, and returns its path."""

    def save(name: str = "report.json", report: Report | None = None, **changes: object) -> Path:
        path = tmp_path / "here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(report or make_report(**changes), path)
        return path

    return save
