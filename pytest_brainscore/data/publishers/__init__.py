"""Layouts of the original publishers that can stand in for the files of the published store. Light to import.

A user who has the data of a study from its authors need not fetch them again: the modules here read them as they are
distributed, from a folder of their own below ``--brainscore-data DIR``. Each has ``missing(files)``, which imports
nothing heavy, and what it can of ``load_stimulus_set(files, degrees)`` and ``load_assembly(files)``.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, cast

from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when the user's folder has all of a file set.

    Folders are looked for, not into every file: `load_stimulus_set` and `load_assembly` can still find something amiss.
    """
    if files.publisher is None:
        return f"{files.title} is not in the layout of any other publisher; fetch the published files."
    return cast("str | None", _layout(files).missing(files))


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return a stimulus set from the layout of its publisher.

    Raises
    ------
    DataUnavailable
        When it is not there, or not whole.

    """
    _require(files)
    return cast("StimulusSet", _layout(files).load_stimulus_set(files, degrees))


def load_assembly(files: FileSet) -> xarray.DataArray:
    """Return an assembly from the layout of its publisher.

    Raises
    ------
    DataUnavailable
        When it is not there, or not whole.

    """
    _require(files)
    return cast("xarray.DataArray", _layout(files).load_assembly(files))


def _layout(files: FileSet) -> ModuleType:
    return import_module(f"{__name__}.{files.publisher}")


def _require(files: FileSet) -> None:
    reason = missing(files)
    if reason is not None:
        raise DataUnavailable(reason)
