"""Matrices as users have them: a DataArray, a table of pandas or another library, a tensor, lists; rows are stimuli."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.joining.names import Names, names_of
from pytest_brainscore.data.joining.numbers import as_numbers
from pytest_brainscore.errors import RecordingError

if TYPE_CHECKING:
    import pandas
    import xarray

STIMULUS, NEUROID, REPETITION = "stimulus_id", "neuroid_id", "repetition"
ROWS, COLUMNS = "presentation", "neuroid"


@dataclass(frozen=True, eq=False)
class Matrix:
    """Numbers, rows x columns, with the names that they came with."""

    what: str
    """What it is, for messages: features, recording, ceiling."""
    kind: str
    """What it came as, for messages: a plain array, a DataFrame, a DataArray."""
    values: NDArray[np.generic]
    """Shape (row, column)."""
    rows: Names | None
    """Names of the stimuli, or None."""
    columns: Names | None
    """Names of the neuroids, or None."""
    labels: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Further coordinates of the rows, by name, shape (row,) each."""
    neuroids: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Coordinates of the columns, by name, shape (column,) each."""

    def label(self, name: str) -> NDArray[Any]:
        """Return a coordinate of the rows.

        Raises
        ------
        RecordingError
            When there is none of that name.

        """
        if name not in self.labels:
            where = {
                "DataArray": f"add it along {ROWS}",
                "DataFrame": "add a column, or a level of the index, of that name",
            }.get(self.kind, "give a DataArray or a DataFrame that has it, or the labels themselves")
            there = f" ({', '.join(map(str, self.labels))} there)" if self.labels else ""
            raise RecordingError(f"The {self.what} {_has(self.what)} no coordinate {name!r}{there}; {where}.")
        return self.labels[name]


def is_named(values: Any) -> bool:
    """Tell whether values are of a kind that has names: a DataArray or Dataset, or a table or series of pandas."""
    return is_data_array(values) or hasattr(values, "data_vars") or _is_frame(values) or _is_series(values)


def read_matrix(values: Any, what: str, labels: Collection[str] = ()) -> Matrix:
    """Read a matrix with its names.

    Parameters
    ----------
    values
        DataArray ``presentation`` x ``neuroid`` in either order, with ``stimulus_id`` (and ``neuroid_id``), also as
        levels of a MultiIndex; a table whose index, index level or column ``stimulus_id`` names the stimuli, with one
        column per neuroid; a series, for one neuroid; or an array, a tensor, nested lists.
    what
        For messages: features, recording, ceiling.
    labels
        Columns of a table that say something about a stimulus, and are no neuroids, besides ``stimulus_id`` and
        ``repetition``.

    Raises
    ------
    RecordingError
        When it is no matrix of numbers, or has dimensions or columns of another kind.

    """
    if hasattr(values, "data_vars"):
        variables = [str(each) for each in values.data_vars]
        raise RecordingError(
            f"The {what} {_is(what)} a Dataset of {', '.join(variables) or 'no variables'}; give one of its variables, "
            f"such as dataset[{variables[0] if variables else 'NAME'!r}]."
        )
    if is_data_array(values):
        return _from_data_array(values, what)
    if _is_series(values):
        values = values.to_frame()
    elif not _is_frame(values) and hasattr(values, "columns") and hasattr(values, "to_pandas"):
        values = _to_pandas(values)
    if _is_frame(values):
        return _from_frame(values, what, {STIMULUS, REPETITION, *labels})
    if isinstance(values, str | bytes | PathLike | Mapping) or values is None:
        raise RecordingError(
            f"The {what} {_is(what)} of type {type(values).__name__}; read it first, and give a DataArray, a DataFrame "
            "or a matrix of numbers."
        )
    if isinstance(values, list | tuple) and any(map(is_named, values)):
        raise RecordingError(
            f"The {what} {_is(what)} a list of {type(values[0]).__name__}, whose names would be lost; join it first, "
            "for example with pandas.concat or xarray.concat."
        )
    return Matrix(what, "plain array", _matrix(as_numbers(values, what), what), None, None)


def _from_data_array(values: xarray.DataArray, what: str) -> Matrix:
    if set(values.dims) != {ROWS, COLUMNS} and values.dims != (ROWS,):
        raise RecordingError(
            f"The {what} {_has(what)} the dimensions {', '.join(map(str, values.dims)) or 'none'}; give {ROWS} x "
            f"{COLUMNS}{_mend_of_dimensions(values)}."
        )
    if values.dims == (ROWS,):
        values = values.expand_dims(COLUMNS)
    values = values.transpose(ROWS, COLUMNS)
    rows, columns = (
        {
            str(name): each.values
            for name, each in values.coords.items()
            # The tuples of a MultiIndex are there level by level, too.
            if each.dims == (dimension,) and not (name == dimension and each.to_index().nlevels > 1)
        }
        for dimension in (ROWS, COLUMNS)
    )
    numbers = _matrix(as_numbers(values.data, what), what)
    return Matrix(
        what,
        "DataArray",
        numbers,
        _names_of_coordinates(what, "stimuli", rows, STIMULUS, ROWS),
        _names_of_coordinates(what, "neuroids", columns, NEUROID, COLUMNS),
        rows,
        columns,
    )


def _names_of_coordinates(
    what: str, things: str, coordinates: Mapping[str, NDArray[Any]], first: str, index: str
) -> Names | None:
    """Return the names in a coordinate, else in the index of the dimension unless it merely counts."""
    if first in coordinates:
        return names_of(what, things, coordinates[first])
    found = coordinates.get(index)
    return None if found is None or _counts(found) else names_of(what, things, found)


def _mend_of_dimensions(values: xarray.DataArray) -> str:
    others = [str(each) for each in values.dims if each not in (ROWS, COLUMNS)]
    lacking = [each for each in (ROWS, COLUMNS) if each not in values.dims]
    if not lacking:
        extra = others[0]
        choose = f".squeeze({extra!r})" if values.sizes[extra] == 1 else f".isel({extra}=0), or .mean({extra!r})"
        return f" alone, for example {choose}"
    if len(others) == len(lacking):
        return f", for example .rename({dict(zip(others, lacking, strict=True))})"
    return ""


def _from_frame(frame: pandas.DataFrame, what: str, labels: Collection[str]) -> Matrix:
    import pandas as pd

    index = frame.index
    levels: dict[Any, Any] = {
        name: index.get_level_values(number).to_numpy() for number, name in enumerate(index.names) if name is not None
    }
    described = [name for name in frame.columns if isinstance(name, str) and name in labels]
    found = levels | {name: frame[name].to_numpy() for name in described}
    responses = frame.drop(columns=described)
    if STIMULUS in found:
        rows = names_of(what, "stimuli", found[STIMULUS])
    elif isinstance(index, pd.MultiIndex):
        # A level of repetitions names no stimulus.
        kept = index.droplevel(REPETITION) if REPETITION in index.names else index
        if isinstance(kept, pd.MultiIndex) and all(isinstance(name, str) for name in kept.names):
            kept = kept.reorder_levels(sorted(map(str, kept.names)))
        rows = names_of(what, "stimuli", kept.to_list())
    else:
        rows = names_of(what, "stimuli", index.to_list(), numbered=index.name is None and _counts(index.to_numpy()))
    columns = responses.columns
    numbered = columns.nlevels == 1 and columns.name is None and _counts(columns.to_numpy())
    return Matrix(
        what,
        "DataFrame",
        _matrix(_numbers_of_frame(responses, what), what),
        rows,
        None if numbered else names_of(what, "neuroids", columns.to_list()),
        found,
        {} if numbered else _levels(columns),
    )


def _levels(columns: pandas.Index) -> dict[str, NDArray[Any]]:
    """Return what names the columns: the levels of a MultiIndex that have names, else the names themselves."""
    if columns.nlevels == 1:
        return {NEUROID: columns.to_numpy()}
    levels = {str(name): number for number, name in enumerate(columns.names) if name is not None}
    return {name: columns.get_level_values(number).to_numpy() for name, number in levels.items()}


def _numbers_of_frame(frame: pandas.DataFrame, what: str) -> NDArray[np.generic]:
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype, is_object_dtype

    def number(kind: Any) -> bool:
        return is_object_dtype(kind) or is_bool_dtype(kind) or (is_numeric_dtype(kind) and not is_complex_dtype(kind))

    other = [name for name, kind in zip(frame.columns, frame.dtypes, strict=True) if not number(kind)]
    texts = [
        frame.columns[place]
        for place, kind in enumerate(frame.dtypes)
        if is_object_dtype(kind) and any(isinstance(each, str | bytes) for each in frame.iloc[:, place])
    ]
    if other or texts:
        names = [str(each) for each in (*other, *texts)]
        some = ", ".join(names[:3]) + (" ..." if names[3:] else "")
        raise RecordingError(
            f"The {what} {_has(what)} columns that are no numbers: {some}; drop them, or name the stimuli by one: "
            f"frame.set_index({names[0]!r})."
        )
    if all(isinstance(kind, np.dtype) for kind in frame.dtypes):
        return as_numbers(frame.to_numpy(), what)
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)


def _to_pandas(table: Any) -> pandas.DataFrame:
    """Return a table of another library (polars ...), column by column, as pandas' own conversions need more."""
    import pandas as pd

    return pd.DataFrame({name: np.asarray(table[name]) for name in table.columns})


def _matrix(array: NDArray[np.generic], what: str) -> NDArray[np.generic]:
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2:
        raise RecordingError(
            f"The {what} {_has(what)} the shape {array.shape} and type {array.dtype}; give a matrix of numbers, "
            f"{ROWS} x {COLUMNS}."
        )
    if 0 in array.shape:
        lacking, least = ("columns", "neuroid") if len(array) else ("rows", "stimulus")
        raise RecordingError(f"The {what} {_has(what)} no {lacking} (shape {array.shape}); give at least one {least}.")
    return array


def _counts(values: NDArray[Any]) -> bool:
    """Tell whether values are 0, 1, 2 ... as an index has them that nobody gave."""
    return values.dtype.kind in "iu" and np.array_equal(values, np.arange(len(values)))


def is_data_array(values: Any) -> bool:
    """Tell a DataArray, without importing xarray; sparse arrays have coordinates of another kind."""
    return hasattr(values, "coords") and hasattr(values, "dims") and not hasattr(values, "data_vars")


def _is_frame(values: Any) -> bool:
    pandas = sys.modules.get("pandas")  # whoever has a table has imported it
    return pandas is not None and isinstance(values, pandas.DataFrame)


def _is_series(values: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(values, pandas.Series)


def _has(what: str) -> str:
    return "have" if what.endswith("s") else "has"


def _is(what: str) -> str:
    return "are" if what.endswith("s") else "is"
