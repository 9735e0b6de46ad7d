"""The folders that options name: where a relative one starts, and whether it is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_brainscore.errors import BrainScoreError

if TYPE_CHECKING:
    import pytest

    from pytest_brainscore.running.command_line.option_table import Option


def baseline_folders(config: pytest.Config, given: str, *, creates: bool) -> tuple[Path, Path]:
    """Return the folder to compare with, and the one to write to.

    They differ only where the project has no baselines yet: then the shipped ones are read, never written.

    Raises
    ------
    BrainScoreError
        The folder is a file, or is not there and this run does not create it.

    """
    folder = named_folder(config, "brainscore_baseline", given)
    if folder is not None:
        if folder.exists() and not folder.is_dir():
            raise BrainScoreError(f"The baseline folder {folder} is a file; give --brainscore-baseline a folder.")
        if not folder.exists() and not creates:
            raise BrainScoreError(
                f"There is no baseline folder {folder}; correct --brainscore-baseline, or make it with "
                "--brainscore-update new."
            )
        return folder, folder
    own = project_folder(config) / "fixtures" / "baselines"
    if own.is_dir():
        return own, own
    from pytest_brainscore.resources import resource_folder

    return resource_folder("fixtures/baselines"), own


def named_folder(config: pytest.Config, name: str, given: str) -> Path | None:
    """Resolve a relative folder as the shell would when typed, and from the ini file's folder when written there."""
    if not given:
        return None
    typed = bool(config.getoption(name))
    return (config.invocation_params.dir if typed else project_folder(config)) / Path(given).expanduser()


def existing_folder(config: pytest.Config, option: Option, given: str) -> Path | None:
    """Return the folder that an option names, or None.

    Raises
    ------
    BrainScoreError
        There is no such folder.

    """
    folder = named_folder(config, option.name, given)
    if folder is not None and not folder.is_dir():
        raise BrainScoreError(f"There is no folder {folder}; give {option.flag} an existing one.")
    return folder


def project_folder(config: pytest.Config) -> Path:
    """Return the folder of the ini file, or where pytest was started; the root folder may lie above either."""
    return config.inipath.parent if config.inipath else config.invocation_params.dir
