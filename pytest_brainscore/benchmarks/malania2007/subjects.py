"""Thresholds of the subjects of Malania2007: those who have one with flankers and one without."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import name_of
from pytest_brainscore.errors import DataUnavailable


class SubjectThresholds(NamedTuple):
    """Thresholds of the same subjects in two conditions."""

    names: list[str]
    """Of the subjects."""
    condition: NDArray[np.float64]
    """With flankers, shape (subject,)."""
    baseline: NDArray[np.float64]
    """Without, shape (subject,)."""

    def digest(self) -> bytes:
        """Return bytes that tell these thresholds from others."""
        values = np.stack([self.condition, self.baseline])
        return "\n".join(self.names).encode() + np.ascontiguousarray(values, dtype="<f8").tobytes()


def subject_thresholds(condition: xr.DataArray, baseline: xr.DataArray) -> SubjectThresholds:
    """Return the subjects who have a threshold in a condition, with those that they have in the baseline.

    Subjects are joined by the coordinate ``subject``; without one, by their order, where both files have as many.

    Parameters
    ----------
    condition, baseline
        One threshold per subject; NaN where a subject was not measured.

    Returns
    -------
    SubjectThresholds
        In the order of the condition's file, which its ceiling depends on.

    Raises
    ------
    DataUnavailable
        When there are other than one threshold per subject, a subject has none in the baseline, one is not above 0, or
        fewer than two are left.

    """
    names, values = _one_each(condition)
    base_names, base_values = _one_each(baseline)
    if names is None or base_names is None:
        if len(values) != len(base_values):
            raise DataUnavailable(
                f"{name_of(condition)} has {len(values)} thresholds and {name_of(baseline)} has {len(base_values)}, "
                "and no coordinate 'subject' says whose they are; take both as published."
            )
        names = base_names = names or base_names or [str(place) for place in range(len(values))]
    below = dict(zip(base_names, base_values.tolist(), strict=True))
    measured = [place for place in range(len(values)) if not np.isnan(values[place])]
    lacking = [names[place] for place in measured if np.isnan(below.get(names[place], np.nan))]
    if lacking:
        raise DataUnavailable(
            f"{len(lacking)} subjects of {name_of(condition)} have no threshold in {name_of(baseline)}, first "
            f"{lacking[0]}; take both as published."
        )
    if len(measured) < 2:
        raise DataUnavailable(
            f"{name_of(condition)} has {len(measured)} subjects with a threshold, and a ceiling needs two; take it as "
            "published."
        )
    found = SubjectThresholds(
        [names[place] for place in measured],
        values[measured],
        np.array([below[names[place]] for place in measured], dtype=np.float64),
    )
    for each, whose in ((found.condition, condition), (found.baseline, baseline)):
        if not (np.isfinite(each) & (each > 0)).all():
            raise DataUnavailable(f"{name_of(whose)} has thresholds that are not above 0; take it as published.")
    return found


def _one_each(assembly: xr.DataArray) -> tuple[list[str] | None, NDArray[np.float64]]:
    """Return the names of the subjects, if they have any, and a threshold each."""
    values = np.asarray(assembly.values, dtype=np.float64)
    if values.size != max(values.shape, default=0):
        raise DataUnavailable(
            f"{name_of(assembly)} has the shape {values.shape} instead of one threshold for each subject; take it as "
            "published."
        )
    if "subject" not in assembly.coords:
        return None, values.ravel()
    names = [str(each) for each in np.atleast_1d(assembly["subject"].values).tolist()]
    if len(names) != values.size or len(set(names)) < len(names):
        raise DataUnavailable(
            f"{name_of(assembly)} has {values.size} thresholds of {len(set(names))} subjects; take it as published."
        )
    return names, values.ravel()
