"""How objects are read out of a model's IT in domains that the read-out was not trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.igustibagus2024 import SILHOUETTES, SOURCES, STYLES, TRAINED_SOURCE
from pytest_brainscore.benchmarks.igustibagus2024.predicting import TIME_BIN, background_numbers
from pytest_brainscore.benchmarks.shared.behavior import as_identifiers, require_columns
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.predictivity.object_readout import object_readout
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.metrics.shared.background_exclusion import NO_BACKGROUND
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, Split, shuffle_splits
from pytest_brainscore.models.asking import record_responses
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this protocol that may change a score."""
SPLITS: Final = 1000
TESTED: Final = 30
"""Images of each domain that a split tests."""


class Images(NamedTuple):
    """What is shown."""

    stimuli: StimulusSet
    domains: NDArray[np.str_]
    """`TRAINED_SOURCE`, or a style, of every image."""
    objects: NDArray[np.str_]
    backgrounds: NDArray[np.intp]
    """A number each, 0 for none."""
    silhouettes: NDArray[np.bool_]


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how often an object wins against another one, in a read-out of a model's IT; see `object_readout`.

    In each of 1000 splits, a ridge classifier is trained on all images of the source HVM but 30, with as many of each
    object, and tested on 30 images of each domain: of silhouettes those that have their background in common with the
    30 that were left out, which no training image has been seen with. The domains are the 13 styles of the images that
    are predicted in `Igustibagus2024-ridge`; the reference says that there are 13, and not which.

    Parameters
    ----------
    benchmark
        The benchmark.
    model
        Afterwards it records from IT.
    data
        ``stimuli`` with ``stimulus_source``, ``object_style``, ``object_label`` and ``background_id``.

    Returns
    -------
    Score
        Mean over domains, of a ceiling of 1; chance is .5. The error is the standard error over domains; the published
        one is their deviation, ``values.attrs["raw_error"]``. Splits are drawn from a seed, the published ones are
        not. ``values`` has the accuracy of every domain, and its attribute ``trained`` that of the images that were
        left out of training.

    Raises
    ------
    DataUnavailable
        When a column, or a kind of image, is missing, or there are too few to split.
    NoNumber
        When responses of the model cannot be fitted.

    """
    images = _images(data.stimuli)
    splits = _splits(images)
    model.start_recording(cast("RecordingTarget", benchmark.region), [TIME_BIN])
    features = record_responses(model, place_on_screen(images.stimuli, model.visual_degrees()))
    try:
        found = object_readout(features, images.objects, images.domains, splits)
    except ValueError as error:
        raise NoNumber(f"Objects cannot be read out of {model.identifier}: {error}") from error
    means = dict(zip(found.domains.tolist(), np.nanmean(found.accuracies, axis=0).tolist(), strict=True))
    trained = means.pop(TRAINED_SOURCE)
    values = np.array(list(means.values()))
    value, deviation = float(values.mean()), float(values.std())
    return Score(
        value=value,
        error=credible(deviation / float(np.sqrt(values.size)), values.size),
        raw=value,
        ceiling=1.0,
        normalisation=benchmark.normalisation,
        n={
            "stimuli": len(images.stimuli),
            "units": features.shape[1],
            "domains": values.size,
            "objects": len(set(images.objects.tolist())),
            "splits": len(splits),
        },
        provenance={"protocol": PROTOCOL_REVISION, "stimuli": images.stimuli.digest(), "seed": DEFAULT_SEED},
        values=xr.DataArray(values, {"domain": list(means)}, ("domain",)).assign_attrs(
            raw_error=deviation, trained=trained
        ),
    )


def _images(stimuli: StimulusSet) -> Images:
    """Return the images that a read-out is trained or tested on, in the order of their ids."""
    require_columns(stimuli, "stimulus_source", "object_style", "object_label", "background_id")
    columns = {name: as_identifiers(stimuli.table[name]) for name in ("stimulus_source", "object_style")}
    trained = columns["stimulus_source"] == TRAINED_SOURCE
    tested = np.isin(columns["stimulus_source"], SOURCES) & np.isin(columns["object_style"], STYLES)
    for kind, sources in ((trained, (TRAINED_SOURCE,)), (tested, SOURCES)):
        if not kind.any():
            raise DataUnavailable(
                f"The stimulus set {stimuli.identifier} has no images of {', '.join(sources)}; take it as published."
            )
    ids = as_identifiers(stimuli.table["stimulus_id"])
    rows = np.flatnonzero(trained | tested)
    rows = rows[np.argsort(ids[rows], kind="stable")]
    chosen = stimuli.rows(rows)
    return Images(
        chosen,
        np.where(trained, TRAINED_SOURCE, columns["object_style"])[rows],
        as_identifiers(chosen.table["object_label"]),
        background_numbers(chosen.table["background_id"].to_numpy()),
        columns["stimulus_source"][rows] == SILHOUETTES,
    )


def _splits(images: Images) -> list[Split]:
    """Draw the images of each split, in every domain on its own and with as many of each object."""
    domains = {name: np.flatnonzero(images.domains == name) for name in np.unique(images.domains).tolist()}
    trained = domains.pop(TRAINED_SOURCE)
    left_out = _drawn(images, trained, TRAINED_SOURCE)
    drawn = {
        name: None if images.silhouettes[rows].all() else _drawn(images, rows, name) for name, rows in domains.items()
    }
    splits = []
    for number, (training, held_out) in enumerate(left_out):
        known = np.unique(images.backgrounds[held_out])
        tests = [held_out]
        for name, rows in domains.items():
            of_domain = drawn[name]
            if of_domain is None:
                tests.append(rows[np.isin(images.backgrounds[rows], known[known != NO_BACKGROUND])])
            else:
                tests.append(of_domain[number].test)
        splits.append(Split(training, np.concatenate(tests)))
    tested = set(images.domains[np.unique(np.concatenate([split.test for split in splits]))].tolist())
    unmatched = sorted(set(domains) - tested)
    if unmatched:
        raise DataUnavailable(
            f"No image of {', '.join(unmatched)} in {images.stimuli.identifier} has the background of an image of "
            f"{TRAINED_SOURCE}; take it as published."
        )
    return splits


def _drawn(images: Images, rows: NDArray[np.intp], name: str) -> list[Split]:
    """Return the images of a domain that each split trains on and tests; all are tested where there are few."""
    if len(rows) <= TESTED and name != TRAINED_SOURCE:
        return [Split(rows[:0], rows)] * SPLITS
    try:
        drawn = shuffle_splits(
            len(rows), splits=SPLITS, train_size=None, test_size=TESTED, stratify=images.objects[rows]
        )
    except ValueError as error:
        raise DataUnavailable(
            f"The images of {name} in {images.stimuli.identifier} cannot be split: {error}"
        ) from error
    return [Split(rows[split.train], rows[split.test]) for split in drawn]
