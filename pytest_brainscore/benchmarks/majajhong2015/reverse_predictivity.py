"""Reverse predictivity: do the neurons predict what a model has, rather than the model what the neurons have?

Muzellec & Kar (2025, bioRxiv). The recordings, stimuli and window are those of MajajHong2015public; source and target
of the regression are exchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np
import xarray as xr

from pytest_brainscore.benchmarks.majajhong2015.protocol import TIME_BIN, region_recording
from pytest_brainscore.benchmarks.shared.neural_predictivity import match_stimuli, provenance
from pytest_brainscore.benchmarks.shared.replicating import neuroid_units, stimulus_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.levels import Design
from pytest_brainscore.inference.predictivity import predictivity_design
from pytest_brainscore.metrics.predictivity.neural_predictivity import predictivity
from pytest_brainscore.metrics.reliability.explained_variance import NORMALISATIONS
from pytest_brainscore.metrics.reliability.explained_variance import normalised as normalised_scores
from pytest_brainscore.metrics.reliability.internal_consistency import predictor_consistency
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.metrics.shared.splits import shuffle_splits
from pytest_brainscore.models.asking import record_responses
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.metrics.shared.aggregation import SplitScore
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget

_UNITS: Final = 2048
"""Units, spread evenly over those of the model, whose median bootstrap values follow: memory is bounded, and how a
median of so many moves from draw to draw of the stimuli is that of all."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well the neurons of a region predict the units that a model has for it.

    PLS from responses averaged over repetitions to all units together, in ten splits with all objects; the median
    correlation over units, the mean over splits. As published, splits follow the order of the rows of the stimulus
    set, not of the sorted ids as where the model predicts: other rows of the same table give another score. The ceiling
    is a property of the neurons: their `predictor_consistency`.

    Parameters
    ----------
    benchmark
        Says the region and the normalisation, ``r^2/c``.
    model
        Afterwards it records from the region. A unit that is constant over the tested stimuli of a split, dead for
        example, has no correlation and is left out.
    data
        ``stimuli`` with the rows in the published order; ``assembly``: single presentations of the public images.

    Returns
    -------
    Score
        Not clipped. The error is the standard error over splits, on the scale of the score (the published one is on
        that of r). ``values`` has the correlations, ``split`` x ``unit``, and as attributes ``raw_error`` and
        ``ceiling_error``. Bootstrap values are over stimuli: the units are all that the model has, and not drawn.

    Raises
    ------
    DataUnavailable
        When stimuli and recording do not belong together, splits cannot be drawn, or there is no ceiling above 0.
    NoNumber
        When no unit has a correlation, or the recording has fewer neurons than PLS has components.

    """
    recording = region_recording(benchmark, data.assembly)
    stimuli = data.stimuli
    rows = match_stimuli(recording, stimuli)
    if len(recording.responses) < 2:
        raise DataUnavailable(f"The recordings {recording.name} have one repetition, so no ceiling; use all of them.")
    ceiling = predictor_consistency(recording.responses)
    if not ceiling.value > 0:
        raise DataUnavailable(
            f"The predictor consistency of {recording.name} is {ceiling.value:.3g}, not above 0 (a stimulus needs two "
            "repetitions, and ten stimuli are needed): no score can be given."
        )
    neurons = recording.average()[rows]
    labels = None if recording.labels is None else recording.labels[rows]
    try:
        splits = shuffle_splits(len(rows), stratify=labels)
    except ValueError as error:
        raise DataUnavailable(f"The stimulus set {stimuli.identifier} cannot be split: {error}") from error
    model.start_recording(cast("RecordingTarget", benchmark.region), [TIME_BIN])
    units = record_responses(model, place_on_screen(stimuli, model.visual_degrees()))
    held_out: list[NDArray[np.float64]] = []
    try:
        found = predictivity(neurons, units, splits, held_out=held_out)
    except ValueError as error:
        raise NoNumber(f"{recording.name} cannot be fitted to {model.identifier}: {error}") from error
    if np.isnan(found.value):
        raise NoNumber(f"No unit of {model.identifier} varies over the tested stimuli of {recording.name}.")
    normalised = NORMALISATIONS[benchmark.normalisation](found.value, ceiling.value, found.error)
    result = Score(
        value=normalised.value,
        error=normalised.error,
        raw=found.value,
        ceiling=ceiling.value,
        normalisation=normalised.normalisation,
        unclipped=normalised.sign_lost,
        n=_counts(recording.responses.shape, found),
        provenance=provenance(recording, stimuli),
        values=xr.DataArray(found.values, dims=("split", "unit")).assign_attrs(
            raw_error=found.error, ceiling_error=ceiling.error
        ),
    )
    shown = stimulus_units(benchmark, recording.stimulus_ids[rows], labels)
    some = np.linspace(0, units.shape[1] - 1, min(units.shape[1], _UNITS)).astype(np.intp)
    predicted = [each[:, some] for each in held_out]
    own = neuroid_units(benchmark, {}, some.size)
    tests = [split.test for split in splits]
    design = predictivity_design(predicted, tests, units[:, some].astype(np.float64), shown, own)
    centre = aggregate_splits(found.values[:, some]).value
    return with_replicates(
        result,
        Design(design.levels[:1]),
        raw=centre,
        scale=lambda raws: normalised_scores(raws - centre + found.value, ceiling.value, benchmark.normalisation),
    )


def _counts(recorded: tuple[int, ...], found: SplitScore) -> dict[str, int]:
    repetitions, stimuli, neuroids = recorded
    counts = {name.replace("neuroids", "units"): count for name, count in found.counts().items()}
    shape = {"splits": found.values.shape[0], "units": found.values.shape[1]}
    return {"stimuli": stimuli, "neuroids": neuroids, "repetitions": repetitions, **shape, **counts}
