"""Features and one recording, joined by their names and brought into the order that everything is computed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.joining.matrices import STIMULUS, Matrix, is_data_array, is_named
from pytest_brainscore.data.joining.names import join, names_of, sorted_places
from pytest_brainscore.data.joining.rows import matching_rows
from pytest_brainscore.errors import RecordingError

_LARGEST: Final = 1e100
"""Beyond, squares and their products leave float64."""


@dataclass(frozen=True, eq=False)
class Joined:
    """Features and one recording, row by row."""

    features: NDArray[np.generic]
    """Shape (stimulus, unit), in order."""
    target: NDArray[Any]
    """Shape (stimulus, neuroid), or (stimulus, stimulus) where `square`, in order."""
    recording: Matrix
    """As it was given."""
    stimuli: NDArray[np.intp]
    """Row of the recording of each stimulus."""
    neuroids: NDArray[np.intp]
    """Column of the recording of each neuroid."""
    square: bool
    """Whether the recording is a matrix of pairs of stimuli."""


def joined(features: Matrix, recording: Matrix, *, square: bool = False) -> Joined:
    """Join features with a recording.

    Parameters
    ----------
    features, recording
        Joined by the names of their rows, or row by row where they have none.
    square
        Whether the recording is (stimulus, stimulus), which is then ordered along both axes.

    Raises
    ------
    RecordingError
        When stimuli are missing or doubled, or names do not fit.

    """
    rows = matching_rows(recording, features)
    stimuli = order_of_rows(recording)
    neuroids = np.arange(recording.values.shape[1])
    if square:
        neuroids = stimuli
    elif recording.columns is not None:
        neuroids = sorted_places(recording.columns)
    rows = rows[stimuli]
    # One layout in memory: sums over rows and over columns round differently.
    source = np.ascontiguousarray(features.values)
    source = source if np.array_equal(rows, np.arange(len(source))) else source[rows]
    target = np.ascontiguousarray(recording.values[np.ix_(stimuli, neuroids)])
    return Joined(source, target, recording, stimuli, neuroids, square)


def order_of_rows(recording: Matrix) -> NDArray[np.intp]:
    """Return the order of the stimuli in which everything is computed: by name, or as they are."""
    return np.arange(len(recording.values)) if recording.rows is None else sorted_places(recording.rows)


def labels_of(
    given: Mapping[str, Any], recording: Matrix, rows: NDArray[np.intp], total: int
) -> dict[str, NDArray[Any] | None]:
    """Return settings that label stimuli, one label for each row of a recording.

    Parameters
    ----------
    given
        By the names of the settings: None, the name of a coordinate, or labels.
    recording
        Of one subject.
    rows, total
        Its rows in the whole recording, and how many that has: labels may be given for all of these.

    Raises
    ------
    RecordingError
        When there is no such coordinate, or not one label for each stimulus.

    """
    return {name: None if each is None else _labels(name, each, recording, rows, total) for name, each in given.items()}


def _labels(name: str, given: Any, recording: Matrix, rows: NDArray[np.intp], total: int) -> NDArray[Any]:
    what = "labels to stratify by" if name == "stratify" else f"labels of {name}"
    if isinstance(given, str):
        values = recording.label(given)
    elif is_named(given) and recording.rows is not None and not recording.rows.numbered:
        ids = given[STIMULUS].values if is_data_array(given) else given.index.to_list()
        values = np.asarray(given)[join(recording.rows, names_of("labels", "stimuli", ids))]
    else:
        values = np.asarray(given)
        values = values[rows] if values.shape == (total,) else values
    if values.shape != (len(recording.values),):
        raise RecordingError(
            f"The {what} have the shape {values.shape}, and the recording has {len(recording.values)} stimuli; give "
            "one label for each."
        )
    names_of(what, "stimuli", values)
    return values


def require_finite(recording: Matrix) -> None:
    """Refuse responses that are missing or infinite, and say whose.

    Raises
    ------
    RecordingError
        When there are some, or they are so large or small that float64 does not hold their squares.

    """
    values = np.asarray(recording.values, dtype=np.float64)
    stimuli, neuroids = (
        (names.values if names else [f"number {place}" for place in range(count)])
        for names, count in zip((recording.rows, recording.columns), values.shape, strict=True)
    )
    silent = np.flatnonzero(np.isnan(values).all(axis=0))
    if silent.size:
        raise RecordingError(
            f"{silent.size} of {len(neuroids)} neuroids of the recording, first {neuroids[silent[0]]}, are NaN for all "
            "stimuli; drop these neuroids from recording and ceiling, as nothing is scored with them."
        )
    broken = np.argwhere(~np.isfinite(values))
    if len(broken):
        row, column = broken[0]
        raise RecordingError(
            f"The recording is NaN or infinite for {np.unique(broken[:, 0]).size} of {len(stimuli)} stimuli and "
            f"{np.unique(broken[:, 1]).size} of {len(neuroids)} neuroids, first for stimulus {stimuli[row]} and "
            f"neuroid {neuroids[column]}; drop these stimuli or these neuroids."
        )
    largest = float(np.abs(values).max())
    if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
        raise RecordingError(
            f"The largest response is {largest:.1e}, whose square is no floating-point number; scale the recording."
        )
