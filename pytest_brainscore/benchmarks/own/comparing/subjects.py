"""A recording of several subjects: taken apart, and their scores put together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.own.comparing.dissimilarities import SUBJECT, read_pairs, require_responses
from pytest_brainscore.benchmarks.own.comparing.joined import require_finite
from pytest_brainscore.benchmarks.own.comparing.recording_warning import warn
from pytest_brainscore.benchmarks.own.comparing.sampled import over_subjects
from pytest_brainscore.data.joining.matrices import Matrix, is_data_array, is_named, read_matrix
from pytest_brainscore.data.joining.names import Names, names_of, sorted_places
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.benchmarks.own.metric_registry import Metric

_EXTREMES: Final = ("components",)
"""Counts of which the smallest is that of all subjects; others are added up, or the same."""
_SHARED: Final = ("stimuli", "units", "splits", "bootstraps", "responsive_units")


class Part(NamedTuple):
    """What was recorded from one subject."""

    subject: Any
    """Its name; None where there is but one."""
    recording: Matrix
    rows: NDArray[np.intp]
    """Rows of the whole recording."""
    columns: NDArray[np.intp]
    """Columns of the whole recording."""
    whole: Matrix | None
    """The whole recording where subjects differ in neuroids, else None."""
    total: int
    """Number of rows of the whole recording."""
    square: bool = False
    """Whether it is a matrix of pairs of stimuli."""


def read_parts(given: Any, subject: Any, labels: Sequence[str], metric: Metric) -> list[Part]:
    """Read a recording, subject by subject in the order of their names.

    Parameters
    ----------
    given
        See `score`: a recording, one with a dimension, coordinate or level of subjects, or a mapping from subjects to
        recordings.
    subject
        Name of the coordinate, or one label for each neuroid, presentation or matrix; None for all subjects in one.
    labels
        Columns of a table that are no neuroids.
    metric
        Which may take matrices of pairs of stimuli.

    Raises
    ------
    RecordingError
        When it is no recording, or subjects are not where they are said to be.

    """
    if metric.represent is not None:
        pairs = read_pairs(given, metric.diagonal)
        if pairs:
            return _parts_of_pairs(pairs, subject)
    if isinstance(given, Mapping) and not is_named(given):
        return _sorted([(name, read_matrix(each, "recording", labels)) for name, each in given.items()])
    dimension = subject if isinstance(subject, str) else SUBJECT
    if is_data_array(given) and subject is not None and dimension in given.dims:
        names = given[dimension].values.tolist() if dimension in given.coords else range(given.sizes[dimension])
        each = [given.isel({dimension: place}, drop=True) for place in range(given.sizes[dimension])]
        return _sorted([(n, read_matrix(one, "recording", labels)) for n, one in zip(names, each, strict=True)])
    whole = read_matrix(given, "recording", labels)
    require_finite(whole)
    require_responses(whole.values)
    along, values = _subjects(whole, subject)
    if values is None:
        return [_whole(None, whole)]
    parts = []
    for name in _order(list(dict.fromkeys(values))):
        kept = np.array([place for place, each in enumerate(values) if each == name], dtype=np.intp)
        rows, columns = (kept, _all(whole, 1)) if along == 0 else (_all(whole, 0), kept)
        part = take(whole, rows, columns)
        parts.append(Part(name, part, rows, columns, whole if along == 1 else None, len(whole.values)))
    return parts


def take(matrix: Matrix, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Matrix:
    """Return some rows and columns of a matrix."""
    return replace(
        matrix,
        values=matrix.values[np.ix_(rows, columns)],
        rows=_some(matrix.rows, rows),
        columns=_some(matrix.columns, columns),
        labels={name: each[rows] for name, each in matrix.labels.items()},
        neuroids={name: each[columns] for name, each in matrix.neuroids.items()},
    )


def combine(parts: Sequence[Part], scores: Sequence[Score | NoNumber]) -> Score:
    """Return the mean over subjects, with the standard error of that mean; of one subject, its score.

    Subjects without a number are left out and counted. `values` keeps what there is of each.

    Raises
    ------
    NoNumber
        When no subject has a number.

    """
    scored = [(part, each) for part, each in zip(parts, scores, strict=True) if isinstance(each, Score)]
    for each in scores:
        if isinstance(each, NoNumber) and not scored:
            raise each
    if len(parts) == 1:
        return scored[0][1]
    values, raws, ceilings = (
        np.array([getattr(each, name) for _, each in scored]) for name in ("value", "raw", "ceiling")
    )
    count = len(scored)
    spread = float(values.std(ddof=1)) if count > 1 else math.nan
    first = scored[0][1]
    counts = {
        name: _count(name, [each.n[name] for _, each in scored if name in each.n])
        for name in dict.fromkeys(name for _, each in scored for name in each.n)
    }
    counts["subjects"] = count
    if count < len(parts):
        counts["undefined_subjects"] = len(parts) - count
        warn(f"{len(parts) - count} of {len(parts)} subjects have no score; they are left out of the mean.")
    signed = [each.value if each.unclipped is None else each.unclipped for _, each in scored]
    lost = any(each.unclipped is not None for _, each in scored)
    score = Score(
        value=float(values.mean()),
        error=spread / math.sqrt(count) if count > 1 else math.nan,
        raw=float(raws.mean()),
        ceiling=float(ceilings.mean()),
        normalisation=first.normalisation,
        n=counts,
        provenance=first.provenance,
        unclipped=float(np.mean(signed)) if lost else None,
        values=_values(scored).assign_attrs(
            subjects=[part.subject for part, _ in scored],
            subject_values=values.tolist(),
            subject_raws=raws.tolist(),
            subject_ceilings=ceilings.tolist(),
            spread=spread,
        ),
    )
    return over_subjects(score, [each for _, each in scored], [str(part.subject) for part, _ in scored])


def _values(scored: Sequence[tuple[Part, Score]]) -> xarray.DataArray:
    import xarray

    names = [part.subject for part, _ in scored]
    found = [each.values for _, each in scored]
    arrays = [each for each in found if each is not None]
    if len(arrays) < len(found):
        return xarray.DataArray([each.raw for _, each in scored], {SUBJECT: names}, (SUBJECT,))
    if not all("neuroid" in each.dims for each in arrays):
        return xarray.concat(arrays, SUBJECT).assign_coords({SUBJECT: names})
    marked = [
        each.assign_coords({SUBJECT: ("neuroid", [name] * each.sizes["neuroid"])})
        for name, each in zip(names, arrays, strict=True)
    ]
    joined = xarray.concat(marked, "neuroid", coords="minimal", compat="override", join="override")
    if any(part.whole is None for part, _ in scored):
        return joined
    return joined.isel(neuroid=np.argsort(np.concatenate([part.columns for part, _ in scored])))


def _count(name: str, counts: Sequence[int]) -> int:
    if name in _EXTREMES:
        return min(counts)
    return max(counts) if name in _SHARED else sum(counts)


def _subjects(whole: Matrix, subject: Any) -> tuple[int, list[Any] | None]:
    """Return along which axis there are subjects, and their labels; None where there are not two of them."""
    if subject is None:
        return 0, None
    if isinstance(subject, str):
        for axis, labels in ((1, whole.neuroids), (0, whole.labels)):
            if subject in labels and len(np.unique(np.asarray(labels[subject], dtype=object).astype(str))) > 1:
                return axis, names_of("recording", "subjects", labels[subject]).values
        if subject != SUBJECT and subject not in whole.neuroids and subject not in whole.labels:
            there = ", ".join(map(str, (*whole.neuroids, *whole.labels))) or "none"
            raise RecordingError(
                f"The recording has no coordinate {subject!r} ({there} there) to tell subjects by; add it along the "
                "neuroids or the presentations, or give one label for each neuroid."
            )
        return 0, None
    labels_given = names_of("recording", "subjects", np.asarray(subject).ravel()).values
    stimuli, neuroids = whole.values.shape
    if stimuli == neuroids == len(labels_given):
        raise RecordingError(
            f"There are {stimuli} stimuli and as many neuroids, so {len(labels_given)} labels of subjects could be of "
            "either; give a DataArray with a coordinate, and subject its name."
        )
    if len(labels_given) not in (stimuli, neuroids):
        raise RecordingError(
            f"There are {len(labels_given)} labels of subjects, and the recording has {neuroids} neuroids and "
            f"{stimuli} stimuli; give one label for each neuroid."
        )
    return (1 if len(labels_given) == neuroids else 0), labels_given if len(set(labels_given)) > 1 else None


def _parts_of_pairs(pairs: Sequence[tuple[Any, Matrix]], subject: Any) -> list[Part]:
    if subject is None and len(pairs) > 1:
        _, matrices = zip(*pairs, strict=True)
        return [_whole(None, mean_of_pairs(matrices), square=True)]
    if subject is not None and not isinstance(subject, str):
        names = names_of("recording", "subjects", np.asarray(subject).ravel()).values
        if len(names) != len(pairs):
            raise RecordingError(
                f"There are {len(names)} labels of subjects and {len(pairs)} matrices; give one for each."
            )
        of_subject = {name: [m for each, (_, m) in zip(names, pairs, strict=True) if each == name] for name in names}
        pairs = [(name, mean_of_pairs(each)) for name, each in of_subject.items()]  # sessions of one subject
    return _sorted(pairs, square=True)


def mean_of_pairs(matrices: Sequence[Matrix]) -> Matrix:
    """Return the mean of matrices of the same stimuli.

    Raises
    ------
    RecordingError
        When their stimuli differ.

    """
    return replace(matrices[0], values=aligned_pairs(matrices).mean(axis=0))


def aligned_pairs(matrices: Sequence[Matrix]) -> NDArray[np.float64]:
    """Return matrices of the same stimuli in the order of the first, (matrix, stimulus, stimulus)."""
    first = matrices[0]
    arranged = []
    for each in matrices:
        if (first.rows is None) != (each.rows is None) or len(each.values) != len(first.values):
            raise _other_stimuli()
        order = np.arange(len(each.values))
        if first.rows is not None and each.rows is not None:
            places = {name: place for place, name in enumerate(each.rows.values)}
            if set(places) != set(first.rows.values):
                raise _other_stimuli()
            order = np.array([places[name] for name in first.rows.values])
        arranged.append(np.asarray(each.values, dtype=np.float64)[np.ix_(order, order)])
    return np.stack(arranged)


def _other_stimuli() -> RecordingError:
    return RecordingError("The matrices of subjects are of different stimuli; give all of the same ones.")


def _sorted(read: Sequence[tuple[Any, Matrix]], *, square: bool = False) -> list[Part]:
    if not read:
        raise RecordingError("There is no subject in the recording; give one or more.")
    for _, each in read:
        require_finite(each)
    if len(read) == 1:
        return [_whole(None, read[0][1], square=square)]
    places = {name: place for place, (name, _) in enumerate(read)}
    if len(places) < len(read):
        raise RecordingError("A subject is there twice; give each another name.")
    return [_whole(name, read[places[name]][1], square=square) for name in _order(list(places))]


def _order(names: list[Any]) -> list[Any]:
    return [names[place] for place in sorted_places(Names("recording", "subjects", names))]


def _whole(name: Any, matrix: Matrix, *, square: bool = False) -> Part:
    return Part(name, matrix, _all(matrix, 0), _all(matrix, 1), None, len(matrix.values), square)


def _all(matrix: Matrix, axis: int) -> NDArray[np.intp]:
    return np.arange(matrix.values.shape[axis])


def _some(names: Names | None, kept: NDArray[np.intp]) -> Names | None:
    return names and names._replace(values=[names.values[place] for place in kept])
