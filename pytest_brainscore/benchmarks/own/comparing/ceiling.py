"""The ceiling of a recording of one's own: repetitions that are joined to the recording, or reliabilities as given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.own.comparing.recording_warning import warn
from pytest_brainscore.benchmarks.own.comparing.repetitions import (
    FloatArray,
    matching_columns,
    read_repetitions,
)
from pytest_brainscore.data.joining.matrices import (
    COLUMNS,
    ROWS,
    Matrix,
    is_data_array,
    is_named,
    read_matrix,
)
from pytest_brainscore.data.joining.numbers import as_numbers
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.shared.aggregation import SplitScore


def read_ceiling(given: Any, recording: Matrix) -> FloatArray:
    """Read what says how reliable a recording is.

    Parameters
    ----------
    given
        Repetitions, or reliabilities above 0, at most 1: one number, or one for each neuroid. See `score`.
    recording
        As it was given: a ceiling without names is in the same order.

    Returns
    -------
    Reliabilities, (split, neuroid), one neuroid for a number that counts for all; or repetitions, (repetition,
    stimulus, neuroid): those of the recording in its order.

    Raises
    ------
    RecordingError
        When an axis does not fit the recording, or a reliability is out of range.

    """
    reliabilities = _reliabilities(given, recording)
    if reliabilities is not None:
        _require_in_range(reliabilities)
        return reliabilities
    repetitions = read_repetitions(given, recording)
    infinite = int(np.isinf(repetitions).sum())
    if infinite:
        raise RecordingError(f"The ceiling has {infinite} infinite responses; correct them, or make them NaN.")
    return repetitions


def reliability(
    read: FloatArray,
    order: tuple[NDArray[np.intp], NDArray[np.intp]],
    seed: int | None,
    consistency: Callable[..., SplitScore],
) -> FloatArray:
    """Return the reliabilities, (split, neuroid), of which the median over neuroids, and mean over splits, counts.

    Parameters
    ----------
    read
        What `read_ceiling` returned, or a part of its neuroids.
    order
        Rows and columns of the recording in the order that everything is computed in.
    seed
        Of the halves of the repetitions; None for the published one.
    consistency
        Of repetitions, with a seed.

    """
    stimuli, neuroids = order
    if read.ndim == 2:
        return read if read.shape[1] == 1 else np.ascontiguousarray(read[:, neuroids])
    ordered = np.ascontiguousarray(read[:, stimuli][:, :, neuroids])
    found = consistency(ordered) if seed is None else consistency(ordered, seed=seed)
    warn_of_equal(read, found.value)
    return found.values


def warn_of_equal(repetitions: FloatArray, top: float) -> None:
    """Warn of repetitions that are all the same."""
    if top == 1 and (repetitions == repetitions[:1]).all():
        warn("The repetitions of the ceiling are all the same, so it is 1; give single repetitions, not their mean.")


def require_positive(top: float, what: str = "internal consistency of the recording") -> float:
    """Return a ceiling above 0.

    Raises
    ------
    NoNumber
        When the recording does not predict itself.

    """
    if not top > 0:
        raise NoNumber(f"The {what} is {top:.3g}, not above 0: no score can be given.")
    return top


def _reliabilities(given: Any, recording: Matrix) -> FloatArray | None:
    """Return numbers that are reliabilities already, (split, neuroid), in the order of the recording; None if not."""
    if isinstance(given, Mapping | list | tuple | str | bytes) and not _vector(given):
        return None
    if is_data_array(given):
        if given.dims not in ((), (COLUMNS,), ("split", COLUMNS), (COLUMNS, "split")):
            return None
        if not given.dims:
            return np.asarray(as_numbers(given.data, "ceiling"), dtype=np.float64).reshape(1, 1)
        rows = given.transpose(..., COLUMNS)
        if "split" in rows.dims:
            matrix = read_matrix(rows.drop_vars("split", errors="ignore").rename(split=ROWS), "ceiling")
        else:
            matrix = read_matrix(rows.expand_dims(ROWS), "ceiling")
        return np.asarray(matrix.values[:, matching_columns(matrix, recording)], dtype=np.float64)
    if is_named(given):
        if not hasattr(given, "to_frame"):
            return None
        matrix = read_matrix(given.to_frame().T, "ceiling")
        return np.asarray(matrix.values[:, matching_columns(matrix, recording)], dtype=np.float64)
    array = as_numbers(given, "ceiling")
    if array.ndim > 1:
        return None
    if array.dtype.kind == "b":
        raise RecordingError("The ceiling is a truth value; give the repetitions, or a reliability.")
    count = recording.values.shape[1]
    if array.ndim == 1 and array.size != count:
        raise RecordingError(
            f"The ceiling has {array.size} reliabilities and the recording {count} neuroids; give one for each, one "
            f"number for all, or the repetitions (repetition, {ROWS}, {COLUMNS})."
        )
    return np.asarray(array, dtype=np.float64).reshape(1, -1)


def _vector(given: Any) -> bool:
    """Tell a list of plain numbers."""
    return isinstance(given, list | tuple) and not any(np.ndim(each) or is_named(each) for each in given)


def _require_in_range(reliabilities: FloatArray) -> None:
    outside = ~((reliabilities > 0) & (reliabilities <= 1))
    if outside.any():
        row, column = np.argwhere(outside)[0]
        where = f" of neuroid number {column}" if reliabilities.shape[1] > 1 else ""
        raise RecordingError(
            f"The ceiling{where} is {reliabilities[row, column]:.4g}; a reliability is above 0 and at most 1, so leave "
            "such neuroids out of recording and ceiling, or give the repetitions."
        )
