"""Matrices of all pairs of stimuli as users have them: one, or one for each subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.joining.matrices import (
    COLUMNS,
    REPETITION,
    ROWS,
    STIMULUS,
    Matrix,
    is_data_array,
    is_named,
    read_matrix,
)
from pytest_brainscore.data.joining.names import join, names_of
from pytest_brainscore.data.joining.numbers import as_numbers
from pytest_brainscore.errors import RecordingError

SUBJECT: Final = "subject"
_ALIKE: Final = 1e-6
"""By how much of its largest entry a matrix in single precision may differ from its transpose."""
_DIAGONAL: Final = 1e-6


def read_pairs(given: Any, diagonal: float, what: str = "recording") -> list[tuple[Any, Matrix]] | None:
    """Read matrices of pairs of stimuli with the subjects that they are of; None if these are responses.

    Parameters
    ----------
    given
        A matrix (stimulus, stimulus), or (subject, stimulus, stimulus), symmetric; a DataFrame whose index and columns
        name the same stimuli; a DataArray ``presentation`` x another dimension that is no ``neuroid``, perhaps with
        ``subject``; a list of such matrices, or a mapping from subjects to them.
    diagonal
        Of such a matrix: 0 for dissimilarities, 1 for similarities.
    what
        For messages: recording, ceiling.

    Returns
    -------
    Pairs of a subject (None for a single matrix) and its matrix.

    Raises
    ------
    RecordingError
        When a matrix is not symmetric, has NaN, or names of stimuli that differ between its axes.

    """
    if isinstance(given, Mapping) and not is_named(given):
        return _each(list(given), list(given.values()), diagonal, what)
    if isinstance(given, list | tuple) and given and any(map(is_named, given)):
        return _each(list(range(len(given))), list(given), diagonal, what)
    if is_data_array(given) and SUBJECT in given.dims and COLUMNS not in given.dims:
        places = list(range(given.sizes[SUBJECT]))
        names = given[SUBJECT].values.tolist() if SUBJECT in given.coords else places
        return _each(names, [given.isel({SUBJECT: place}, drop=True) for place in places], diagonal, what)
    if not is_named(given):
        try:
            array = as_numbers(given, what)
        except RecordingError:
            return None  # whoever reads responses says what is wrong
        if array.ndim == 3 and array.shape[1] == array.shape[2] and _is_square(array[0], diagonal):
            return _each(list(range(len(array))), list(array), diagonal, what)
    one = _one(given, diagonal, what)
    return None if one is None else [(None, one)]


def _each(names: list[Any], matrices: list[Any], diagonal: float, what: str) -> list[tuple[Any, Matrix]] | None:
    read = [_one(each, diagonal, what) for each in matrices]
    found = [each for each in read if each is not None]
    return list(zip(names, found, strict=True)) if len(found) == len(names) else None


def _one(given: Any, diagonal: float, what: str) -> Matrix | None:
    if is_data_array(given):
        others = [each for each in given.dims if each not in (ROWS, COLUMNS, REPETITION, SUBJECT)]
        if ROWS not in given.dims or len(given.dims) != 2 or len(others) != 1:
            return None
        turned = given.transpose(ROWS, others[0])
        coordinates = {str(n): each.values for n, each in turned.coords.items() if each.dims == (others[0],)}
        numbers = np.asarray(as_numbers(turned.data, what), dtype=np.float64)
        bare = turned.drop_vars([n for n in turned.coords if turned[n].dims == (others[0],)])
        matrix = read_matrix(bare.rename({others[0]: COLUMNS}), what)
        if matrix.rows is not None:
            wanted = set(map(str, matrix.rows.values))
            same = [each for each in coordinates.values() if set(map(str, each.tolist())) == wanted]
            if same:
                numbers = numbers[:, join(matrix.rows, names_of(what, "stimuli", same[0]))]
            elif coordinates:
                raise _other_names(what, others[0])
        rows, labels = matrix.rows, matrix.labels
    elif is_named(given):
        if not hasattr(given, "columns"):
            return None
        frame = given.set_index(STIMULUS) if STIMULUS in given.columns else given
        if len(frame) != len(frame.columns) or set(frame.index) != set(frame.columns):
            return None
        matrix = read_matrix(frame[list(frame.index)], what)
        numbers, rows, labels = np.asarray(matrix.values, dtype=np.float64), matrix.rows, matrix.labels
    else:
        try:
            array = as_numbers(given, what)
        except RecordingError:
            return None
        if array.ndim != 2 or not _is_square(array, diagonal):
            require_responses(array, what)
            return None
        numbers, rows, labels = np.asarray(array, dtype=np.float64), None, {}
    kind = "plain array" if not is_named(given) else "DataArray" if is_data_array(given) else "DataFrame"
    return _checked(Matrix(what, kind, numbers, rows, None, labels), diagonal)


def require_responses(array: NDArray[Any], what: str = "recording") -> None:
    """Refuse a matrix that is one of pairs of stimuli by all signs, where responses are compared.

    Raises
    ------
    RecordingError
        When it is symmetric, with the same number all along its diagonal.

    """
    if array.ndim != 2 or array.shape[0] != array.shape[1] or len(array) < 4:
        return
    values = np.asarray(array, dtype=np.float64)
    one = values[0, 0]
    same = bool((np.abs(values.diagonal() - one) <= _DIAGONAL).all())
    if same and np.array_equal(values, values.T) and np.ptp(values):
        kind = "dissimilarities, for the metric rdm" if abs(one) <= _DIAGONAL else "similarities, for the metric rsm"
        raise RecordingError(
            f"The {what} is symmetric with {one:g} on the diagonal, as matrices of {kind}, are; ask for that metric, "
            f"or give responses ({ROWS}, {COLUMNS})."
        )


def _is_square(array: NDArray[Any], diagonal: float) -> bool:
    """Tell a matrix of pairs, symmetric or not, from responses to as many stimuli as there are neuroids."""
    return array.shape[0] == array.shape[1] > 1 and bool(
        (np.abs(np.nan_to_num(array.diagonal().astype(np.float64), nan=diagonal) - diagonal) <= _DIAGONAL).all()
    )


def _checked(matrix: Matrix, diagonal: float) -> Matrix:
    values = np.asarray(matrix.values, dtype=np.float64)
    kind = "dissimilarities" if diagonal == 0 else "similarities"
    if len(values) != values.shape[1] or len(values) < 3:
        raise RecordingError(
            f"The {kind} of the {matrix.what} have the shape {values.shape}; give those of all pairs of three or more "
            "stimuli."
        )
    missing = ~np.isfinite(values) & ~np.eye(len(values), dtype=bool)
    if missing.any():
        row, column = np.argwhere(missing)[0]
        names = matrix.rows.values if matrix.rows else [f"number {place}" for place in range(len(values))]
        raise RecordingError(
            f"The {kind} of the {matrix.what} are missing or infinite for {int(missing.sum())} pairs, first for the "
            f"stimuli {names[row]} and {names[column]}; leave these stimuli out."
        )
    if not _is_square(values, diagonal):
        raise RecordingError(f"The {kind} of the {matrix.what} must have {diagonal:g} on the diagonal.")
    if np.abs(np.triu(values, 1) - np.tril(values, -1).T).max() > _ALIKE * np.abs(values).max():
        raise RecordingError(
            f"The {kind} of the {matrix.what} are not symmetric; give the mean of the matrix and its transpose."
        )
    values = np.triu(values, 1)
    values = values + values.T + diagonal * np.eye(len(values))
    return Matrix(matrix.what, matrix.kind, values, matrix.rows, None, matrix.labels)


def _other_names(what: str, dimension: Any) -> RecordingError:
    return RecordingError(
        f"The {what} has other names of stimuli along {dimension} than along {ROWS}; give both the same ones."
    )
