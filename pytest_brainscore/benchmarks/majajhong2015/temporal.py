"""MajajHong2015 over time: do features of a model predict the sites in every 10 ms, with weights that never change?

The public recordings in short time bins. One regression is fitted for all bins together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.neural_predictivity import match_stimuli, splits_of
from pytest_brainscore.benchmarks.shared.recordings import Recording, arrange, name_of, number_coordinate, select_region
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.predictivity.neural_predictivity import (
    constant_in_time_correlations,
    time_shared_correlations,
)
from pytest_brainscore.metrics.predictivity.pls import METHOD, predict_pls
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.shared.aggregation import SplitScore, aggregate_splits
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED
from pytest_brainscore.models.asking import is_temporal, record_responses
from pytest_brainscore.models.layer_mapped.time_alignment import alignment_weights
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.metrics.shared.splits import Split
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget, TimeBin

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this protocol that may change a score."""
WIDTH: Final = 10
"""Of the time bins that are asked for, in milliseconds."""
NORMALISATION: Final = "mean(r^2/c)"
"""Over time bins; a name of this package, since the published system has one number per bin and no other."""


_READ_BYTES: Final = 2**30
"""Of responses that are read from the file at a time, at least one time bin."""


class Course(NamedTuple):
    """What was recorded, bin by bin."""

    last: Recording
    """In the last bin: stimuli, labels and neuroids are the same in all."""
    averages: NDArray[np.float64]
    """Means over repetitions, shape (stimulus, neuroid, time bin)."""
    ceilings: list[SplitScore]
    """Internal consistency in each bin."""
    digest: str
    """SHA-256 of the responses in all bins."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts V4 or IT over time.

    Bins of 10 ms from stimulus onset on are asked for, while they begin more than 10 ms before the end of the
    recording: as published, the last 10 ms are never used. Recorded bins of another length are averaged over them. PLS
    is fitted to all bins of the training stimuli at once, splits hold all objects in proportion, and every bin has a
    correlation r, an internal consistency c, and the published score r^2/c.

    Parameters
    ----------
    benchmark
        Says the region.
    model
        Recorded bin by bin; one that says it has no time course, once. Afterwards it records from the region.
    data
        ``stimuli``; ``assembly``: single presentations in time bins that follow upon each other, with ``repetition``
        and ``object_name``.

    Returns
    -------
    Score
        The published system has a number per time bin and no other; here they are averaged: value, raw and ceiling are
        means over those bins whose ceiling is above 0 (before the response there may be others, ``n`` counts them as
        ``undefined_time_bins``). Not clipped. The error is the standard error over splits of the mean over bins, at
        fixed ceilings. ``values`` has the correlations, ``time_bin`` x ``split`` x ``neuroid``; its attributes, and
        ``details["time_course"]``, have score, raw score and ceiling of every bin as published, with the errors of the
        latter two.

    Raises
    ------
    DataUnavailable
        When time bins leave gaps or are too few, stimuli and recording do not belong together, or no bin has a
        ceiling.
    NoNumber
        When no neuroid has a correlation, or the model has too few units.

    """
    stimuli = data.stimuli
    region = select_region(data.assembly, benchmark.region)
    bins = requested_bins(region)
    course = recorded_course(region, bins)
    rows = match_stimuli(course.last, stimuli)
    splits = splits_of(course.last, rows)
    correlations = _correlations(benchmark, model, stimuli, bins, course.averages[rows], splits)
    by_bin = [aggregate_splits(each) for each in correlations]
    raw = np.array([each.value for each in by_bin])
    ceiling = np.array([each.value for each in course.ceilings])
    usable = (ceiling > 0) & np.isfinite(raw)
    if not (ceiling > 0).any():
        raise DataUnavailable(
            f"The internal consistency of {course.last.name} is above 0 in none of {len(bins)} time bins: no score can "
            "be given; use the published file."
        )
    if not usable.any():
        raise NoNumber(
            f"No neuroid of {course.last.name} has a correlation with {model.identifier}: its predictions do not vary "
            "over the tested stimuli."
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        published = raw**2 / ceiling
    medians = np.stack([each.medians for each in by_bin])
    slopes = 2 * raw[usable] / ceiling[usable]
    of_split = (slopes[:, np.newaxis] * (medians[usable] - raw[usable, np.newaxis])).mean(axis=0)
    table = {
        "score": published.tolist(),
        "raw": raw.tolist(),
        "raw_error": [each.error for each in by_bin],
        "ceiling": ceiling.tolist(),
        "ceiling_error": [each.error for each in course.ceilings],
    }
    left_out = int((~usable).sum())
    return Score(
        value=float(published[usable].mean()),
        error=float(np.nanstd(of_split) / np.sqrt(of_split.size)),
        raw=float(raw[usable].mean()),
        ceiling=float(ceiling[usable].mean()),
        normalisation=NORMALISATION,
        n={
            "stimuli": len(rows),
            "neuroids": course.averages.shape[1],
            "repetitions": len(course.last.responses),
            "time_bins": len(bins),
            "splits": len(splits),
            **({"undefined_time_bins": left_out} if left_out else {}),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": course.digest,
            "stimuli": stimuli.digest(),
            "seed": DEFAULT_SEED,
            "regression": METHOD,
        },
        values=_labelled(correlations, bins, course.last).assign_attrs(table),
        details={"time_course": {"time_bins": [list(each) for each in bins], **table}},
    )


def requested_bins(assembly: xr.DataArray) -> list[TimeBin]:
    """Return the time bins that are asked for of a recording.

    Raises
    ------
    DataUnavailable
        When the recording is too short for one.

    """
    end = float(number_coordinate(assembly, "time_bin_end").max())
    bins = [(start, start + WIDTH) for start in range(0, int(np.ceil(end - WIDTH)), WIDTH)]
    if not bins or "time_bin" not in assembly.dims:
        raise DataUnavailable(
            f"The recordings {name_of(assembly)} end {end:g} ms after stimulus onset or have one time bin, and two of "
            f"{WIDTH} ms are needed; use the published file."
        )
    return bins


def recorded_course(assembly: xr.DataArray, bins: Sequence[TimeBin]) -> Course:
    """Read single presentations and average them bin by bin, so that few bins are in memory at a time.

    Raises
    ------
    DataUnavailable
        When the recorded bins leave gaps or do not cover a bin, or a bin cannot be used.

    """
    recorded = [
        (float(start), float(end))
        for start, end in zip(
            *(number_coordinate(assembly, each) for each in ("time_bin_start", "time_bin_end")), strict=True
        )
    ]
    order = sorted(range(len(recorded)), key=recorded.__getitem__)
    name = name_of(assembly)
    try:
        weights = alignment_weights([recorded[place] for place in order], bins)
    except ValueError as error:
        raise DataUnavailable(
            f"The time bins of {name} do not cover the response: {error} Use the published file."
        ) from error
    ceilings, averages, digest = [], [], hashlib.sha256()
    for mixed in _mixed(assembly, weights, order):
        recording = arrange(mixed, stratify="object_name")
        if len(recording.responses) < 2:
            raise DataUnavailable(f"The recordings {name} have one repetition, so no ceiling; use all of them.")
        digest.update(recording.digest().encode())
        ceilings.append(internal_consistency(recording.responses))
        averages.append(recording.average())
    return Course(recording, np.stack(averages, axis=2), ceilings, digest.hexdigest())


def _mixed(assembly: xr.DataArray, weights: NDArray[np.float64], order: Sequence[int]) -> Iterator[xr.DataArray]:
    """Yield the responses in each time bin that is asked for: means of recorded bins by their weights.

    Some bins are read at a time: a file has several in one piece, and they need not all be in memory.
    """
    size = assembly.sizes["presentation"] * assembly.sizes["neuroid"] * assembly.dtype.itemsize
    for some in np.array_split(weights, -(-len(weights) * size // _READ_BYTES)):
        sources = np.flatnonzero(some.any(axis=0))
        read = assembly.isel(time_bin=np.asarray(order)[sources]).transpose("time_bin", ...).load()
        for shares in some[:, sources]:
            used = np.flatnonzero(shares)
            whole = read.isel(time_bin=used[0])
            if used.size > 1:
                values = sum(shares[each] * np.asarray(read[each], np.float64) for each in used)
                whole = whole.copy(data=values / shares.sum())
            yield whole


def _correlations(
    benchmark: Benchmark,
    model: BrainModel,
    stimuli: StimulusSet,
    bins: Sequence[TimeBin],
    targets: NDArray[np.float64],
    splits: Sequence[Split],
) -> NDArray[np.float64]:
    """Return correlations, shape (time bin, split, neuroid)."""
    shown = place_on_screen(stimuli, model.visual_degrees())
    target = cast("RecordingTarget", benchmark.region)
    constant = is_temporal(model) is False
    course = []
    for time_bin in bins[:1] if constant else bins:
        model.start_recording(target, [time_bin])
        course.append(record_responses(model, shown))
    try:
        if constant:
            return constant_in_time_correlations(predict_pls, course[0], targets, splits)
        return time_shared_correlations(predict_pls, np.stack(course, axis=1).transpose(0, 2, 1), targets, splits)
    except ValueError as error:
        raise NoNumber(f"{model.identifier} cannot be fitted to {benchmark.assembly}: {error}") from error


def _labelled(correlations: NDArray[np.float64], bins: Sequence[TimeBin], recording: Recording) -> xr.DataArray:
    coordinates: dict[str, Any] = {
        "time_bin_start": ("time_bin", [start for start, _ in bins]),
        "time_bin_end": ("time_bin", [end for _, end in bins]),
        "split": np.arange(correlations.shape[1]),
    }
    coordinates |= {name: ("neuroid", values) for name, values in recording.neuroids.items()}
    return xr.DataArray(correlations, coordinates, ("time_bin", "split", "neuroid"))
