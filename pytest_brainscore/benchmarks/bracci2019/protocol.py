"""How a model is scored on Bracci2019: dissimilarities in its IT against those in human anterior VTC."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import coordinate, name_of
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.benchmarks.shared.representational_similarity import (
    DRAWS,
    SEED,
    bootstrap_error,
    model_dissimilarity,
    record,
    similarity,
)
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.metrics.reliability.explained_variance import ratio
from pytest_brainscore.metrics.similarity.rdm import representational_dissimilarity, rsa_ceiling
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    import xarray as xr

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this family that may change a score."""
TIME_BIN: Final = (70, 170)
"""In milliseconds after stimulus onset."""
ANTERIOR_VTC: Final = 2
"""Number of the anterior ventral temporal cortex in the coordinate ``roi``; 0 is V1, 1 posterior VTC."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how similar a model's dissimilarities are to those in human anterior VTC.

    The mean over stimuli is subtracted from every voxel, and voxels of the same number are averaged over subjects: the
    published protocol, although the numbers seem to have been given to the voxels in another order when the file was
    made. The ceiling is the mean over subjects of the similarity to the mean matrix of the others.

    Parameters
    ----------
    benchmark
        The benchmark.
    model
        Afterwards it records from IT.
    data
        ``assembly``: ``presentation`` x ``neuroid`` with ``stimulus_id``; ``subject``, ``roi`` and ``voxels``.
        ``stimuli``: the same stimuli, in any order.

    Returns
    -------
    Score
        r/c, not clipped: the ceiling is a lower bound. The error is the deviation of a bootstrap over stimuli at a
        fixed ceiling, on the scale of the score.

    Raises
    ------
    DataUnavailable
        When the recordings lack a coordinate or subjects, have missing values, or other stimuli.
    NoNumber
        When the model has no dissimilarities.

    """
    stimuli, assembly = data.stimuli, data.assembly
    subjects, voxels = _voxels(assembly)
    ids = coordinate(assembly, "stimulus_id")
    target = representational_dissimilarity(voxels)
    ceiling = rsa_ceiling([representational_dissimilarity(each) for each in subjects]).lower
    if not ceiling > 0:
        raise DataUnavailable(
            f"Subjects of {name_of(assembly)} have a similarity of {ceiling:.3g}, not above 0: no score can be given."
        )
    responses = record(benchmark, model, stimuli, ids, TIME_BIN)
    dissimilarity = model_dissimilarity(model, responses)
    raw = similarity(model, dissimilarity, target)
    normalised = ratio(raw, ceiling, bootstrap_error(dissimilarity, target))
    score = Score(
        value=normalised.value,
        error=normalised.error,
        raw=raw,
        ceiling=ceiling,
        normalisation=normalised.normalisation,
        n={
            "stimuli": len(ids),
            "units": responses.shape[1],
            "voxels": voxels.shape[1],
            "subjects": len(subjects),
            "bootstraps": DRAWS,
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": hashlib.sha256(
                b"".join(
                    [repr(ids.tolist()).encode(), *(np.ascontiguousarray(each, "<f8").tobytes() for each in subjects)]
                )
            ).hexdigest(),
            "stimuli": stimuli.digest(),
            "seed": SEED,
        },
    )
    return with_replicates(score, similarity_design(dissimilarity, target, stimulus_units(benchmark, as_text(ids))))


def _voxels(assembly: xr.DataArray) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the centred voxels of every subject, (stimulus, voxel) each, and their average over subjects."""
    chosen = np.flatnonzero(coordinate(assembly, "roi") == ANTERIOR_VTC)
    region = assembly.isel(neuroid=chosen).transpose("presentation", "neuroid")
    responses = np.asarray(region.values, dtype=np.float64)
    subject, voxel = coordinate(region, "subject"), coordinate(region, "voxels")
    if np.unique(subject).size < 2 or not np.isfinite(responses).all():
        raise DataUnavailable(
            f"{name_of(assembly)} has {np.unique(subject).size} subjects with anterior VTC, or missing responses "
            "there; use the published file."
        )
    centred = responses - responses.mean(axis=0)
    average = pd.DataFrame(centred.T).groupby(voxel).mean().to_numpy().T
    return [centred[:, subject == each] for each in np.unique(subject)], average
