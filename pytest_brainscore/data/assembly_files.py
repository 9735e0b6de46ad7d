"""Assemblies as published: netCDF-4 files with one variable ``data`` and plain coordinates on its dimensions."""

from __future__ import annotations

import os
import warnings
from typing import Final

import h5py
import numpy as np
import pandas as pd
import xarray

from pytest_brainscore.data.reading import reading
from pytest_brainscore.errors import DataUnavailable

VARIABLE: Final = "data"
"""Name of the values in a file."""
OTHER: Final = "_other"
"""Added to the name of a dimension that occurs a second time, as in matrices of dissimilarities."""


def open_assembly(path: str | os.PathLike[str]) -> xarray.DataArray:
    """Return the assembly in a file; its values stay in the file until they are used.

    Coordinates are plain, never a MultiIndex, and named as in the file, with these additions: ``stimulus_id`` from the
    legacy ``image_id``, ``time_bin_end`` from ``time_bin_stop``. A coordinate that the published system wrote as
    ``DIMENSION_`` (its way of saving an index) has the name of its dimension again. Where a dimension occurs twice
    (stimuli by stimuli), its second occurrence is called ``presentation_other``; order and coordinates are the same.
    Text is ``str``. Attributes are kept, arrays included. Groups within the file (spike times) are not read.

    Raises
    ------
    DataUnavailable
        When the file is no netCDF-4 file, is not whole, or has no variable ``data``.

    """
    with reading("The assembly", path, "it is no netCDF-4 file, or not a whole one; fetch or copy it again"):
        # The library above reports damage worse: it leaves half-made objects behind.
        h5py.File(path, "r").close()
        # Numbers with a unit of time stay numbers: time bins are in milliseconds whatever an attribute says.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Duplicate dimension names", category=UserWarning)
            dataset = xarray.open_dataset(path, engine="h5netcdf", decode_times=False)
            if VARIABLE in dataset.variables:
                dataset = _with_distinct_dimensions(dataset)
    if VARIABLE not in dataset.variables:
        raise DataUnavailable(f"The assembly {path} has no variable '{VARIABLE}'; take the file as published.")
    assembly = dataset.set_coords([name for name in dataset.data_vars if name != VARIABLE])[VARIABLE]
    with reading("The assembly", path, "fetch or copy it again"):
        return _with_known_names(assembly.assign_attrs(dataset.attrs | assembly.attrs))


def join_stimulus_columns(assembly: xarray.DataArray, stimuli: pd.DataFrame) -> xarray.DataArray:
    """Give every presentation the metadata of its stimulus.

    Parameters
    ----------
    assembly
        Has the coordinate ``stimulus_id`` on ``presentation``.
    stimuli
        Table of a stimulus set, with the column ``stimulus_id``.

    Returns
    -------
    xarray.DataArray
        With the columns of `stimuli` as coordinates of ``presentation``, matched by ``stimulus_id`` (as text where one
        side has numbers and the other text). Coordinates that exist already are kept. A presentation whose stimulus is
        not in the table has missing values (NaN).

    Raises
    ------
    DataUnavailable
        When the table has a stimulus twice, or none of the stimuli of the assembly.

    """
    name = assembly.attrs.get("identifier", "assembly")
    if "stimulus_id" not in assembly.coords:
        raise DataUnavailable(f"The {name} has no coordinate 'stimulus_id' to find stimuli by; take it as published.")
    ids = pd.Index(assembly["stimulus_id"].values)
    known = pd.Index(stimuli["stimulus_id"])
    if pd.api.types.is_numeric_dtype(ids.dtype) != pd.api.types.is_numeric_dtype(known.dtype):
        ids, known = ids.astype(str), known.astype(str)
    if not known.is_unique:
        raise DataUnavailable(
            f"The stimulus set of {name} has the stimulus {known[known.duplicated()][0]} twice; take it as published."
        )
    if not ids.isin(known).any():
        raise DataUnavailable(
            f"None of the stimuli of {name} (the first is {ids[0]!r}) is in its stimulus set (the first is "
            f"{known[0]!r}); take both as published."
        )
    columns = stimuli.set_index(known).drop(columns=[str(each) for each in assembly.coords], errors="ignore")
    joined = columns.reindex(ids)
    return assembly.assign_coords(
        {str(column): ("presentation", values.to_numpy()) for column, values in joined.items()}
    )


def _with_distinct_dimensions(dataset: xarray.Dataset) -> xarray.Dataset:
    """Give the second occurrence of a dimension of the values a name of its own."""
    values = dataset.variables[VARIABLE]
    names = [str(name) for name in values.dims]
    distinct = [name + OTHER * names[:position].count(name) for position, name in enumerate(names)]
    if names == distinct:
        return dataset
    values = values.copy(deep=False)
    values.dims = tuple(distinct)
    return dataset.drop_vars(VARIABLE).assign({VARIABLE: values})


def _with_known_names(assembly: xarray.DataArray) -> xarray.DataArray:
    """Decode text, and add the names that benchmarks know."""
    for name, coordinate in assembly.coords.items():
        if coordinate.dtype.kind == "S":  # character arrays, as older files have them
            text = np.char.decode(coordinate.values, "utf-8")
            assembly = assembly.assign_coords({name: (coordinate.dims, text)})
    for dimension in assembly.dims:
        saved = f"{dimension}_"
        if saved in assembly.coords and dimension not in assembly.coords:
            assembly = assembly.assign_coords({dimension: (dimension, assembly[saved].values)}).drop_vars(saved)
    for old, new in (("image_id", "stimulus_id"), ("time_bin_stop", "time_bin_end")):
        if old in assembly.coords and new not in assembly.coords:
            assembly = assembly.assign_coords({new: assembly[old].variable})
    return assembly
