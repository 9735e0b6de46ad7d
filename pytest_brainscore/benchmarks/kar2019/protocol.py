"""How a model is scored on Kar2019: when objects become readable from its IT, in 18 time bins of 10 ms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.kar2019 import CEILING
from pytest_brainscore.benchmarks.shared.recordings import coordinate, name_of, rows_of_images
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, ModelError, NoNumber
from pytest_brainscore.inference.predictivity import rank_design
from pytest_brainscore.metrics.behavior.object_solution_time import (
    object_solution_time_correlation,
    solution_time_splits,
)
from pytest_brainscore.metrics.reliability.explained_variance import ratio
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED
from pytest_brainscore.models.asking import is_temporal, record_responses
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this family that may change a score."""
TIME_BINS: Final = tuple((start, start + 10) for start in range(70, 250, 10))
"""In milliseconds after stimulus onset."""
DECODER: Final = "svm"
"""Read-out of the recorded solution times; those of a logistic regression are in the file too."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score whether objects become readable in a model's IT when they do in macaque IT.

    One image is shown first, in all time bins: a model that gives the same in each has no number, and nothing else is
    computed. Images that occur twice are used once, in the order of their ids.

    Parameters
    ----------
    benchmark
        The benchmark.
    model
        Gives a time course: ``look_at`` returns ``time_bin`` where several bins were asked for. Afterwards it records
        from IT.
    data
        ``assembly``: times in milliseconds, ``decoder`` x ``presentation``, with ``stimulus_id``,
        ``image_label`` and ``i1``. ``stimuli``: at least the images of the assembly.

    Returns
    -------
    Score
        r/c, not clipped. The error is the standard error over splits, on the scale of the score. ``values`` has the
        correlation of every split.

    Raises
    ------
    DataUnavailable
        When solution times lack a coordinate or an image.
    NoNumber
        When the model gives the same response at all times, or solves too few images.

    """
    stimuli, assembly = data.stimuli, data.assembly
    times, ids, labels, thresholds = _solution_times(assembly)
    ordered = stimuli.rows(rows_of_images(ids, stimuli, name_of(assembly), alone=False))
    shown = place_on_screen(ordered, model.visual_degrees())
    _require_time_course(model, shown.rows(slice(1)))
    splits = solution_time_splits(len(ids))
    held_out: list[NDArray[np.float64]] = []
    correlations = object_solution_time_correlation(
        _recordings(model, shown),
        [start for start, _ in TIME_BINS],
        labels,
        thresholds,
        times,
        splits=splits,
        held_out=held_out,
    )
    if np.isnan(correlations.value):
        raise NoNumber(
            f"{model.identifier} reaches human discriminability for too few images of {name_of(assembly)}, so that "
            "there are no solution times to compare."
        )
    undefined = int(np.isnan(correlations.medians).sum())
    normalised = ratio(correlations.value, CEILING, correlations.error)
    score = Score(
        value=normalised.value,
        error=normalised.error,
        raw=correlations.value,
        ceiling=CEILING,
        normalisation=normalised.normalisation,
        n={
            "stimuli": len(ids),
            "solved": int(np.count_nonzero(~np.isnan(times))),
            "time_bins": len(TIME_BINS),
            "splits": len(correlations.medians),
            **({"undefined_splits": undefined} if undefined else {}),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": hashlib.sha256(
                repr((ids.tolist(), labels.tolist())).encode() + np.stack([thresholds, times]).astype("<f8").tobytes()
            ).hexdigest(),
            "stimuli": shown.digest(),
            "seed": DEFAULT_SEED,
        },
        values=xr.DataArray(correlations.medians, dims="split").assign_attrs(raw_error=correlations.error),
    )
    design = rank_design(held_out, [split.test for split in splits], times, stimulus_units(benchmark, as_text(ids)))
    return with_replicates(score, design, categories=as_text(labels))


def _solution_times(
    assembly: xr.DataArray,
) -> tuple[NDArray[np.float64], NDArray[np.generic], NDArray[np.generic], NDArray[np.float64]]:
    """Return solution times, ids, labels and thresholds of the distinct images, sorted by id."""
    decoder = np.flatnonzero(coordinate(assembly, "decoder") == DECODER)
    if decoder.size != 1:
        raise DataUnavailable(f"{name_of(assembly)} has {decoder.size} decoders {DECODER!r}; use the published file.")
    ids, first = np.unique(coordinate(assembly, "stimulus_id"), return_index=True)
    chosen = assembly.isel(decoder=decoder[0]).isel(presentation=first)
    times = np.asarray(chosen.values, dtype=np.float64)
    return times, ids, coordinate(chosen, "image_label"), coordinate(chosen, "i1").astype(np.float64)


def _require_time_course(model: BrainModel, one_image: StimulusSet) -> None:
    model.start_recording("IT", TIME_BINS)
    never_changes = NoNumber(
        f"{model.identifier} gives the same response at all times, so no solution times; only a model with a time "
        "course, such as a recurrent network, has a number here."
    )
    if is_temporal(model) is False:
        raise never_changes
    responses = model.look_at(one_image)
    if "time_bin" not in responses.dims or responses.sizes["time_bin"] != len(TIME_BINS):
        raise ModelError(
            f"look_at of {model.identifier} returned no {len(TIME_BINS)} time bins; it must return presentation, "
            "neuroid and time_bin where several bins are asked for."
        )
    values = responses.transpose("time_bin", ...).values
    if (values == values[:1]).all():
        raise never_changes


def _recordings(model: BrainModel, stimuli: StimulusSet) -> Iterator[NDArray[np.float32]]:
    """Yield the responses in each time bin, image x unit: one bin is in memory at a time."""
    for time_bin in TIME_BINS:
        model.start_recording("IT", [time_bin])
        yield record_responses(model, stimuli)
