"""How a model is scored on Zerbe2026 by ridge regression: person by person, the best of 21 penalties for each."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from pytest_brainscore.benchmarks.shared.subject_ceilings import SubjectCeiling
from pytest_brainscore.benchmarks.shared.train_test import train_test_score
from pytest_brainscore.benchmarks.zerbe2026.over_subjects import Child, mean_over_subjects
from pytest_brainscore.benchmarks.zerbe2026.subject_data import QUALITY, RELIABLE, TIME_BIN
from pytest_brainscore.metrics.predictivity.fixed_split import ridge_cv_each
from pytest_brainscore.metrics.reliability.stored_reliability import noise_ceiling_correlations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.shared.recordings import Recording
    from pytest_brainscore.benchmarks.zerbe2026.subject_data import SubjectsData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

ALPHAS: Final = tuple(10.0**exponent for exponent in range(-10, 11))
"""The 21 published penalties."""


def ridgecv_score(benchmark: Benchmark, model: BrainModel, data: SubjectsData) -> Score:
    """Score how well a model predicts the voxels of each person; see `train_test_score` and `mean_over_subjects`.

    Voxels have a noise ceiling above 30 %; the ceiling of a person is their median largest correlation, from the stored
    noise ceilings. Every person has a regression of his or her own.
    """
    children, found = [], []
    for subject in data.subjects:
        alone, own = data.of(subject).train_test()
        score = train_test_score(
            alone,
            model,
            own,
            selection=RELIABLE,
            fit=partial(ridge_cv_each, alphas=ALPHAS),
            time_bin=TIME_BIN,
            ceiling=_noise_ceiling,
        )
        (details,) = score.details["subjects"].values()
        children.append(Child(subject, score.value, score.raw, details["ceiling"], score.replicates, details))
        found.append(score)
    first = found[0]
    return mean_over_subjects(
        children,
        normalisation=benchmark.normalisation,
        n={
            **{name: max(each.n[name] for each in found) for name in ("stimuli", "training_stimuli")},
            "units": first.n["units"],
            "neuroids": sum(each.n["neuroids"] for each in found),
        },
        provenance={
            **first.provenance,
            "data_sha256": joined_digest(each.provenance["data_sha256"] for each in found),
            "stimuli": joined_digest(each.provenance["stimuli"] for each in found),
        },
        notes=[note for each in found for note in each.details.get("notes", ())],
    )


def joined_digest(parts: Iterable[object]) -> str:
    """Return the SHA-256 of some digests, in their order."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _noise_ceiling(recording: Recording) -> SubjectCeiling:
    largest = noise_ceiling_correlations(recording.neuroids[QUALITY].astype(np.float64))
    return SubjectCeiling(float(np.nanmedian(largest)), largest.astype(np.float64)[np.newaxis])
