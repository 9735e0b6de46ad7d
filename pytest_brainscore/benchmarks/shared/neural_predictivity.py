"""Neural predictivity: how well a model's recordings from a region predict neurons of that region.

The protocol that FreemanZiemba2013, MajajHong2015, Sanghavi2020 and Cowley2023 share (Schrimpf, Kubilius et al. 2018,
doi 10.1101/407007): features are fitted to responses averaged over repetitions with partial least squares, in
ten splits of the stimuli; the median correlation over neuroids is divided by what the recording predicts of itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import Recording, rows_of_images
from pytest_brainscore.benchmarks.shared.replicating import neuroid_units, stimulus_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.predictivity import predictivity_design
from pytest_brainscore.metrics.predictivity.neural_predictivity import Regression, predictivity
from pytest_brainscore.metrics.predictivity.pls import METHOD, predict_pls
from pytest_brainscore.metrics.reliability.explained_variance import NORMALISATIONS
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, Split, stimulus_splits
from pytest_brainscore.models.asking import record_responses
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.metrics.shared.aggregation import SplitScore
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget, TimeBin

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this protocol that may change a score."""


class Fitting(NamedTuple):
    """What is fitted, and to which splits; as published by default."""

    regression: Regression = predict_pls
    """Predicts the test stimuli of each split."""
    method: str = METHOD
    """What a record says about it."""
    splits: Callable[[Recording, NDArray[np.intp]], list[Split]] | None = None
    """Splits of the shown stimuli, given their numbers in the recording; `splits_of` where None."""

    def of(self, recording: Recording, rows: NDArray[np.intp]) -> list[Split]:
        """Return the splits of the shown stimuli; errors as `splits_of`."""
        return (self.splits or splits_of)(recording, rows)


def predictivity_score(
    benchmark: Benchmark,
    model: BrainModel,
    recording: Recording,
    stimuli: StimulusSet,
    time_bin: TimeBin,
    *,
    fitting: Fitting = Fitting(),  # noqa: B008  # immutable
    consistency: Callable[[Recording], SplitScore] | None = None,
) -> Score:
    """Score how well a model predicts a recording.

    Stimuli are placed on the model's screen. Splits are drawn from the sorted stimuli, with the published seed, and
    stratified where the recording has labels.

    Parameters
    ----------
    benchmark
        Says the region and the normalisation: ``(r/c)^2`` as on the published model pages, ``r^2/c`` since 2026, or
        ``r`` for recordings without single repetitions.
    model
        Afterwards it records from the region.
    recording
        With at least two repetitions, unless the normalisation is ``r``.
    stimuli
        Exactly those of the recording, in any order, not yet placed on a screen.
    time_bin
        What the model is asked to record, in milliseconds.
    fitting
        Another regression, or other splits, where the paper has them.
    consistency
        What gives the ceiling of a recording; by default its `internal_consistency`.

    Returns
    -------
    Score
        Not clipped. The error is the standard error over splits, on the scale of the score: the raw error times the
        slope of the normalisation, 2r/c^2 or 2r/c, at a fixed ceiling (the published system leaves it on the scale
        of r). ``values`` has the correlations, ``split`` x ``neuroid``, and as attributes ``raw_error`` and
        ``ceiling_error``.

    Raises
    ------
    DataUnavailable
        When stimuli and recording do not belong together, or the recording has no ceiling.
    NoNumber
        When no neuroid has a correlation, or the model has too few units.

    """
    targets = recording.average()
    rows = match_stimuli(recording, stimuli)
    ceiling = None if benchmark.normalisation == "r" else _ceiling(recording, consistency or _internal)
    model.start_recording(cast("RecordingTarget", benchmark.region), [time_bin])
    features = record_responses(model, place_on_screen(stimuli, model.visual_degrees()))
    held_out: list[NDArray[np.float64]] = []
    splits = fitting.of(recording, rows)
    correlations = correlate(model, features, recording, targets, rows, held_out, fitting)
    common: dict[str, Any] = {
        "raw": correlations.value,
        "n": counts(recording, features, correlations),
        "provenance": provenance(recording, stimuli, fitting.method),
    }
    values = labelled(correlations, recording).assign_attrs(raw_error=correlations.error)
    design = predictivity_design(
        held_out,
        [split.test for split in splits],
        targets[rows],
        stimulus_units(benchmark, recording.stimulus_ids[rows], _labels(recording, rows)),
        neuroid_units(benchmark, recording.neuroids, targets.shape[1]),
    )
    if ceiling is None:
        score = Score(
            value=correlations.value,
            error=correlations.error,
            ceiling=1.0,
            normalisation="r",
            values=values,
            **common,
        )
        return with_replicates(score, design)
    normalised = NORMALISATIONS[benchmark.normalisation](correlations.value, ceiling.value, correlations.error)
    score = Score(
        value=normalised.value,
        error=normalised.error,
        ceiling=ceiling.value,
        normalisation=normalised.normalisation,
        unclipped=normalised.sign_lost,
        values=values.assign_attrs(ceiling_error=ceiling.error),
        **common,
    )
    return with_replicates(score, design)


def _ceiling(recording: Recording, consistency: Callable[[Recording], SplitScore]) -> SplitScore:
    ceiling = consistency(recording)
    if not ceiling.value > 0:
        raise DataUnavailable(
            f"The internal consistency of {recording.name} is {ceiling.value:.3g}, not above 0: no score can be given."
        )
    return ceiling


def _internal(recording: Recording) -> SplitScore:
    if len(recording.responses) < 2:
        raise DataUnavailable(f"The recordings {recording.name} have one repetition, so no ceiling; use all of them.")
    return internal_consistency(recording.responses)


def match_stimuli(recording: Recording, stimuli: StimulusSet) -> NDArray[np.intp]:
    """Return for every row of a stimulus set the number of its stimulus in a recording.

    Raises
    ------
    DataUnavailable
        When the two do not have the same stimuli, each once.

    """
    rows = rows_of_images(recording.stimulus_ids, stimuli, recording.name)
    return np.argsort(rows)


def correlate(
    model: BrainModel,
    features: NDArray[np.float32],
    recording: Recording,
    targets: NDArray[np.float64],
    rows: NDArray[np.intp],
    held_out: list[NDArray[np.float64]] | None = None,
    fitting: Fitting = Fitting(),  # noqa: B008  # immutable
) -> SplitScore:
    """Correlate predicted with recorded responses.

    Features are read in their own order, which may be that of a file on disk: responses and splits follow them.

    Parameters
    ----------
    model
        Named in messages.
    features
        Shape (shown stimulus, unit).
    recording, targets
        The recording, and its average over repetitions.
    rows
        Number of each shown stimulus in the recording, see `match_stimuli`.
    held_out
        As in `predictivity`.
    fitting
        As in `predictivity_score`.

    Raises
    ------
    NoNumber
        When no neuroid has a correlation, or there are fewer units or training stimuli than PLS has components.

    """
    try:
        correlations = predictivity(
            features, targets[rows], fitting.of(recording, rows), regression=fitting.regression, held_out=held_out
        )
    except ValueError as error:
        raise NoNumber(f"{model.identifier} cannot be fitted to {recording.name}: {error}") from error
    if np.isnan(correlations.value):
        raise NoNumber(
            f"No neuroid of {recording.name} has a correlation with {model.identifier}: its predictions do not vary "
            "over the tested stimuli."
        )
    return correlations


def splits_of(recording: Recording, rows: NDArray[np.intp]) -> list[Split]:
    """Return the published splits of the shown stimuli, see `match_stimuli`.

    Raises
    ------
    DataUnavailable
        When there are too few stimuli, or of a label.

    """
    try:
        return list(stimulus_splits(recording.stimulus_ids[rows], stratify=_labels(recording, rows)))
    except ValueError as error:
        raise DataUnavailable(f"The recordings {recording.name} cannot be split: {error}") from error


def _labels(recording: Recording, rows: NDArray[np.intp]) -> NDArray[np.generic] | None:
    return None if recording.labels is None else recording.labels[rows]


def counts(recording: Recording, features: NDArray[np.float32], correlations: SplitScore) -> dict[str, int]:
    """Return how many of what went into a score, and of neuroids and splits without a correlation.

    These only if there are any, and the PLS ``components`` of the split where fitting ended first, if it ended early.
    """
    repetitions, stimuli, neuroids = recording.responses.shape
    return {
        "stimuli": stimuli,
        "units": features.shape[1],
        "neuroids": neuroids,
        "repetitions": repetitions,
        "splits": len(correlations.medians),
        **correlations.counts(),
    }


def provenance(recording: Recording, stimuli: StimulusSet, method: str = METHOD) -> dict[str, str | int]:
    """Return what a score depends on besides the model."""
    return {
        "protocol": PROTOCOL_REVISION,
        "data_sha256": recording.digest(),
        "stimuli": stimuli.digest(),
        "seed": DEFAULT_SEED,
        "regression": method,
    }


def labelled(correlations: SplitScore, recording: Recording) -> xr.DataArray:
    """Return the correlations, ``split`` x ``neuroid``, with the coordinates of the neuroids."""
    coordinates: dict[str, Any] = {"split": np.arange(len(correlations.values))}
    coordinates |= {name: ("neuroid", values) for name, values in recording.neuroids.items()}
    return xr.DataArray(correlations.values, coordinates, ("split", "neuroid"))
