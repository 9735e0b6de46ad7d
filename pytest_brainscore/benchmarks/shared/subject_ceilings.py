"""Ceilings of neural predictivity for several subjects: what each one is divided by, and what stands on the record.

As published, the two differ: a score is the mean over subjects of r²/c with the ceiling c of each subject, and the
ceiling on the record is that of the units of all subjects together, which nothing was divided by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import Recording
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, shuffle_splits


class SubjectCeiling(NamedTuple):
    """What the recording of a subject predicts of itself."""

    value: float
    """What r² of the subject is divided by; NaN where the published ceiling is."""
    reliabilities: NDArray[np.float64]
    """Shape (split, neuroid); one split where they are stored with the recording."""

    @property
    def undefined(self) -> NDArray[np.intp]:
        """Units without a reliability in some split."""
        return np.flatnonzero(np.isnan(self.reliabilities).any(axis=0))


class OverallCeiling(NamedTuple):
    """The ceiling on the record of a score."""

    value: float
    error: float


CeilingOfSubject = Callable[[Recording], SubjectCeiling]
OverallOfSubjects = Callable[[Sequence[SubjectCeiling]], OverallCeiling]


def consistency_of_subject(recording: Recording) -> SubjectCeiling:
    """Return the internal consistency: mean over splits of the median over units.

    As published, NaN are not left out of this median: a unit that does not vary in a half of its repetitions makes the
    ceiling of its subject NaN, and the score.

    Raises
    ------
    DataUnavailable
        When there is one repetition, or one image.

    """
    if len(recording.responses) < 2:
        raise DataUnavailable(
            f"The recordings {recording.name} have one repetition, so no ceiling can be computed from them; use all "
            "repetitions of the published file."
        )
    if recording.responses.shape[1] < 2:
        raise DataUnavailable(
            f"The recordings {recording.name} have one test image, so no ceiling can be computed from them; use all "
            "images of the published file."
        )
    reliabilities = internal_consistency(recording.responses).values
    reliabilities[_lacking(recording.responses)] = np.nan
    return SubjectCeiling(float(np.median(reliabilities, axis=1).mean()), reliabilities)


def pooled_ceiling(ceilings: Sequence[SubjectCeiling]) -> OverallCeiling:
    """Return the internal consistency of the units of all subjects together; here NaN are left out of the median."""
    together = aggregate_splits(np.concatenate([each.reliabilities for each in ceilings], axis=1))
    return OverallCeiling(together.value, together.error)


def mean_ceiling(ceilings: Sequence[SubjectCeiling]) -> OverallCeiling:
    """Return the mean over subjects, with its standard error (ddof 1); that of one subject is NaN."""
    values = np.array([each.value for each in ceilings])
    error = float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("nan")
    return OverallCeiling(float(values.mean()), error)


def require_positive(subject: str, ceiling: SubjectCeiling, recordings: str) -> None:
    """Refuse a subject that does not predict itself; NaN passes, as it is the published number.

    Raises
    ------
    DataUnavailable
        When the ceiling is 0 or negative.

    """
    if ceiling.value <= 0:
        raise DataUnavailable(
            f"The ceiling of {subject} in {recordings} is {ceiling.value:.3g}, not above 0: no score can be given; use "
            "the published file."
        )


def _lacking(responses: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell in which splits a unit lacks the response to a stimulus in a half that others have it in.

    As published, its reliability is NaN then. A stimulus that nobody has a response to is left out of the split.
    """
    missing = np.isnan(responses)
    splits = shuffle_splits(len(responses), train_size=0.5, seed=DEFAULT_SEED)
    found = np.zeros((len(splits), responses.shape[2]), dtype=bool)
    if (missing.any(axis=2) == missing.all(axis=2)).all():
        return found
    for lacking, split in zip(found, splits, strict=True):
        for half in (split.train, split.test):
            of_half: NDArray[np.bool_] = np.asarray(missing[half].all(axis=0))
            lacking |= of_half[~of_half.all(axis=1)].any(axis=0)
    return found
