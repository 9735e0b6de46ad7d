"""How a model is scored on macaque IT: reliable sites, images of some domains, and no background seen in training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.igustibagus2024 import SOURCES, STYLES
from pytest_brainscore.benchmarks.shared.behavior import as_identifiers
from pytest_brainscore.benchmarks.shared.neural_predictivity import Fitting, predictivity_score, splits_of
from pytest_brainscore.benchmarks.shared.recordings import (
    Recording,
    arrange,
    coordinate,
    select_region,
    select_time_bins,
)
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.metrics.predictivity.ridge import predict_ridge
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.reliability.reliable_neuroids import DEFAULT_THRESHOLD, reliable_neuroids
from pytest_brainscore.metrics.shared.background_exclusion import NO_BACKGROUND, without_shared_backgrounds

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.metrics.shared.splits import Split
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

TIME_BIN: Final = (70, 170)
"""In milliseconds after stimulus onset."""
METHOD: Final = "ridge regression, penalty 1, without training images that share a background with a test image"


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts IT with ridge regression; see `predictivity_score`.

    Sites count whose reliability over all images exceeds .7. Images are those of five sources and thirteen styles, in
    splits that hold the objects in proportion; training images that share a background with a test image of the split
    are left out. (Where none does, the published system fails; here all are trained on.)

    Parameters
    ----------
    benchmark
        The benchmark.
    model
        Afterwards it records from IT.
    data
        ``assembly``: single presentations with ``repetition``, ``stimulus_source``, ``object_style``, ``object_label``
        and ``background_id``, 0 where there is none. ``stimuli``: all images; only those that count are shown.

    Raises
    ------
    DataUnavailable
        When a coordinate is missing, no site is reliable, no image counts, or a split has nothing left to train on.
    NoNumber
        When no site has a correlation.

    """
    assembly, stimuli = data.assembly, data.stimuli
    sites = select_region(assembly, benchmark.region) if "region" in assembly.coords else assembly
    response = select_time_bins(sites, [TIME_BIN]).isel(time_bin=0, missing_dims="ignore")
    everything = arrange(response, stratify="object_label")
    kept = _counting_images(response, everything)
    backgrounds = background_numbers(_by_stimulus(response, "background_id"))[kept]
    recording = _part(everything, kept, _reliable(everything))
    shown = np.isin(as_text(stimuli.table["stimulus_id"]), as_text(everything.stimulus_ids[~kept]), invert=True)

    def splits(recording: Recording, rows: NDArray[np.intp]) -> list[Split]:
        try:
            return without_shared_backgrounds(splits_of(recording, rows), backgrounds[rows])
        except ValueError as error:
            raise DataUnavailable(f"The recordings {recording.name} cannot be split: {error}") from error

    fitting = Fitting(predict_ridge, METHOD, splits)
    return predictivity_score(benchmark, model, recording, stimuli.rows(shown), TIME_BIN, fitting=fitting)


def background_numbers(backgrounds: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return a number for each background, whatever it is called: 0 where there is none (0, nothing or NaN)."""
    names = as_identifiers(backgrounds)
    numbers = np.unique(names, return_inverse=True)[1].ravel() + 1
    numbers[np.isin(names, ["0", "", "nan", "None"])] = NO_BACKGROUND
    return np.asarray(numbers, dtype=np.intp)


def _by_stimulus(assembly: xr.DataArray, name: str) -> NDArray[np.generic]:
    """Return a coordinate of the sorted stimuli."""
    first = np.unique(coordinate(assembly, "stimulus_id"), return_index=True)[1]
    return np.asarray(coordinate(assembly, name)[first])


def _counting_images(assembly: xr.DataArray, recording: Recording) -> NDArray[np.bool_]:
    sources = as_identifiers(_by_stimulus(assembly, "stimulus_source"))
    styles = as_identifiers(_by_stimulus(assembly, "object_style"))
    kept = np.isin(sources, SOURCES) & np.isin(styles, STYLES)
    if not kept.any():
        raise DataUnavailable(
            f"No image of {recording.name} is of a source and a style that count ({', '.join(SOURCES)}; "
            f"{', '.join(STYLES)}); use the published file."
        )
    return kept


def _reliable(recording: Recording) -> NDArray[np.bool_]:
    if len(recording.responses) < 2:
        raise DataUnavailable(f"The recordings {recording.name} have one repetition, so no ceiling; use all of them.")
    reliable = reliable_neuroids(internal_consistency(recording.responses).values)
    if not reliable.any():
        raise DataUnavailable(
            f"No site of {recording.name} has a reliability above {DEFAULT_THRESHOLD}; use the published file."
        )
    return reliable


def _part(recording: Recording, images: NDArray[np.bool_], sites: NDArray[np.bool_]) -> Recording:
    return replace(
        recording,
        responses=recording.responses[:, images][:, :, sites],
        stimulus_ids=recording.stimulus_ids[images],
        labels=None if recording.labels is None else recording.labels[images],
        neuroids={name: values[sites] for name, values in recording.neuroids.items()},
    )
