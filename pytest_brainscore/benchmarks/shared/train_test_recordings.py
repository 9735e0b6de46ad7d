"""Recordings of several subjects with training and test stimuli, read one subject at a time and averaged."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import Recording, name_of
from pytest_brainscore.benchmarks.shared.subject_ceilings import (
    CeilingOfSubject,
    SubjectCeiling,
    consistency_of_subject,
    require_positive,
)
from pytest_brainscore.benchmarks.shared.subject_recordings import (
    Flatten,
    UnitSelection,
    left_out,
    named_units,
    one_time_bin,
    read_subject,
    same_units,
    units_of_subjects,
)
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData


class SubjectData(NamedTuple):
    """What was recorded from the chosen units of one subject."""

    name: str
    train: NDArray[np.float64]
    """Averaged over repetitions, shape (training stimulus, unit), stimuli sorted by their id."""
    test: NDArray[np.float64]
    """The same of the test stimuli; NaN where there is no response."""
    neuroids: dict[str, NDArray[np.generic]]
    """Coordinates of the units, shape (unit,) each."""
    ceiling: SubjectCeiling
    digest: str


class Subjects(NamedTuple):
    """What was recorded from all subjects."""

    subjects: tuple[SubjectData, ...]
    """Sorted by name."""
    train_ids: NDArray[np.generic]
    """Training stimuli, sorted."""
    test_ids: NDArray[np.generic]
    repetitions: int
    """Of the test stimuli."""
    notes: tuple[str, ...]
    """Sentences about subjects that were left out."""

    def digest(self) -> str:
        """Return the SHA-256 of all recordings."""
        text = "\n".join(f"{each.name} {each.digest}" for each in self.subjects)
        return hashlib.sha256(text.encode()).hexdigest()


def read_subjects(
    benchmark: Benchmark,
    data: TrainTestData,
    selection: UnitSelection,
    flatten: Flatten = one_time_bin,
    ceiling: CeilingOfSubject = consistency_of_subject,
) -> Subjects:
    """Read what was recorded, one subject at a time, and average it over repetitions.

    Parameters and errors are those of `train_test.train_test_score`.
    """
    train, test = data.train, data.test
    chosen = units_of_subjects(test, selection, benchmark.region)
    fitted = units_of_subjects(train, selection, benchmark.region)
    notes = left_out(chosen, selection, benchmark.region)
    subjects: list[SubjectData] = []
    ids: tuple[NDArray[np.generic], NDArray[np.generic]] | None = None
    repetitions = 0
    for name, places in chosen.items():
        if not places.size:
            continue
        seen = read_subject(train, same_units(train, fitted.get(name, places[:0]), test, places, name), flatten)
        unseen = read_subject(test, places, flatten)
        if ids is None:
            ids = seen.stimulus_ids, unseen.stimulus_ids
            refuse_shared_images(*ids, name_of(train), name_of(test))
        top = ceiling(unseen)
        require_positive(name, top, name_of(test))
        subjects.append(
            SubjectData(
                name, _trainable(seen, name, top), unseen.average(complete=False), unseen.neuroids, top,
                f"{seen.digest()}+{unseen.digest()}",
            )
        )  # fmt: skip
        repetitions = len(unseen.responses)
    assert ids is not None, "no subject is chosen without units"
    return Subjects(tuple(subjects), *ids, repetitions, tuple(notes))


def refuse_shared_images(train_ids: NDArray[np.generic], test_ids: NDArray[np.generic], train: str, test: str) -> None:
    """Refuse stimuli that are fitted and tested.

    Raises
    ------
    DataUnavailable
        When there are such stimuli.

    """
    shared = sorted(set(as_text(train_ids)) & set(as_text(test_ids)))
    if shared:
        raise DataUnavailable(
            f"{len(shared)} of the {len(test_ids)} test images of {test} are training images of {train}, too, the "
            f"first is {shared[0]}: a model would be tested on what it was fitted to; use the published files."
        )


def _trainable(recording: Recording, subject: str, ceiling: SubjectCeiling) -> NDArray[np.float64]:
    """Return training responses; of units that are without a number anyway, missing ones are 0."""
    responses = recording.average(complete=False)
    missing = np.isnan(responses).any(axis=0)
    if not missing.any():
        return responses
    scored = np.setdiff1d(np.flatnonzero(missing), ceiling.undefined)
    if scored.size:
        raise DataUnavailable(
            f"{scored.size} of the {missing.size} units of {subject} in {recording.name} lack responses to training "
            f"images ({named_units(recording.neuroids, scored)}); use the published file."
        )
    return np.where(missing, 0.0, responses)
