"""The one reader of recordings in files: for ``score``, for benchmarks in TOML files, and for whoever has a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
import xarray

from pytest_brainscore.data.assembly_files import VARIABLE, open_assembly
from pytest_brainscore.data.joining.matrices import ROWS, STIMULUS
from pytest_brainscore.data.reading import reading
from pytest_brainscore.data.recordings.from_arrays import (
    ids_beside,
    label_array,
    neuroids_beside,
    read_archive,
    read_array,
)
from pytest_brainscore.data.recordings.from_tables import read_recording_table
from pytest_brainscore.data.recordings.labelling import OTHER_ROWS, label_dissimilarities
from pytest_brainscore.data.recordings.vocabulary import AXES, Role, role_of, shown
from pytest_brainscore.errors import DataUnavailable, RecordingError

SUFFIXES: Final = (".csv", ".tsv", ".npz", ".npy", ".nc")
"""What is read; by their ending."""
_KEPT: Final = ("stimulus", "neuroid")
"""Dimensions that are kept where they have one entry."""
_MENDS: Final = {
    ".mat": (
        "with m = scipy.io.loadmat(FILE, simplify_cells=True), save what is in it: numpy.savez(FILE_TO_WRITE, "
        'responses=m["NAME"], stimulus_id=m["NAME"].astype(str))'
    ),
    ".xlsx": "save the sheet as csv",
    ".xls": "save the sheet as csv",
    ".pkl": "save it as csv or npz, as pickles can run programs and are never loaded",
    ".pickle": "save it as csv or npz, as pickles can run programs and are never loaded",
    ".h5": "save its arrays with numpy.savez",
    ".hdf5": "save its arrays with numpy.savez",
    ".parquet": "save the table as csv",
}


def load_recording(
    path: str | os.PathLike[str],
    *,
    ids: str | os.PathLike[str] | Sequence[Any] | None = None,
    neuroids: str | os.PathLike[str] | Sequence[str] | None = None,
    axes: Sequence[str] | None = None,
    variable: str | None = None,
    stimulus: str | None = None,
    neuroid: str | None = None,
    repetition: str | None = None,
    subject: str | None = None,
    response: str | None = None,
    ignore: Sequence[str] = (),
) -> xarray.DataArray:
    """Read a recording from a file: responses to stimuli, or dissimilarities of stimuli.

    Parameters
    ----------
    path
        * ``.csv`` (or ``.tsv``; commas, semicolons or tabs), one row per stimulus or per presentation with one column
          of numbers per neuroid; or one row per presentation and neuroid, with a column of neuroids and one of
          responses. Columns of text besides say something about the stimuli (to stratify by). A square table whose
          columns are called as its rows holds dissimilarities.
        * ``.npz``: one array of responses, and arrays of names: ``stimulus_id``, and, where there are, ``neuroid_id``,
          ``repetition``, ``subject``. Responses are stimuli by neuroids [by repetitions], in any order that lengths
          tell apart; otherwise `axes` says which is which. As MATLAB has them, names may be one row or column.
        * ``.npy``: the array alone, with its ids in a table: ``NAME.csv`` beside ``NAME.npy``, or `ids`.
        * ``.nc``: netCDF-4 with the variable ``data`` (or `variable`) and coordinates, as xarray writes it.

        Names are recognised in the words of laboratories (``image``, ``neuron``, ``unit``, ``trial``, ``monkey`` ...,
        whatever the letter case); see ``vocabulary.WORDS``.
    ids
        Of the stimuli, for arrays: a table (csv) whose rows are in the order of the stimuli, with further columns to
        stratify by, and ``repetition`` or ``subject`` where its rows are presentations; or the ids themselves.
    neuroids
        For tables with one column per neuroid: which columns these are; patterns such as ``unit_*`` are allowed. For
        arrays: their names, or a table (csv) of them.
    axes
        What each axis of an array is: ``stimulus``, ``neuroid``, ``repetition``, ``subject``. Twice ``stimulus``, and
        ``subject`` before it where there are several, is dissimilarities.
    variable
        Name of the array of responses in an archive or a netCDF file.
    stimulus, neuroid, repetition, subject, response
        What a column or array is called, where it is not recognised.
    ignore
        Columns of a table that are left out; patterns are allowed.

    Returns
    -------
    DataArray, float64. Either ``presentation`` x ``neuroid``, one row per stimulus or per repetition of a stimulus,
    with the coordinates ``stimulus_id``, ``repetition`` (where there are any), ``neuroid_id`` and ``subject`` (of each
    neuroid, where there are several). Or ``presentation`` x ``presentation_other``, after ``subject`` where there are
    several: dissimilarities. Missing responses are NaN, and rows without any are left out.

    Raises
    ------
    DataUnavailable
        When the file is not there or cannot be read: damaged, not UTF-8, or with pickled objects.
    RecordingError
        When it is not clear what is what, names are doubled or missing, or there are no numbers.

    """
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        mend = _MENDS.get(suffix, f"save it as one of {', '.join(SUFFIXES)}")
        raise RecordingError(f"The recording {file} is of a kind that is not read; {mend}.")
    if not file.is_file():
        raise DataUnavailable(f"The recording {file} is not there; give the path of a file.")
    given: dict[Role, str | None] = {
        "stimulus": stimulus,
        "neuroid": neuroid,
        "repetition": repetition,
        "subject": subject,
        "response": response,
    }
    if suffix in (".csv", ".tsv"):
        if ids is not None or axes is not None or variable is not None:
            raise RecordingError(f"{file} is a table, which has ids in a column; say which: stimulus = NAME.")
        columns = [neuroids] if isinstance(neuroids, str) else neuroids
        if isinstance(columns, os.PathLike):
            raise RecordingError(f"{file} is a table; neuroids are names of its columns, or patterns, not a file.")
        return read_recording_table(file, given, columns, ignore)
    if ignore:
        raise RecordingError(f"{file} is no table, and has no columns to ignore; leave ignore out.")
    if suffix == ".nc":
        return _from_netcdf(file, variable, given)
    named = _path_or_names(ids)
    if suffix == ".npz":
        array, known = read_archive(file, given, variable)
        beside = ids_beside(file, named) if named is not None or "stimulus" not in known else {}
    else:
        array, known = read_array(file), {}
        beside = ids_beside(file, named)
    return label_array(file, array, known | beside | neuroids_beside(_path_or_names(neuroids)), axes)


def _path_or_names(given: str | os.PathLike[str] | Sequence[Any] | None) -> Path | Sequence[Any] | None:
    return Path(given) if isinstance(given, str | os.PathLike) else given


def _from_netcdf(path: Path, variable: str | None, given: dict[Role, str | None]) -> xarray.DataArray:
    """Return an assembly in a netCDF file, with its dimensions called as they are here."""
    assembly = _opened(path, variable)
    roles = {str(name): role_of(name) for name in (*assembly.dims, *assembly.coords)}
    for role, name in given.items():
        if name is not None:
            if name not in roles:
                raise RecordingError(f"{path} has no {name!r} for {role}; there are {shown(roles)}.")
            roles[name] = role
    with reading("The recording", path):
        lone = [each for each, size in assembly.sizes.items() if size == 1 and roles[str(each)] not in _KEPT]
        assembly = assembly.squeeze(lone, drop=True).load()
    if OTHER_ROWS in assembly.dims:
        return _dissimilarities(path, assembly)
    unknown = [name for name in assembly.dims if roles[str(name)] not in AXES]
    if unknown:
        raise RecordingError(
            f"{path} has the dimensions {shown(assembly.dims)}; give stimuli by neuroids [by repetitions]: choose one "
            f"{unknown[0]}, or average over them."
        )
    axes = [str(roles[str(name)]) for name in assembly.dims]
    known: dict[str, Any] = {}
    # Names have a coordinate of their own; the index of a dimension may merely count.
    for called, coordinate in sorted(assembly.coords.items(), key=lambda each: each[0] in assembly.dims):
        if len(coordinate.dims) == 1 and coordinate.dtype.kind in "fiubUSO":
            meaning = roles[str(called)]
            known.setdefault(str(meaning) if meaning in AXES else str(called), np.asarray(coordinate.values.tolist()))
    return label_array(path, assembly.values, known, axes)


def _opened(path: Path, variable: str | None) -> xarray.DataArray:
    """Return one variable of a netCDF file: the one that is named, or ``data``, or the only one."""
    with reading("The recording", path, "it is no netCDF-4 file, or not a whole one; copy it again"):
        h5py.File(path, "r").close()
        with xarray.open_dataset(path, engine="h5netcdf", decode_times=False) as dataset:
            names = [str(name) for name, each in dataset.data_vars.items() if each.ndim > 1]
    if variable is None and (VARIABLE in names or len(names) != 1):
        return open_assembly(path)
    name = variable or names[0]
    if name not in names:
        raise RecordingError(f"{path} has no variable {name!r}; there are {shown(names)}.")
    return xarray.open_dataset(path, engine="h5netcdf", decode_times=False)[name]


def _dissimilarities(path: Path, assembly: xarray.DataArray) -> xarray.DataArray:
    others = [name for name in assembly.dims if name not in (ROWS, OTHER_ROWS)]
    if len(others) > 1 or STIMULUS not in assembly.coords:
        raise RecordingError(
            f"{path} has the dimensions {shown(assembly.dims)}; dissimilarities are [subject by] {ROWS} by "
            f"{OTHER_ROWS}, with the coordinate {STIMULUS}."
        )
    ordered = assembly.transpose(*others, ROWS, OTHER_ROWS)
    subjects = None
    if others:
        named = ordered.coords.get("subject", ordered.coords.get(others[0]))
        subjects = None if named is None else [str(each) for each in named.values.tolist()]
    return label_dissimilarities(path, ordered.values, ordered[STIMULUS].values.tolist(), subjects)
