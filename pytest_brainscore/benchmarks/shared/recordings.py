"""Recordings of single presentations: choosing a region and time bins, and arranging repetitions.

Values stay in their file until a region and time bins are chosen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.data.joining.names import Names, as_text, join
from pytest_brainscore.errors import DataUnavailable, RecordingError
from pytest_brainscore.metrics.reliability.internal_consistency import by_repetition

if TYPE_CHECKING:
    import xarray as xr

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import TimeBin


@dataclass(frozen=True, eq=False)
class Recording:
    """Responses of the neuroids of one region in one time bin."""

    name: str
    """Name of the recordings, for messages."""
    responses: NDArray[np.float64]
    """Shape (repetition, stimulus, neuroid), stimuli sorted by their id; NaN where there is no response."""
    stimulus_ids: NDArray[np.generic]
    """Sorted, shape (stimulus,)."""
    labels: NDArray[np.generic] | None
    """What splits are stratified by, shape (stimulus,)."""
    neuroids: dict[str, NDArray[np.generic]]
    """Coordinates of the neuroids, shape (neuroid,) each."""
    repetitions: NDArray[np.generic] | None = None
    """Sorted labels of the repetitions, shape (repetition,); None where they are numbered from 0."""

    def average(self, *, complete: bool = True) -> NDArray[np.float64]:
        """Return the mean over repetitions, missing ones left out, shape (stimulus, neuroid).

        Parameters
        ----------
        complete
            Whether every neuroid has to have a response to every stimulus; if not, the mean of none is NaN.

        Raises
        ------
        DataUnavailable
            When a neuroid has no response to a stimulus.

        """
        if len(self.responses) == 1 and not complete:
            return np.asarray(self.responses[0])
        present = ~np.isnan(self.responses)
        lacking = np.argwhere(~present.any(axis=0))
        if len(lacking) and not complete:
            total = np.where(present, self.responses, 0.0).sum(axis=0)
            average = np.full(total.shape, np.nan)
            np.divide(total, present.sum(axis=0), out=average, where=present.any(axis=0))
            return average
        if len(lacking):
            raise DataUnavailable(
                f"{self.name}: neuroids without responses to some stimuli: {np.unique(lacking[:, 1]).size}, first to "
                f"{self.stimulus_ids[lacking[0, 0]]}; use the published file."
            )
        mean: NDArray[np.float64] = self.responses.mean(axis=0, where=present)
        return mean

    def digest(self) -> str:
        """Return the SHA-256 of responses, stimulus ids and labels."""
        digest = hashlib.sha256("\n".join(map(str, self.stimulus_ids.tolist())).encode())
        if self.labels is not None:
            digest.update("\n".join(map(str, self.labels.tolist())).encode())
        digest.update(np.ascontiguousarray(self.responses, dtype="<f8").data)
        return digest.hexdigest()


def select_region(assembly: xr.DataArray, region: str) -> xr.DataArray:
    """Return the neuroids of one region, without reading values.

    Raises
    ------
    DataUnavailable
        When there are none.

    """
    neuroids = np.flatnonzero(coordinate(assembly, "region") == region)
    if not neuroids.size:
        raise DataUnavailable(
            f"The recordings {name_of(assembly)} have no neuroid in {region}; use the published file."
        )
    return assembly.isel(neuroid=_as_slice(neuroids))


def select_time_bins(assembly: xr.DataArray, bins: Sequence[TimeBin]) -> xr.DataArray:
    """Return some time bins in the order asked for, without reading values.

    Parameters
    ----------
    assembly
        With ``time_bin_start`` and ``time_bin_end`` on the dimension ``time_bin``.
    bins
        Start and end of each, in milliseconds.

    Raises
    ------
    DataUnavailable
        When a bin is missing or twice.

    """
    starts = coordinate(assembly, "time_bin_start")
    ends = coordinate(assembly, "time_bin_end")
    places: dict[TimeBin, list[int]] = {}
    for place, (start, end) in enumerate(zip(np.ravel(starts).tolist(), np.ravel(ends).tolist(), strict=True)):
        places.setdefault((start, end), []).append(place)
    for wanted in bins:
        if len(places.get(wanted, [])) != 1:
            raise DataUnavailable(
                f"The recordings {name_of(assembly)} do not have the time bin from {wanted[0]} to {wanted[1]} ms once; "
                "use the published file."
            )
    if "time_bin" not in assembly.dims:
        return assembly
    return assembly.isel(time_bin=_as_slice(np.array([places[wanted][0] for wanted in bins])))


def select_only_time_bin(assembly: xr.DataArray, otherwise: TimeBin) -> tuple[xr.DataArray, TimeBin]:
    """Return the one time bin of a recording, ``presentation`` x ``neuroid``, and its limits.

    Parameters
    ----------
    assembly
        With one time bin on the dimension ``time_bin``, or without that dimension; or with several.
    otherwise
        The bin that is taken of several, and that a recording without limits is taken for.

    Raises
    ------
    DataUnavailable
        When there are several and this is not among them.

    """
    if assembly.sizes.get("time_bin", 1) > 1:
        assembly = select_time_bins(assembly, [otherwise])
    single = assembly.isel(time_bin=0, missing_dims="ignore")
    limits = [single.coords.get(name) for name in ("time_bin_start", "time_bin_end")]
    if any(each is None or each.size != 1 for each in limits):
        return single, otherwise
    start, end = (int(each.item()) for each in limits if each is not None)
    return single, (start, end)


def rows_of_images(ids: ArrayLike, stimuli: StimulusSet, recordings: str, *, alone: bool = True) -> NDArray[np.intp]:
    """Return for every stimulus of some recordings the row of a stimulus set that shows it, joined by id as text.

    Parameters
    ----------
    ids
        Stimuli of the recordings, each once.
    stimuli
        Their images, in any order.
    recordings
        Name of the recordings, for messages.
    alone
        Whether the stimulus set has to have these images, each once, and no others; if not, others are left out, and of
        an image that is there twice the first counts.

    Raises
    ------
    DataUnavailable
        When images are missing, or others are there.

    """
    wanted, shown = as_text(ids), as_text(stimuli.table["stimulus_id"])
    first = {each: place for place, each in reversed(list(enumerate(shown)))}
    others = (
        f"{recordings} has recordings of other stimuli than {stimuli.identifier} has images: it has {len(wanted)} "
        f"stimuli and {stimuli.identifier} has {len(shown)}, {len(set(wanted) - set(shown))} of the former are missing"
    )
    try:
        found = join(
            Names(recordings, "images", wanted),
            Names(f"stimulus set {stimuli.identifier}", "images", list(first)),
            lacking=f"are not in {stimuli.identifier}",
            mend="use the published files of both",
        )
    except RecordingError as error:
        raise DataUnavailable(f"{others}, {error}" if alone else str(error)) from error
    if alone and len(shown) != len(wanted):
        raise DataUnavailable(f"{others}; use the published files of both.")
    return np.array(list(first.values()), dtype=np.intp)[found]


def arrange(assembly: xr.DataArray, stratify: str | None = None) -> Recording:
    """Read single presentations and arrange them by repetition and stimulus.

    Averages over repetitions are in the published order then: that of the sorted stimulus ids. (The published system
    sorts by all coordinates of a presentation but the repetition, and the id comes first in its files.)

    Parameters
    ----------
    assembly
        ``presentation`` x ``neuroid``, in either order, with ``stimulus_id`` and ``repetition`` on ``presentation``.
    stratify
        Coordinate in whose proportion splits are drawn.

    Raises
    ------
    DataUnavailable
        When there are no presentations, a coordinate is missing, a stimulus has a repetition twice or several labels,
        or values are infinite.

    """
    name = name_of(assembly)
    ids, repetitions = coordinate(assembly, "stimulus_id"), coordinate(assembly, "repetition")
    if not ids.size:
        raise DataUnavailable(f"The recordings {name} have no presentations; use the published file.")
    distinct, first, stimulus = np.unique(ids, return_index=True, return_inverse=True)
    labels = None
    if stratify is not None:
        by_presentation = coordinate(assembly, stratify)
        labels = by_presentation[first]
        if (labels[stimulus] != by_presentation).any():
            raise DataUnavailable(f"A stimulus of {name} has more than one {stratify}; use the published file.")
    try:
        responses = by_repetition(np.asarray(assembly.transpose("presentation", "neuroid").values), ids, repetitions)
    except ValueError as error:
        raise DataUnavailable(f"The recordings {name} cannot be used: {error}") from error
    if np.isinf(responses).any():
        raise DataUnavailable(f"The recordings {name} have infinite responses; use the published file.")
    neuroids = {str(key): each.values for key, each in assembly.coords.items() if each.dims == ("neuroid",)}
    return Recording(name, responses, distinct, labels, neuroids, np.unique(repetitions))


def coordinate(assembly: xr.DataArray, name: str) -> NDArray[Any]:
    """Return the values of a coordinate.

    Raises
    ------
    DataUnavailable
        When the assembly has none of that name.

    """
    if name not in assembly.coords:
        raise DataUnavailable(
            f"The recordings {name_of(assembly)} have no coordinate {name!r}; use the published file."
        )
    return np.asarray(assembly[name].values)


def number_coordinate(assembly: xr.DataArray, name: str) -> NDArray[np.float64]:
    """Return the values of a coordinate as numbers, shape (n,); numbers that are stored as text are read.

    Raises
    ------
    DataUnavailable
        When the assembly has none of that name, or its values are no numbers.

    """
    values = np.atleast_1d(coordinate(assembly, name))
    try:
        return values.astype(np.float64)
    except ValueError as error:
        raise DataUnavailable(
            f"The coordinate {name!r} of the recordings {name_of(assembly)} is no number everywhere, the "
            f"first value is {str(values[0])!r}; use the published file."
        ) from error


def name_of(assembly: xr.DataArray) -> str:
    """Return the name of an assembly in the published store, for messages."""
    return str(assembly.attrs.get("identifier", assembly.name))


def _as_slice(indices: NDArray[np.intp]) -> NDArray[np.intp] | slice:
    """Return neighbouring indices as a slice, which a file is read faster by."""
    neighbours = np.array_equal(indices, np.arange(indices[0], indices[0] + indices.size))
    return slice(int(indices[0]), int(indices[-1]) + 1) if neighbours else indices
