"""A recording of one's own with its stimuli, joined: what the protocol of ``recording_benchmark`` is handed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from pytest_brainscore.data.joining.matrices import (
    COLUMNS,
    NEUROID,
    REPETITION,
    ROWS,
    STIMULUS,
    is_data_array,
    is_named,
    read_matrix,
)
from pytest_brainscore.data.joining.names import names_of, sorted_places
from pytest_brainscore.data.joining.numbers import as_numbers
from pytest_brainscore.data.joining.stimulus_names import match_names
from pytest_brainscore.data.own_images import FILENAME
from pytest_brainscore.data.recordings.labelling import (
    OTHER_ROWS,
    SUBJECT,
    is_dissimilarity,
    label_dissimilarities,
    label_presentations,
)
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.metrics.reliability.internal_consistency import by_repetition

WHAT: Final = "The recording"


@dataclass(frozen=True, eq=False)
class RecordedData:
    """A recording and the stimuli that it has."""

    recording: xarray.DataArray
    """Averaged over repetitions, ``presentation`` x ``neuroid``, or dissimilarities; see ``load_recording``. Sorted by
    the names of stimuli."""
    presentations: xarray.DataArray | None
    """Single repetitions, ``presentation`` x ``neuroid``; None where there are none, or dissimilarities."""
    stimuli: StimulusSet
    """One row for each stimulus of the recording, in its order, with its ids. Not yet placed on a screen."""
    filling: bool
    """Whether the images fill the model's input, whatever its field of view."""

    @property
    def dissimilar(self) -> bool:
        """Whether the recording is dissimilarities of stimuli."""
        return OTHER_ROWS in self.recording.dims

    @property
    def repetitions(self) -> int:
        """The largest number of repetitions that a stimulus has."""
        if self.presentations is None:
            return 1
        return int(pd.Series(self.presentations[STIMULUS].values.tolist()).value_counts().max())

    @property
    def subjects(self) -> list[str]:
        """Names of the subjects, where there are any."""
        if SUBJECT not in self.recording.coords:
            return []
        return list(dict.fromkeys(map(str, self.recording[SUBJECT].values.tolist())))

    def digest(self) -> str:
        """Return the SHA-256 of the numbers, with the names of stimuli, neuroids, repetitions and subjects."""
        return digest_of(self.recording if self.presentations is None else self.presentations)


def digest_of(array: xarray.DataArray) -> str:
    """Return the SHA-256 of numbers, with the names along their dimensions."""
    digest = hashlib.sha256(" x ".join(map(str, array.dims)).encode())
    for name in sorted(map(str, array.coords)):
        digest.update("\n".join([name, *map(str, array[name].values.ravel().tolist())]).encode())
    digest.update(np.ascontiguousarray(array.values, dtype="<f8").tobytes())
    return digest.hexdigest()


def join_recording(
    recording: Any, stimuli: StimulusSet, *, ordered: bool, filling: bool, labels: Sequence[str] = ()
) -> RecordedData:
    """Join a recording with its stimuli.

    Parameters
    ----------
    recording
        What ``load_recording`` returns; or responses as ``score`` takes them, also with repetitions: presentations in
        rows with ``repetition``, or an array (repetition, stimulus, neuroid); or dissimilarities, (stimulus, stimulus)
        or (subject, stimulus, stimulus). Without names it is in the order of the stimuli.
    stimuli
        Images, those of other stimuli besides.
    ordered
        Whether the order of the stimuli means anything, so that a recording without names can be in it.
    filling
        Whether the images fill the model's input.
    labels
        Columns of a DataFrame that are no neuroids.

    Raises
    ------
    RecordingError
        When stimuli are missing or doubled, or the recording has another shape.

    """
    shown = stimuli.table[STIMULUS].tolist()
    named = in_one_form(recording, shown if ordered else None, labels)
    ids = list(dict.fromkeys(named[STIMULUS].values.tolist()))
    columns = [shown, *([stimuli.table[FILENAME].tolist()] if FILENAME in stimuli.table.columns else [])]
    rows = match_names(ids, columns, "recording", f"images of {stimuli.identifier}")
    order = sorted_places(names_of("recording", "stimuli", ids))
    ids, rows = [ids[place] for place in order], rows[order]
    chosen = replace(
        stimuli,
        table=stimuli.table.iloc[rows].assign(**{STIMULUS: ids}).reset_index(drop=True),
        images=tuple(stimuli.images[row] for row in rows),
    )
    if OTHER_ROWS in named.dims:
        places = {name: place for place, name in enumerate(named[STIMULUS].values.tolist())}
        at = [places[name] for name in ids]
        return RecordedData(named.isel({ROWS: at, OTHER_ROWS: at}), None, chosen, filling)
    if REPETITION not in named.coords:
        places = {name: place for place, name in enumerate(named[STIMULUS].values.tolist())}
        return RecordedData(named.isel({ROWS: [places[name] for name in ids]}), None, chosen, filling)
    number = {name: place for place, name in enumerate(ids)}
    stimulus = np.array([number[each] for each in named[STIMULUS].values.tolist()])
    times = pd.factorize(pd.Series(named[REPETITION].values.tolist()), sort=True)[0]
    sorted_presentations = named.isel({ROWS: np.lexsort((times, stimulus))})
    return RecordedData(_averaged(named, stimulus, times, ids), sorted_presentations, chosen, filling)


def in_one_form(recording: Any, shown: Sequence[Any] | None, labels: Sequence[str] = ()) -> xarray.DataArray:
    """Return a recording as ``load_recording`` does, whatever it is held in; see `join_recording`.

    `shown` are ids for a recording that has none, in its order; None refuses it.
    """
    if is_data_array(recording):
        if OTHER_ROWS in recording.dims:
            subjects = recording[SUBJECT].values.tolist() if SUBJECT in recording.coords else None
            others = [each for each in recording.dims if each not in (ROWS, OTHER_ROWS)]
            values = recording.transpose(*others, ROWS, OTHER_ROWS).values
            return label_dissimilarities(WHAT, values, recording[STIMULUS].values.tolist(), subjects)
        if set(recording.dims) == {ROWS, COLUMNS, REPETITION}:
            recording = _in_rows(recording)
    elif not is_named(recording) and not hasattr(recording, "to_pandas"):
        return _without_names(as_numbers(recording, "recording"), shown)
    matrix = read_matrix(recording, "recording", [*labels, SUBJECT])
    values = np.asarray(matrix.values, dtype=np.float64)
    nameless = matrix.rows is None or matrix.rows.numbered
    ids = _in_order(shown, len(values)) if matrix.rows is None or nameless else matrix.rows.values
    if matrix.columns is not None and list(matrix.columns.values) == list(ids) and is_dissimilarity(values):
        return label_dissimilarities(WHAT, values, ids)
    names = range(values.shape[1]) if matrix.columns is None else map(_one_text, matrix.columns.values)
    described = {
        name: each for name, each in matrix.labels.items() if name not in (STIMULUS, REPETITION, SUBJECT, ROWS)
    }
    of_rows = {name: matrix.labels[name].tolist() if name in matrix.labels else None for name in (REPETITION, SUBJECT)}
    return label_presentations(
        WHAT,
        values,
        ids,
        list(names),
        repetitions=of_rows[REPETITION],
        subjects=of_rows[SUBJECT],
        labels=described,
        of_neuroids={name: each for name, each in matrix.neuroids.items() if name not in (NEUROID, COLUMNS)},
    )


def _one_text(name: Any) -> Any:
    return "-".join(map(str, name)) if isinstance(name, tuple) else name


def _without_names(array: NDArray[np.generic], shown: Sequence[Any] | None) -> xarray.DataArray:
    if is_dissimilarity(array):
        return label_dissimilarities(WHAT, array, _in_order(shown, array.shape[-1]))
    if array.ndim == 3:
        repetitions, stimuli, neuroids = array.shape
        ids = _in_order(shown, stimuli)
        rows = np.moveaxis(array, 0, 1).reshape(stimuli * repetitions, neuroids)
        return label_presentations(
            WHAT,
            rows,
            [each for each in ids for _ in range(repetitions)],
            list(range(neuroids)),
            repetitions=list(range(repetitions)) * stimuli,
        )
    if array.ndim not in (1, 2):
        raise RecordingError(
            f"The recording has the shape {array.shape}; give (stimulus, neuroid), (repetition, stimulus, neuroid), or "
            "dissimilarities (subject, stimulus, stimulus)."
        )
    matrix = array.reshape(len(array), -1)
    return label_presentations(WHAT, matrix, _in_order(shown, len(matrix)), list(range(matrix.shape[1])))


def _in_order(shown: Sequence[Any] | None, count: int) -> list[Any]:
    if shown is None:
        raise RecordingError(
            "The recording has no names of stimuli, and a folder of images has no order; give it as a DataFrame whose "
            "index is the names of the images, or the images as a list of files in the order of the recording."
        )
    if len(shown) != count:
        raise RecordingError(
            f"The recording has {count} stimuli without names, and there are {len(shown)} images; give names, or one "
            "image for each."
        )
    return list(shown)


def _in_rows(recording: xarray.DataArray) -> xarray.DataArray:
    """Return repetitions, a dimension of their own, as presentations."""
    ordered = recording.transpose(ROWS, REPETITION, COLUMNS)
    stimuli, repetitions, _ = ordered.shape
    along = {ROWS: stimuli, REPETITION: repetitions}
    coordinates: dict[str, Any] = {}
    for name, each in ordered.coords.items():
        if each.dims == (ROWS,):
            coordinates[str(name)] = (ROWS, np.repeat(each.values, repetitions))
        elif each.dims == (COLUMNS,):
            coordinates[str(name)] = (COLUMNS, each.values)
    times = ordered[REPETITION].values if REPETITION in ordered.coords else np.arange(along[REPETITION])
    coordinates[REPETITION] = (ROWS, np.tile(times, stimuli))
    return xarray.DataArray(ordered.values.reshape(stimuli * repetitions, -1), coordinates, (ROWS, COLUMNS))


def _averaged(
    presentations: xarray.DataArray, stimulus: NDArray[np.intp], times: NDArray[np.intp], ids: list[Any]
) -> xarray.DataArray:
    """Return the mean over the repetitions that there are, stimuli as in `ids`; labels that all repetitions share."""
    responses = by_repetition(presentations.values, stimulus, times)
    present = ~np.isnan(responses)
    counts = present.sum(axis=0)
    # The same sums as those of published recordings; NaN where there is no response at all.
    sums = responses.sum(axis=0, where=present)
    means = np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0)
    first = np.unique(stimulus, return_index=True)[1]
    coordinates: dict[str, Any] = {STIMULUS: (ROWS, presentations[STIMULUS].values[first])}
    for name, each in presentations.coords.items():
        if each.dims == (COLUMNS,):
            coordinates[str(name)] = (COLUMNS, each.values)
        elif each.dims == (ROWS,) and name not in (STIMULUS, REPETITION):
            of_stimulus = each.values[first]
            if all(
                one == other for one, other in zip(of_stimulus[stimulus].tolist(), each.values.tolist(), strict=True)
            ):
                coordinates[str(name)] = (ROWS, of_stimulus)
    assert len(first) == len(ids)
    return xarray.DataArray(means, coordinates, (ROWS, COLUMNS), attrs=presentations.attrs)
