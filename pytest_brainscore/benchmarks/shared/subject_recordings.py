"""Recordings of several subjects: choosing reliable units of a region, and reading them subject by subject.

Units of different subjects are never joined, whatever their ids: ``neuroid_id`` of most sets counts within a subject.
Values stay in their file until a subject is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.benchmarks.shared.recordings import (
    Recording,
    arrange,
    coordinate,
    name_of,
    number_coordinate,
)
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import xarray as xr

Flatten = Callable[["xr.DataArray"], "xr.DataArray"]
"""Makes ``presentation`` x ``neuroid`` of what was recorded in time."""


@dataclass(frozen=True)
class UnitSelection:
    """Which units of a recording a benchmark is about."""

    quality: str | None = None
    """Coordinate of the reliability of units; None where all are taken."""
    threshold: float = 0.0
    """A reliability that is not enough: kept are units strictly above it, and none whose reliability is NaN."""
    subject: str = "subject"
    """Coordinate of the person or animal."""
    by_region: bool = True
    """Whether units have a coordinate ``region``; if not, all are of the region of the benchmark."""


def one_time_bin(assembly: xr.DataArray) -> xr.DataArray:
    """Drop a time axis of one bin.

    Raises
    ------
    DataUnavailable
        When there are several bins.

    """
    if "time_bin" not in assembly.dims:
        return assembly
    if assembly.sizes["time_bin"] != 1:
        raise DataUnavailable(
            f"The recordings {name_of(assembly)} have {assembly.sizes['time_bin']} time bins instead of one; use the "
            "published file."
        )
    return assembly.isel(time_bin=0)


def units_of_subjects(assembly: xr.DataArray, selection: UnitSelection, region: str) -> dict[str, NDArray[np.intp]]:
    """Return which units are chosen of each subject, without reading values.

    Parameters
    ----------
    assembly
        With the coordinates of the selection on ``neuroid``.
    selection
        What is asked of units.
    region
        As in the coordinate ``region``.

    Returns
    -------
    dict
        Numbers of units by subject, sorted by name; empty for a subject with units in the region of which none is
        reliable. Subjects without units in the region are left out.

    Raises
    ------
    DataUnavailable
        When a coordinate is missing, the reliability is not a number, or no subject has a unit left.

    """
    subjects = np.array(as_text(coordinate(assembly, selection.subject)), dtype=np.str_)
    of_region = np.ones(subjects.size, dtype=bool)
    if selection.by_region:
        of_region = np.array(as_text(coordinate(assembly, "region")), dtype=np.str_) == region
    kept = of_region.copy()
    if selection.quality is not None:
        kept &= number_coordinate(assembly, selection.quality) > selection.threshold
    if not kept.any():
        above = f" with {selection.quality} above {selection.threshold:g}" if selection.quality else ""
        raise DataUnavailable(
            f"The recordings {name_of(assembly)} have no unit in {region}{above} ({of_region.sum()} units in all "
            "there); use the published file."
        )
    return {str(name): np.flatnonzero(kept & (subjects == name)) for name in np.unique(subjects[of_region])}


def read_subject(assembly: xr.DataArray, units: NDArray[np.intp], flatten: Flatten = one_time_bin) -> Recording:
    """Read some units of a recording, in the order asked for.

    Presentations are arranged by repetition and stimulus; where they have no coordinate ``repetition``, those of a
    stimulus are numbered in their order.

    Parameters
    ----------
    assembly
        ``presentation`` x ``neuroid``, and a time axis for `flatten`.
    units
        Their numbers.
    flatten
        What becomes of the time axis.

    Raises
    ------
    DataUnavailable
        As `arrange`.

    """
    first, last = int(units.min()), int(units.max())
    # A file is read faster in one piece than unit by unit; the units of a subject stand together in most.
    part = flatten(assembly.isel(neuroid=slice(first, last + 1)).load().isel(neuroid=units - first))
    if "repetition" not in part.coords:
        part = part.assign_coords(repetition=("presentation", occurrences(coordinate(part, "stimulus_id"))))
    return arrange(part)


def same_units(
    train: xr.DataArray, train_units: NDArray[np.intp], test: xr.DataArray, test_units: NDArray[np.intp], subject: str
) -> NDArray[np.intp]:
    """Return the training units of a subject in the order of its test units, joined by ``neuroid_id``.

    Where an id is there twice, units stand in the same order on both sides.

    Raises
    ------
    DataUnavailable
        When the two sides have other units.

    """
    of_train, of_test = [
        np.array(as_text(coordinate(side, "neuroid_id")[units]), dtype=np.str_)
        for side, units in ((train, train_units), (test, test_units))
    ]
    if np.array_equal(of_train, of_test):
        return train_units
    place = dict(zip(of_train.tolist(), train_units.tolist(), strict=True))
    if len(place) < train_units.size or of_train.size != of_test.size or set(place) != set(of_test.tolist()):
        raise DataUnavailable(
            f"{name_of(train)} and {name_of(test)} do not have the same reliable units of {subject} "
            f"({train_units.size} and {test_units.size}); use the published files of both."
        )
    return np.array([place[name] for name in of_test.tolist()], dtype=np.intp)


def occurrences(values: ArrayLike) -> NDArray[np.intp]:
    """Return for every value how often it was there before, shape (value,)."""
    codes = np.unique(np.asarray(values), return_inverse=True)[1].ravel()
    order = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes))[:-1]])
    numbered = np.empty(codes.size, dtype=np.intp)
    numbered[order] = np.arange(codes.size) - starts[codes[order]]
    return numbered


def left_out(chosen: dict[str, NDArray[np.intp]], selection: UnitSelection, region: str) -> list[str]:
    """Return sentences about subjects none of whose units was chosen; as published, a score is of the others."""
    return [
        f"{subject} has no unit in {region} with {selection.quality} above {selection.threshold:g} and is left out."
        for subject, units in chosen.items()
        if not units.size
    ]


def named_units(neuroids: Mapping[str, NDArray[np.generic]], places: NDArray[np.intp], count: int = 5) -> str:
    """Return the ids of some units, by their place where they have none, the first few of them."""
    ids = neuroids.get("neuroid_id")
    named = [str(each) for each in (places if ids is None else ids[places])[:count]]
    return f"neuroid_id {', '.join(named)}{' ...' if places.size > count else ''}"
