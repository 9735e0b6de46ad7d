"""How a model is scored on Cadena2017: which images and presentations count, and two regressions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.neural_predictivity import Fitting, predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import (
    Recording,
    arrange,
    coordinate,
    name_of,
    select_only_time_bin,
    select_region,
)
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.predictivity.mask_regression import METHOD, SPLITS, feature_maps, predict_mask
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.metrics.shared.aggregation import SplitScore
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget, TimeBin
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (70, 170)
"""In milliseconds after stimulus onset, where the file does not say which; the reference does not, either."""


class Prepared(NamedTuple):
    """What counts of the recordings."""

    recording: Recording
    """Of the images that every neuron has a response to."""
    every: Recording
    """Of all images."""
    complete: Recording
    """Of all images, without presentations in which a neuron is missing."""
    stimuli: StimulusSet
    """The images that count."""
    time_bin: TimeBin


def pls_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts V1 with PLS; see `predictivity_score`.

    Parameters
    ----------
    benchmark
        The benchmark.
    model
        Afterwards it records from V1.
    data
        ``assembly``: single presentations with ``stimulus_id`` and ``repetition_id``, which may be there several times
        for an image: such presentations are averaged first. ``stimuli``: all images; those that some neuron has no
        response to are neither shown nor scored.

    Returns
    -------
    Score
        As `predictivity_score`. The ceiling is that of presentations in which no neuron is missing.

    Raises
    ------
    DataUnavailable
        When no image has responses of all neurons, or stimuli and recording do not belong together.
    NoNumber
        When no neuron has a correlation, or the model has too few units.

    """
    prepared = _prepared(data)
    return predictivity_score(
        benchmark,
        model,
        prepared.recording,
        prepared.stimuli,
        prepared.time_bin,
        consistency=lambda _: _consistency(prepared.complete),
    )


def mask_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts V1 with a spatial mask and a weight per channel for each neuron.

    In four splits. The model must give its units a place in the maps of one convolutional layer: the coordinates
    ``channel``, ``channel_x`` and ``channel_y`` of its recordings. The first weights are drawn from a seed, which the
    published ones are not: published numbers cannot be had exactly.

    Parameters
    ----------
    benchmark, model, data
        As in `pls_score`.

    Returns
    -------
    Score
        As `predictivity_score`; the error is over four splits. The ceiling is that of all presentations and images;
        where a neuron is missing, the image is left out for it alone.

    Raises
    ------
    DataUnavailable
        As `pls_score`.
    NoNumber
        When units of the model have no such places, or no neuron has a correlation.

    """
    prepared = _prepared(data)
    maps = _maps_of(benchmark, model, prepared)
    return predictivity_score(
        benchmark,
        model,
        prepared.recording,
        prepared.stimuli,
        prepared.time_bin,
        fitting=Fitting(partial(predict_mask, maps=maps), METHOD, _four_splits),
        consistency=lambda _: _consistency(prepared.every),
    )


def _prepared(data: BenchmarkData) -> Prepared:
    assembly, stimuli = data.assembly, data.stimuli
    sites = select_region(assembly, "V1") if "region" in assembly.coords else assembly
    response, time_bin = select_only_time_bin(sites, TIME_BIN)
    response = response.transpose("presentation", "neuroid")
    name = name_of(assembly)
    missing = np.isnan(np.asarray(response.values, np.float64))
    every = _arranged(response)
    lacking = np.asarray(np.isnan(every.responses).all(axis=0), dtype=np.bool_)
    answered = np.asarray(~lacking.any(axis=1), dtype=np.bool_)
    whole = np.flatnonzero(~missing.any(axis=1))
    if not answered.any() or not whole.size:
        raise DataUnavailable(
            f"No image of {name} has responses of all {response.sizes['neuroid']} neurons; use the published file."
        )
    recording = _images(every, answered)
    shown = np.isin(as_text(stimuli.table["stimulus_id"]), as_text(every.stimulus_ids[~answered]), invert=True)
    return Prepared(recording, every, _arranged(response.isel(presentation=whole)), stimuli.rows(shown), time_bin)


def _images(recording: Recording, kept: NDArray[np.bool_]) -> Recording:
    return Recording(
        recording.name,
        recording.responses[:, kept],
        recording.stimulus_ids[kept],
        None,
        recording.neuroids,
        recording.repetitions,
    )


def _arranged(response: xr.DataArray) -> Recording:
    """Arrange presentations by repetition and image; of several with one number, the mean counts."""
    ids, repetitions = coordinate(response, "stimulus_id"), coordinate(response, "repetition_id")
    pairs = np.stack([np.unique(each, return_inverse=True)[1].ravel() for each in (ids, repetitions)])
    _, first, cell = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
    values = np.asarray(response.values, np.float64)
    if first.size < ids.size:
        present = ~np.isnan(values)
        sums, counts = (np.zeros((first.size, values.shape[1])) for _ in range(2))
        np.add.at(sums, cell.ravel(), np.where(present, values, 0))
        np.add.at(counts, cell.ravel(), present)
        values = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    else:
        values = values[first]
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", ids[first]),
        "repetition": ("presentation", repetitions[first]),
        **{str(key): each for key, each in response.coords.items() if each.dims == ("neuroid",)},
    }
    averaged = xr.DataArray(values, coordinates, ("presentation", "neuroid"), name=response.name, attrs=response.attrs)
    return arrange(averaged)


def _consistency(recording: Recording) -> SplitScore:
    if len(recording.responses) < 2 or recording.responses.shape[1] < 2:
        raise DataUnavailable(
            f"The recordings {recording.name} have {len(recording.responses)} repetitions of "
            f"{recording.responses.shape[1]} images, so no ceiling; use all of them."
        )
    return internal_consistency(recording.responses)


def _four_splits(recording: Recording, rows: NDArray[np.intp]) -> list[Split]:
    """Split the sorted images, whatever the order in which they are shown."""
    shown = np.argsort(rows)
    try:
        splits = shuffle_splits(len(rows), splits=SPLITS)
    except ValueError as error:
        raise DataUnavailable(f"The recordings {recording.name} cannot be split: {error}") from error
    # In the order of the ids, which batches are drawn from.
    return [Split(shown[np.sort(split.train)], shown[np.sort(split.test)]) for split in splits]


def _maps_of(benchmark: Benchmark, model: BrainModel, prepared: Prepared) -> NDArray[np.intp]:
    """Ask the model where its units lie, by showing it one image."""
    model.start_recording(cast("RecordingTarget", benchmark.region), [prepared.time_bin])
    answer = model.look_at(place_on_screen(prepared.stimuli.rows(slice(1)), model.visual_degrees()))
    unknown = np.full(answer.sizes["neuroid"], np.nan)
    places = [answer.coords.get(name) for name in ("channel_x", "channel_y", "channel")]
    try:
        return feature_maps(*(unknown if each is None else np.asarray(each.values, np.float64) for each in places))
    except ValueError as error:
        raise NoNumber(
            f"Units of {model.identifier} in {benchmark.region} have no maps to lay a mask on: {error}."
        ) from error
