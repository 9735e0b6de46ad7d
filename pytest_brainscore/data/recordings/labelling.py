"""The one form in which recordings are kept: presentations by neuroids, or dissimilarities of stimuli."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from pytest_brainscore.data.joining.matrices import COLUMNS, NEUROID, REPETITION, ROWS, STIMULUS
from pytest_brainscore.data.joining.names import is_missing
from pytest_brainscore.errors import RecordingError

OTHER_ROWS = f"{ROWS}_other"
"""The second dimension of dissimilarities, with the stimuli of the first one in the same order."""
SUBJECT = "subject"
_ROUNDING = 1e-6
"""What single precision leaves of a symmetric matrix."""


def label_presentations(
    where: object,
    values: NDArray[np.generic],
    stimuli: Sequence[Any],
    neuroids: Sequence[Any],
    *,
    repetitions: Sequence[Any] | None = None,
    subjects: Sequence[Any] | None = None,
    labels: Mapping[str, NDArray[Any]] | None = None,
    of_neuroids: Mapping[str, NDArray[Any]] | None = None,
) -> xarray.DataArray:
    """Return rows of responses with their names.

    Parameters
    ----------
    where
        For messages: the file.
    values
        Shape (row, neuroid).
    stimuli
        Id of the stimulus of each row. Where one occurs more than once, and there are no `repetitions`, its rows are
        repetitions in their order.
    neuroids
        Name of each column.
    repetitions
        Which repetition each row is. Where these count trials of a whole session, so that there are more than any
        stimulus has, the trials of each stimulus are numbered anew in their order.
    subjects
        Whose row it is. The neuroids of each subject become columns of their own then, with the coordinate ``subject``.
    labels, of_neuroids
        Further coordinates of rows and columns.

    Returns
    -------
    DataArray, ``presentation`` x ``neuroid``, float64, with ``stimulus_id``, ``neuroid_id``, and ``repetition`` where
    there are any. Rows without any response are left out.

    Raises
    ------
    RecordingError
        When a stimulus has no name, or a repetition twice, or nothing is left.

    """
    rows = pd.DataFrame({STIMULUS: list(stimuli)}, dtype=object)
    unnamed = [place for place, each in enumerate(stimuli) if is_missing(each) or str(each).strip() == ""]
    if unnamed:
        raise RecordingError(
            f"{where} has {len(unnamed)} rows without a stimulus, the first is row {unnamed[0] + 1}; name or drop them."
        )
    if len(set(map(str, neuroids))) < len(neuroids):
        twice = pd.Series([str(each) for each in neuroids])
        raise RecordingError(f"{where} has the neuroid {twice[twice.duplicated()].iloc[0]} twice; name each once.")
    rows[SUBJECT] = "" if subjects is None else list(subjects)
    key = [SUBJECT, STIMULUS]
    if repetitions is not None:
        rows[REPETITION] = _numbered(rows, list(repetitions), key)
    elif rows.duplicated(key).any():
        rows[REPETITION] = rows.groupby(key, sort=False).cumcount()
    if REPETITION in rows:
        doubled = rows[rows.duplicated([*key, REPETITION])]
        if len(doubled):
            first = doubled.iloc[0]
            raise RecordingError(
                f"{where} has the stimulus {first[STIMULUS]} twice in repetition {first[REPETITION]}"
                f"{f' of {first[SUBJECT]}' if subjects is not None else ''}; number the repetitions of each stimulus, "
                "or leave their column out, and they are numbered in the order of the rows."
            )
    numbers = np.asarray(values, dtype=np.float64)
    described = pd.DataFrame(dict(labels or {}), index=rows.index)
    columns = {NEUROID: np.asarray(neuroids), **(of_neuroids or {})}
    if subjects is not None:
        rows, numbers, described, columns = _subjects_side_by_side(rows, numbers, described, columns)
    present = np.asarray(~np.isnan(numbers).all(axis=1), dtype=bool)
    if not present.any():
        raise RecordingError(f"{where} has no responses, every value is missing; check the file.")
    coordinates: dict[str, Any] = {STIMULUS: (ROWS, _plain(rows[STIMULUS][present]))}
    if REPETITION in rows:
        coordinates[REPETITION] = (ROWS, _plain(rows[REPETITION][present]))
    coordinates |= {str(name): (ROWS, _plain(each[present])) for name, each in described.items()}
    coordinates |= {name: (COLUMNS, _plain(pd.Series(each))) for name, each in columns.items()}
    return xarray.DataArray(numbers[present], coordinates, (ROWS, COLUMNS), attrs={"identifier": Path(str(where)).name})


def label_dissimilarities(
    where: object, matrices: NDArray[np.generic], stimuli: Sequence[Any], subjects: Sequence[Any] | None = None
) -> xarray.DataArray:
    """Return dissimilarities with their names.

    Parameters
    ----------
    where
        For messages: the file.
    matrices
        Shape (stimulus, stimulus) or (subject, stimulus, stimulus).
    stimuli
        Id of each stimulus.
    subjects
        Name of each subject; numbers from 0 where None.

    Returns
    -------
    DataArray, ``presentation`` x ``presentation_other``, after ``subject`` where there are several.

    Raises
    ------
    RecordingError
        When a matrix is not symmetric, or a stimulus is dissimilar to itself.

    """
    numbers = np.asarray(matrices, dtype=np.float64)
    if not is_dissimilarity(numbers):
        raise RecordingError(
            f"{where} has no dissimilarities: a symmetric matrix of three or more stimuli by stimuli with zeros on its "
            "diagonal (or ones, for similarities)."
        )
    dims: tuple[str, ...] = (ROWS, OTHER_ROWS)
    coordinates: dict[str, Any] = {STIMULUS: (ROWS, _plain(pd.Series(list(stimuli), dtype=object)))}
    if numbers.ndim == 3:
        dims = (SUBJECT, *dims)
        names = range(len(numbers)) if subjects is None else subjects
        coordinates[SUBJECT] = (SUBJECT, _plain(pd.Series(list(names), dtype=object)))
    return xarray.DataArray(numbers, coordinates, dims, attrs={"identifier": Path(str(where)).name})


def is_dissimilarity(matrices: NDArray[np.generic]) -> bool:
    """Tell matrices (..., stimulus, stimulus), symmetric and with zeros or ones on the diagonal, but for rounding."""
    if matrices.ndim not in (2, 3) or matrices.shape[-1] != matrices.shape[-2] or matrices.shape[-1] < 3:
        return False
    numbers = np.asarray(matrices, dtype=np.float64)
    scale = float(np.nanmax(np.abs(numbers), initial=0))
    diagonal = np.diagonal(numbers, axis1=-2, axis2=-1)
    symmetric = np.allclose(numbers, np.swapaxes(numbers, -1, -2), rtol=0, atol=_ROUNDING * scale, equal_nan=True)
    return scale > 0 and symmetric and any(np.allclose(diagonal, each, rtol=0, atol=_ROUNDING) for each in (0, 1))


def _numbered(rows: pd.DataFrame, given: list[Any], key: list[str]) -> pd.Series:
    """Return repetitions as given, or numbered within each stimulus where they count a whole session."""
    labels = pd.Series(given, index=rows.index, dtype=object)
    if labels.map(is_missing).any():
        place = int(labels.map(is_missing).to_numpy().argmax())
        raise RecordingError(f"The repetition of row {place + 1} is missing; number all of them, or leave them out.")
    if labels.nunique() <= rows.groupby(key).size().max():
        return labels
    places = pd.Series(pd.factorize(labels, sort=True)[0], index=rows.index)
    ranks = places.groupby([rows[each] for each in key]).rank(method="dense").astype(int) - 1
    return ranks.astype(object)


def _subjects_side_by_side(
    rows: pd.DataFrame, values: NDArray[np.float64], labels: pd.DataFrame, columns: Mapping[str, NDArray[Any]]
) -> tuple[pd.DataFrame, NDArray[np.float64], pd.DataFrame, dict[str, NDArray[Any]]]:
    """Make the neuroids of each subject columns of their own; rows are what was shown, whoever saw it."""
    names = list(dict.fromkeys(rows[SUBJECT]))
    shown = [STIMULUS, REPETITION] if REPETITION in rows else [STIMULUS]
    place = pd.Series(pd.MultiIndex.from_frame(rows[shown]).factorize()[0], index=rows.index)
    first = ~place.duplicated()
    blocks, kept = [], []
    for name in names:
        own = (rows[SUBJECT] == name).to_numpy()
        block = np.full((int(first.sum()), values.shape[1]), np.nan)
        block[place[own]] = values[own]
        recorded = ~np.isnan(block).all(axis=0)
        blocks.append(block[:, recorded])
        kept.append(np.flatnonzero(recorded))
    owners = np.repeat(np.array(names, dtype=object), [len(each) for each in kept])
    joined = {name: np.asarray(each)[np.concatenate(kept)] for name, each in columns.items()}
    if pd.Series(joined[NEUROID]).duplicated().any():
        joined[NEUROID] = np.array([f"{owner}-{each}" for owner, each in zip(owners, joined[NEUROID], strict=True)])
    joined[SUBJECT] = owners
    # What is said of a presentation holds for all who saw it, or is left out.
    same = [str(name) for name in labels if (labels.groupby(place)[str(name)].nunique(dropna=False) == 1).all()]
    return (
        rows[first].reset_index(drop=True),
        np.concatenate(blocks, axis=1),
        labels.loc[first.to_numpy(), same].reset_index(drop=True),
        joined,
    )


def _plain(values: pd.Series) -> NDArray[Any]:
    """Return an array of numbers or of text, not of objects, where all values are of one kind."""
    found = values.to_list()
    if all(isinstance(each, str) for each in found):
        return np.array(found, dtype=str)
    if all(isinstance(each, int | float | np.number) and not isinstance(each, bool) for each in found):
        return np.array(found)
    return values.to_numpy()
