"""How a model is scored on Li2026: reliable units, splits in the stored order of the images, stored reliabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import xarray as xr

from pytest_brainscore.benchmarks.shared.recordings import coordinate, name_of, rows_of_images
from pytest_brainscore.benchmarks.shared.replicating import neuroid_units, stimulus_units, with_replicates
from pytest_brainscore.benchmarks.shared.representational_similarity import model_dissimilarity
from pytest_brainscore.benchmarks.shared.subject_recordings import UnitSelection, read_subject, units_of_subjects
from pytest_brainscore.benchmarks.shared.subject_similarity import read_pool, subject_similarity_score
from pytest_brainscore.benchmarks.shared.train_test import record_stimuli
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.predictivity import predictivity_design
from pytest_brainscore.metrics.predictivity.neural_predictivity import predictivity
from pytest_brainscore.metrics.predictivity.pls import predict_pls
from pytest_brainscore.metrics.predictivity.ridge import predict_ridge_cv
from pytest_brainscore.metrics.reliability.explained_variance import explained_variance
from pytest_brainscore.metrics.reliability.stored_reliability import stored_reliability
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, Split, shuffle_splits
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.metrics.predictivity.neural_predictivity import Regression
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
TIME_BIN: Final = (70, 170)
"""In milliseconds after stimulus onset; the only one recorded."""
QUALITY: Final = "reliability_window"
"""Coordinate with the reliability of each unit in this window."""
RELIABLE: Final = UnitSelection(quality=QUALITY, threshold=0.4, subject="animal")


def ridgecv_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score by ridge regression with the best of 99 penalties in each split; see `cross_validated_score`."""
    return cross_validated_score(benchmark, model, data, predict_ridge_cv)


def pls_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score by PLS with 25 components; see `cross_validated_score`."""
    return cross_validated_score(benchmark, model, data, predict_pls)


def cross_validated_score(
    benchmark: Benchmark, model: BrainModel, data: BenchmarkData, regression: Regression
) -> Score:
    """Score how well a model predicts the reliable units of a region, of all animals together.

    Ten splits of nine tenths, drawn as published from the images in the order in which the recordings have them: other
    files with the same images in another order have other splits. The order of the stimulus set does not matter.

    Parameters
    ----------
    benchmark
        Says the region.
    model
        Afterwards it records from the region.
    data
        ``assembly``: one row per image, averaged over repetitions; ``stimuli``: the same images in any order.
    regression
        What is fitted.

    Returns
    -------
    Score
        r²/c, not clipped, where c is the median of the stored reliabilities. The error is the standard error over
        splits on the scale of the score. ``values`` has the correlations, ``split`` x ``neuroid``, and as attributes
        ``raw_error`` and ``ceiling_error``.

    Raises
    ------
    DataUnavailable
        When images and recordings do not belong together, an image is there twice, or no unit is reliable enough.
    NoNumber
        When no unit has a correlation, or the model has too few units.

    """
    assembly = data.assembly
    chosen = units_of_subjects(assembly, RELIABLE, benchmark.region)
    units = np.sort(np.concatenate(list(chosen.values())))
    recording = read_subject(assembly, units)
    stored = coordinate(assembly, "stimulus_id")
    if stored.size != recording.stimulus_ids.size:
        raise DataUnavailable(
            f"{recording.name} has {stored.size} rows for {recording.stimulus_ids.size} images; one each is published."
        )
    targets = recording.average()
    stimuli = data.stimuli
    shown = rows_of_images(stored, stimuli, recording.name)
    # Features stay in the order in which they were read, which may be that of a file: responses and splits follow it.
    responses = np.empty_like(targets)
    responses[shown] = targets[np.searchsorted(recording.stimulus_ids, stored)]
    try:
        splits = [Split(shown[each.train], shown[each.test]) for each in shuffle_splits(stored.size)]
    except ValueError as error:
        raise DataUnavailable(f"The images of {recording.name} cannot be split: {error}") from error
    features = record_stimuli(benchmark, model, stimuli, TIME_BIN)
    held_out: list[NDArray[np.float64]] = []
    try:
        found = predictivity(features, responses, splits, regression=regression, held_out=held_out)
    except ValueError as error:
        raise NoNumber(f"{model.identifier} cannot be fitted to {recording.name}: {error}") from error
    if np.isnan(found.value):
        raise NoNumber(
            f"No unit of {recording.name} has a correlation with {model.identifier}: its predictions do not vary over "
            "the tested images."
        )
    ceiling = stored_reliability(recording.neuroids[QUALITY].astype(np.float64))
    if not ceiling.value > 0:
        raise DataUnavailable(
            f"The coordinate {QUALITY!r} of {recording.name} is infinite for all units in {benchmark.region}, so there "
            "is no ceiling; use the published file."
        )
    normalised = explained_variance(found.value, ceiling.value, found.error)
    score = Score(
        value=normalised.value,
        error=normalised.error,
        raw=found.value,
        ceiling=ceiling.value,
        normalisation=normalised.normalisation,
        unclipped=normalised.sign_lost,
        n={
            "stimuli": stored.size,
            "units": features.shape[1],
            "neuroids": units.size,
            "subjects": sum(each.size > 0 for each in chosen.values()),
            "splits": len(splits),
            **found.counts(),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": recording.digest(),
            "stimuli": stimuli.digest(),
            "seed": DEFAULT_SEED,
        },
        values=xr.DataArray(
            found.values,
            {name: ("neuroid", values) for name, values in recording.neuroids.items()},
            ("split", "neuroid"),
        ).assign_attrs(raw_error=found.error, ceiling_error=ceiling.error),
    )
    design = predictivity_design(
        held_out,
        [split.test for split in splits],
        responses,
        stimulus_units(benchmark, stimuli.table["stimulus_id"].to_numpy(str)),
        neuroid_units(benchmark, recording.neuroids, units.size),
    )
    return with_replicates(score, design)


def rdm_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how similar dissimilarities of images are to those in each animal; see `subject_similarity_score`.

    The ceiling is the upper bound, which is high for few animals: there are two of V1, V2 and V4.
    """
    stimuli = data.stimuli
    pool = read_pool(benchmark, [data.assembly], RELIABLE, stimulus_sets=[stimuli])
    rows = rows_of_images(pool.ids, stimuli, name_of(data.assembly))
    responses = record_stimuli(benchmark, model, stimuli, TIME_BIN)
    own = model_dissimilarity(model, responses)[np.ix_(rows, rows)]
    return subject_similarity_score(
        benchmark, model, own, pool, unit_count=responses.shape[1], stimuli=stimuli.digest()
    )
