"""Repetitions of a recording of one's own, joined to it by names, or axis by axis."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.own.comparing.recording_warning import warn
from pytest_brainscore.data.joining.matrices import (
    COLUMNS,
    NEUROID,
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
from pytest_brainscore.data.joining.rows import matching_rows
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.metrics.reliability.internal_consistency import by_repetition
from pytest_brainscore.metrics.shared.correlation import pearson_correlation

_AXES: Final = (REPETITION, ROWS, COLUMNS)
_SAME: Final = 0.99
"""Correlation from which on two recordings are the same one, up to scale and offset."""
_RELATED: Final = 0.5
"""Correlation below which the mean over repetitions hardly belongs to the recording."""

FloatArray = NDArray[np.float64]


def read_repetitions(given: Any, recording: Matrix) -> FloatArray:
    """Return repetitions of the stimuli and neuroids of the recording, (repetition, stimulus, neuroid)."""
    if isinstance(given, Mapping) and not is_named(given):
        given = list(given.values())
    if isinstance(given, list | tuple) and any(map(is_named, given)):
        return np.stack([_one_repetition(each, recording) for each in given])
    if is_data_array(given) and REPETITION in given.dims:
        if set(given.dims) != set(_AXES):
            raise RecordingError(
                f"The ceiling has the dimensions {', '.join(map(str, given.dims))}; give {' x '.join(_AXES)} alone."
            )
        if not given.size:
            sizes = " x ".join(f"{given.sizes[axis]} {axis}" for axis in _AXES)
            raise RecordingError(f"The ceiling has no responses ({sizes}); give repetitions of the recording.")
        if STIMULUS not in given.coords and ROWS not in given.coords:
            given = given.transpose(*_AXES)
            array = np.asarray(as_numbers(given.data, "ceiling"), dtype=np.float64)
            one = read_matrix(given.isel({REPETITION: 0}), "ceiling")
            if one.columns is not None and recording.columns is not None:
                array = array[:, :, matching_columns(one, recording)]
            _check_axes(array, recording)
            return array
        parts = [given.isel({REPETITION: number}) for number in range(given.sizes[REPETITION])]
        return np.stack([_one_repetition(each, recording) for each in parts])
    if is_data_array(given) and (len(given.dims) > 2 or ROWS not in given.dims):
        raise RecordingError(
            f"The ceiling has the dimensions {', '.join(map(str, given.dims))}; give {' x '.join(_AXES)}, for example "
            "by .rename, or one reliability for each neuroid."
        )
    if is_named(given) or (hasattr(given, "columns") and hasattr(given, "to_pandas")):
        return _presentations(read_matrix(given, "ceiling"), recording)
    array = np.asarray(as_numbers(given, "ceiling"), dtype=np.float64)
    _check_axes(array, recording)
    return array


def _one_repetition(given: Any, recording: Matrix) -> FloatArray:
    matrix = read_matrix(given, "ceiling")
    rows, columns = matching_rows(recording, matrix), matching_columns(matrix, recording)
    return np.asarray(matrix.values[np.ix_(rows, columns)], dtype=np.float64)


def _presentations(matrix: Matrix, recording: Matrix) -> FloatArray:
    """Arrange presentations in rows by repetition and by the stimuli of the recording; others are left out."""
    times = matrix.label(REPETITION)
    names_of("ceiling", "repetitions", times)
    if matrix.rows is None:
        raise RecordingError(
            f"The ceiling has repetitions but no names of stimuli; add {STIMULUS}, as the recording has them."
        )
    found = matrix.rows.values
    distinct = list(dict.fromkeys(found))
    if recording.rows is not None and not recording.rows.numbered:
        wanted = recording.rows.values
        join(recording.rows, matrix.rows._replace(values=distinct))
    else:
        wanted = distinct
        if len(wanted) != len(recording.values):
            raise RecordingError(
                f"The ceiling has {len(wanted)} named stimuli and the recording {len(recording.values)} without names; "
                "give both names, as DataArrays or DataFrames."
            )
    numbers = {name: number for number, name in enumerate(wanted)}
    kept = np.array([place for place, name in enumerate(found) if name in numbers])
    values = np.asarray(matrix.values[:, matching_columns(matrix, recording)], dtype=np.float64)[kept]
    try:
        arranged = by_repetition(values, [numbers[found[place]] for place in kept], times[kept])
    except TypeError as error:
        raise RecordingError(
            f"The repetitions of the ceiling are of several types ({error}); give one type."
        ) from error
    except ValueError as error:
        raise RecordingError(
            f"The ceiling has a stimulus twice in one repetition; number the presentations of each stimulus, for "
            f"example by groupby({STIMULUS!r}).cumcount()."
        ) from error
    if recording.rows is None or recording.rows.numbered:
        _require_same(arranged, recording)
    return arranged


def matching_columns(matrix: Matrix, recording: Matrix) -> NDArray[np.intp]:
    """Return the columns of the neuroids of the recording: by name where both have names, else one for one."""
    if matrix.columns is not None and recording.columns is not None:
        return join(recording.columns, matrix.columns)
    count, wanted = matrix.values.shape[1], recording.values.shape[1]
    if count != wanted:
        raise RecordingError(
            f"The ceiling has {count} neuroids and the recording {wanted}; give the same ones, or both with names "
            f"({NEUROID}, or the columns of a DataFrame)."
        )
    return np.arange(count)


def _check_axes(array: FloatArray, recording: Matrix) -> None:
    """Refuse an array whose axes are not repetition x stimulus x neuroid of the recording."""
    stimuli, neuroids = recording.values.shape
    expected = f"(repetition, {ROWS}, {COLUMNS}), here (repetitions, {stimuli}, {neuroids})"
    if array.ndim != 3:
        raise RecordingError(
            f"The ceiling has the shape {array.shape}; give the repetitions as {expected}, or a reliability above 0 "
            "and at most 1."
        )
    orders = [
        order
        for order in itertools.permutations(range(3))
        if tuple(array.shape[axis] for axis in order)[1:] == (stimuli, neuroids)
    ]
    if (0, 1, 2) not in orders:
        mend = (
            f"transpose it: ceiling.transpose{orders[0]}"
            if orders
            else "give the stimuli and neuroids of the recording"
        )
        raise RecordingError(f"The ceiling has the shape {array.shape}, and {expected}, is expected; {mend}.")
    if len(array) < 2:
        return  # the metric says what is wrong with one repetition
    agreement = {order: _agreement(array.transpose(order), recording) for order in orders}
    as_given = agreement.pop((0, 1, 2))
    for order, correlation in agreement.items():
        if correlation > _SAME > as_given:
            raise RecordingError(
                f"The ceiling fits the recording in another order of its axes: its mean over the first one is not the "
                f"recording, but that of ceiling.transpose{order} is; give {expected}."
            )
    if as_given < _RELATED:
        warn(
            f"The mean over the repetitions of the ceiling correlates {as_given:.2f} with the recording; check that it "
            f"has the same stimuli and neuroids in the same order, {expected}."
        )


def _require_same(repetitions: FloatArray, recording: Matrix) -> None:
    if not _agreement(repetitions, recording) > _SAME:
        raise RecordingError(
            "The stimuli of the ceiling have names and those of the recording have none, and its mean over repetitions "
            "is not the recording; give both names, as DataArrays or DataFrames."
        )


def _agreement(repetitions: FloatArray, recording: Matrix) -> float:
    """Return the median over neuroids of the correlation of the mean over repetitions with the recording, or NaN."""
    present = np.isfinite(repetitions)
    counts = present.sum(axis=0)
    sums = np.where(present, repetitions, 0).sum(axis=0)
    means = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    correlations = pearson_correlation(means, recording.values)
    return float(np.median(correlations[~np.isnan(correlations)])) if not np.isnan(correlations).all() else float("nan")
