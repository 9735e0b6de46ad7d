"""The folder in which the checkpoints of a run share prepared images."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_brainscore.models.sources.specification import parse_specification
from pytest_brainscore.running.sharing.inputs_folder import InputsFolder, have_siblings, shared_inputs


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path))
    return tmp_path


def test_it_goes_with_the_run_and_takes_what_killed_runs_have_left(home: Path) -> None:
    killed = InputsFolder()
    assert killed.make()
    (killed.path / "block").write_bytes(b"much")
    killed._lock.release()  # as the system does when a process dies
    other, mine = InputsFolder(), InputsFolder()
    assert other.make()
    assert mine.make()
    assert not killed.path.exists()
    assert other.path.is_dir()  # of a run that goes on
    mine.remove()
    other.remove()
    assert not list((home / "inputs").iterdir())


def test_a_home_that_cannot_be_written_is_no_error(home: Path) -> None:
    (home / "inputs").write_text("a file")
    assert not InputsFolder().make()


def test_models_of_one_network_share_and_the_last_keeps_nothing() -> None:
    base = parse_specification("squeezenet1_1")
    models = [base, base.twin(0), parse_specification("alexnet")]
    assert have_siblings(models)
    assert not have_siblings(models[1:])
    folder = InputsFolder()
    assert folder.make()
    first, last = (shared_inputs(str(folder.path), model, models) for model in models[:2])
    assert first is not None
    assert last is not None
    assert (first._keeps, last._keeps) == (True, False)
    assert first._limit > 0
    assert shared_inputs(str(folder.path), models[2], models) is None
    assert shared_inputs(None, models[0], models) is None
    folder.remove()
    assert shared_inputs(str(folder.path), models[0], models) is None  # as on another machine
