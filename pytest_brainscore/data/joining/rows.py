"""Which row of one matrix belongs to which row of another: by name, or one for one where neither has names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.joining.matrices import STIMULUS, Matrix
from pytest_brainscore.data.joining.names import Names, join
from pytest_brainscore.errors import RecordingError


def matching_rows(recording: Matrix, given: Matrix) -> NDArray[np.intp]:
    """Return for every stimulus of a recording the row that it has in another matrix.

    By name where both have names; rows that the recording does not have are left out. One for one where neither has:
    arrays, or tables with nothing but row numbers, equally long.

    Raises
    ------
    RecordingError
        When one side has names and the other has none, or stimuli are missing, doubled, or not equally many. The
        sentence names both sides and the mend.

    """
    sides = (given, recording)
    unnamed = [side.rows is None or side.rows.numbered for side in sides]
    for side in sides:
        if side.rows is None and side.kind == "DataArray":
            side.label(STIMULUS)
    if all(unnamed):
        count, wanted = len(given.values), len(recording.values)
        if count != wanted:
            raise RecordingError(
                f"There are {given.what} of {count} stimuli and responses to {wanted}; "
                + (
                    _transposed(recording, given)
                    or "give the same stimuli in the same order, or both as DataArrays with stimulus_id or DataFrames "
                    "with an index."
                )
            )
        return np.arange(wanted)
    for side, other in zip(sides, reversed(sides), strict=True):
        if side.rows is None:
            named = other.rows.examples() if other.rows else ""
            raise RecordingError(
                f"The {side.what} {'are' if side.what.endswith('s') else 'is'} a {side.kind} without names of stimuli, "
                f"and the {other.what} a {other.kind} that names them {named}; give both with the same names, or both "
                "as plain arrays in the same order."
            )
    ours, theirs = recording.rows, given.rows
    if ours is None or theirs is None:  # both named, as checked above
        raise AssertionError
    if _overlap(ours, theirs) == 0 and (_overlap(ours, given.columns) or _overlap(recording.columns, theirs)):
        side = given if _overlap(ours, given.columns) else recording
        raise RecordingError(
            f"The columns of the {side.what} have the names of stimuli: rows are stimuli, so give its transpose, .T."
        )
    return join(ours, theirs)


def _transposed(recording: Matrix, given: Matrix) -> str:
    """Return the words for one side being transposed, where the lengths say so; else nothing."""
    if given.values.shape[1] == len(recording.values):
        return f"rows are stimuli, and the {given.what} seem to have them as columns: give their transpose, .T."
    if recording.values.shape[1] == len(given.values):
        return "rows are stimuli, and the recording seems to have them as columns: give its transpose, .T."
    return ""


def _overlap(first: Names | None, second: Names | None) -> int:
    return len(set(first.values) & set(second.values)) if first and second else 0
