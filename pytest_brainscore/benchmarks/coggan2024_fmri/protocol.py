"""How a model is scored on Coggan2024_fMRI: similarities of 24 images against those in a region of human cortex."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import coordinate, name_of
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, subject_units, with_replicates
from pytest_brainscore.benchmarks.shared.representational_similarity import record
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.metrics.reliability.explained_variance import squared_ratio
from pytest_brainscore.metrics.shared.aggregation import defined_mean
from pytest_brainscore.metrics.similarity.rsm import (
    THRESHOLD,
    leave_one_out_similarity,
    representational_similarity,
    responsive_units,
    similarity_to_subjects,
)
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this family that may change a score."""
TIME_BIN: Final = (0, 250)
"""What the model is asked for, in milliseconds after stimulus onset; fMRI has no such window."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how similar a model finds images that are similar in human cortex.

    The raw score is the mean over subjects of the correlation between the similarities of the model's most responsive
    units and theirs, the ceiling that between a subject and the mean of the others; a subject who finds all images
    equally similar has neither, and is left out and counted. (The published system trusts that
    images and matrices have one order; here they are matched by ``stimulus_id``.)

    Parameters
    ----------
    benchmark
        Says the region.
    model
        Afterwards it records from the region.
    data
        ``assembly``: similarities, stimulus x stimulus x ``neuroid`` (subjects and regions), with
        ``stimulus_id`` on the first dimension, ``subject`` and ``region``. ``stimuli``: the same stimuli, in
        any order.

    Returns
    -------
    Score
        (r/c)^2 cut to [0, 1]; the sign of r is lost, as published. The error is the standard error over subjects, on
        the scale of the score before it was cut: the raw error times 2r/c^2, at a fixed ceiling. ``values`` has the
        correlation with each subject. ``n`` tells how many units were chosen: with two, all similarities are 1 or -1,
        and the score says little.

    Raises
    ------
    DataUnavailable
        When there are fewer than two subjects, similarities are missing, or of other stimuli.
    NoNumber
        When the model has fewer than two responsive units, or their similarities do not vary.

    """
    stimuli, assembly = data.stimuli, data.assembly
    neuroids = np.flatnonzero(coordinate(assembly, "region") == benchmark.region)
    subjects = np.moveaxis(np.asarray(assembly.values, dtype=np.float64), -1, 0)[neuroids]
    if len(subjects) < 2 or not np.isfinite(subjects).all():
        raise DataUnavailable(
            f"{name_of(assembly)} has similarities of {len(subjects)} subjects in {benchmark.region}, or lacks some; "
            "use the published file."
        )
    ceiling = float(defined_mean(leave_one_out_similarity(subjects)))
    if not ceiling > 0:
        raise DataUnavailable(
            f"Subjects of {name_of(assembly)} have a similarity of {ceiling:.3g}, not above 0: no score can be given."
        )
    ids = coordinate(assembly, "stimulus_id")
    responses = record(benchmark, model, stimuli, ids, TIME_BIN)
    units = responsive_units(responses)
    own = _similarities(benchmark, model, responses[:, units])
    correlations = similarity_to_subjects(own, subjects)
    defined = correlations[~np.isnan(correlations)]
    if not defined.size:
        raise NoNumber(f"The most responsive units of {model.identifier} find all images equally similar.")
    raw = float(defined.mean())
    raw_error = float(defined.std(ddof=1) / np.sqrt(defined.size)) if defined.size > 1 else float("nan")
    normalised = squared_ratio(raw, ceiling, raw_error)
    names = coordinate(assembly, "subject")[neuroids]
    score = Score(
        value=min(normalised.value, 1.0),
        error=normalised.error,
        raw=raw,
        ceiling=ceiling,
        normalisation=normalised.normalisation,
        n={
            "stimuli": len(ids),
            "units": responses.shape[1],
            "responsive_units": units.size,
            "subjects": len(subjects),
            **({"undefined_subjects": len(subjects) - defined.size} if defined.size < len(subjects) else {}),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": hashlib.sha256(
                repr(ids.tolist()).encode() + np.ascontiguousarray(subjects, "<f8").tobytes()
            ).hexdigest(),
            "stimuli": stimuli.digest(),
        },
        clipped=normalised.value > 1,
        unclipped=normalised.signed,
        values=xr.DataArray(correlations, {"subject": names}, ("subject",)).assign_attrs(raw_error=raw_error),
    )
    told = ~np.isnan(correlations)
    shown, people = stimulus_units(benchmark, as_text(ids)), subject_units(benchmark, names[told])
    design = similarity_design(own, subjects[told], shown, people, correlation="pearson")
    return with_replicates(score, design, bounded=True)


def _similarities(benchmark: Benchmark, model: BrainModel, responses: NDArray[np.float32]) -> NDArray[np.float64]:
    if responses.shape[1] < 2:
        raise NoNumber(
            f"{responses.shape[1]} units of {benchmark.region} in {model.identifier} have a mean response beyond "
            f"{THRESHOLD} standard deviations of those of all units; similarities need two."
        )
    return representational_similarity(responses)
