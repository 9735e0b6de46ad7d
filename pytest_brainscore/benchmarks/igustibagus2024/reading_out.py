"""How objects are read out of a model's IT in domains that the read-out was not trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.igustibagus2024 import DOMAINS, SILHOUETTES, TRAINED
from pytest_brainscore.benchmarks.igustibagus2024.predicting import TIME_BIN
from pytest_brainscore.benchmarks.shared.behavior import as_identifiers, require_columns
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.predictivity.object_readout import object_readout
from pytest_brainscore.metrics.shared.aggregation import credible
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
    """Domain of every image."""
    objects: NDArray[np.str_]
    backgrounds: NDArray[np.str_]


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how often an object wins against another one, in a read-out of a model's IT; see `object_readout`.

    In each of 1000 splits, a ridge classifier is trained on all images of one domain but 30, with as many of each
    object, and tested on these, and on 30 images of each other domain: of silhouettes, on those that have their
    background in common with the 30, so that no training image has been seen on it.

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
        Mean over 13 domains, the trained one included, of a ceiling of 1; chance is .5. The error is the standard error
        over domains; the published one is their deviation, ``values.attrs["raw_error"]``. Splits are drawn from a seed,
        the published ones are not. ``values`` has the accuracy of every domain.

    Raises
    ------
    DataUnavailable
        When a column, or a domain, is missing, or there are too few images to split.
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
    return Score(
        value=found.value,
        error=credible(found.error / float(np.sqrt(found.domains.size)), found.domains.size),
        raw=found.value,
        ceiling=1.0,
        normalisation=benchmark.normalisation,
        n={
            "stimuli": len(images.stimuli),
            "units": features.shape[1],
            "domains": found.domains.size,
            "objects": len(set(images.objects.tolist())),
            "splits": len(splits),
        },
        provenance={"protocol": PROTOCOL_REVISION, "stimuli": images.stimuli.digest(), "seed": DEFAULT_SEED},
        values=xr.DataArray(np.nanmean(found.accuracies, axis=0), {"domain": found.domains}, ("domain",)).assign_attrs(
            raw_error=found.error
        ),
    )


def _images(stimuli: StimulusSet) -> Images:
    """Return the images of all domains, in the order of their ids."""
    require_columns(stimuli, "stimulus_source", "object_style", "object_label", "background_id")
    sources, styles = (as_identifiers(stimuli.table[name]) for name in ("stimulus_source", "object_style"))
    domains = np.full(len(stimuli), "", dtype="U16")
    for name, (source, style) in DOMAINS.items():
        members = sources == source
        if style is not None:
            members &= styles == style
        if not members.any():
            raise DataUnavailable(
                f"The stimulus set {stimuli.identifier} has no images of the domain {name} (source {source}"
                f"{'' if style is None else f', style {style}'}); take it as published."
            )
        domains[members] = name
    rows = np.flatnonzero(domains != "")
    rows = rows[np.argsort(as_identifiers(stimuli.table["stimulus_id"])[rows], kind="stable")]
    chosen = stimuli.rows(rows)
    return Images(
        chosen,
        domains[rows],
        as_identifiers(chosen.table["object_label"]),
        as_identifiers(chosen.table["background_id"]),
    )


def _splits(images: Images) -> list[Split]:
    """Draw the images of each split, in every domain on its own and with as many of each object."""
    members = {name: np.flatnonzero(images.domains == name) for name in DOMAINS}
    drawn = {name: _drawn(images, rows, name) for name, rows in members.items() if name not in SILHOUETTES}
    splits = []
    for number, (training, held_out) in enumerate(drawn[TRAINED]):
        matched = np.isin(images.backgrounds, images.backgrounds[held_out])
        tests = [of_domain[number].test for of_domain in drawn.values()]
        tests += [members[name][matched[members[name]]] for name in SILHOUETTES]
        splits.append(Split(training, np.concatenate(tests)))
    tested = set(images.domains[np.unique(np.concatenate([split.test for split in splits]))].tolist())
    unmatched = [name for name in DOMAINS if name not in tested]
    if unmatched:
        raise DataUnavailable(
            f"No image of {', '.join(unmatched)} in {images.stimuli.identifier} has the background of an image of "
            f"{TRAINED}; take it as published."
        )
    return splits


def _drawn(images: Images, rows: NDArray[np.intp], name: str) -> list[Split]:
    """Return the images of a domain that each split trains on, if it is trained on, and those that it tests."""
    if len(rows) == TESTED and name != TRAINED:
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
