"""Neural predictivity with training and test stimuli, fitted subject by subject.

The protocol that Allen2022, Hebart2023, Papale2025 and Gifford2022 share: a ridge regression from a model's responses
to the training stimuli to the units of each subject, the median correlation over the units in the test stimuli,
squared and divided by the ceiling of the subject, and the mean over subjects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import name_of, rows_of_images
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.benchmarks.shared.subject_ceilings import (
    CeilingOfSubject,
    OverallOfSubjects,
    consistency_of_subject,
    pooled_ceiling,
)
from pytest_brainscore.benchmarks.shared.subject_recordings import (
    Flatten,
    UnitSelection,
    named_units,
    one_time_bin,
)
from pytest_brainscore.benchmarks.shared.train_test_recordings import SubjectData, Subjects, read_subjects
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import NoNumber
from pytest_brainscore.inference.differences import score_error
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import unchanged
from pytest_brainscore.inference.subject_predictivity import subject_predictivity_design
from pytest_brainscore.metrics.predictivity.fixed_split import FitEach, FixedSplitScore, fixed_split_scores
from pytest_brainscore.metrics.reliability.explained_variance import normalised
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED
from pytest_brainscore.models.asking import record_responses
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget, TimeBin

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this protocol that may change a score."""
FORMULA: Final = "r^2/c"
"""Of every subject."""
NORMALISATION: Final = "r^2/c by subject"
"""Of the score: the mean over subjects, which cannot be had from `Score.raw` and `Score.ceiling`."""


def train_test_score(
    benchmark: Benchmark,
    model: BrainModel,
    data: TrainTestData,
    *,
    selection: UnitSelection,
    fit: FitEach,
    time_bin: TimeBin,
    flatten: Flatten = one_time_bin,
    ceiling: CeilingOfSubject = consistency_of_subject,
    overall: OverallOfSubjects = pooled_ceiling,
) -> Score:
    """Score how well a model predicts the units of several subjects.

    Parameters
    ----------
    benchmark
        Says the region, and how large stimuli were.
    model
        Afterwards it records from the region.
    data
        ``train``, ``test``: single or averaged presentations, with ``stimulus_id``, and ``repetition`` where there are
        several. ``train_stimuli``, ``test_stimuli``: the same stimuli, each once, in any order.
    selection
        Which units are scored.
    fit
        What is fitted, see `fixed_split`. Features are read once for all subjects.
    time_bin
        What the model is asked to record, in milliseconds unless the data have seconds.
    flatten
        What becomes of the time axis of the recordings.
    ceiling, overall
        Of a subject, and of all.

    Returns
    -------
    Score
        Mean over subjects of r²/c, not clipped; `raw` the mean of r, without dividing. `Score.ceiling` is, as
        published, that of all units together: the value is *not* raw²/ceiling. What each subject was divided by is in
        ``details["subjects"]``. The published protocol has no error; here it is the deviation of bootstrap values over
        test stimuli and units, with fits, ceilings and subjects as they are. ``values`` has the correlations of the
        units. NaN, with ``details["notes"]`` that say why, where the published score is.

    Raises
    ------
    DataUnavailable
        When stimuli and recordings do not belong together, stimuli are fitted and tested, there is no ceiling, or no
        unit left.
    NoNumber
        When no unit of a subject has a correlation.

    """
    recorded = read_subjects(benchmark, data, selection, flatten, ceiling)
    train_rows = _rows(recorded.train_ids, data.train_stimuli, name_of(data.train))
    test_rows = _rows(recorded.test_ids, data.test_stimuli, name_of(data.test))
    train_features = record_stimuli(benchmark, model, data.train_stimuli, time_bin)
    test_features = record_stimuli(benchmark, model, data.test_stimuli, time_bin)
    try:
        found = fixed_split_scores(
            train_features,
            test_features,
            [subject.train[train_rows] for subject in recorded.subjects],
            [subject.test[test_rows] for subject in recorded.subjects],
            fit=fit,
        )
    except ValueError as error:
        raise NoNumber(f"{model.identifier} cannot be fitted to {name_of(data.train)}: {error}") from error
    for subject, each in zip(recorded.subjects, found, strict=True):
        if np.isnan(each.value):
            raise NoNumber(
                f"No unit of {subject.name} in {name_of(data.test)} has a correlation with {model.identifier}: "
                "predictions or responses do not vary over the test stimuli."
            )
    values = [normalised(each.value, subject.ceiling.value, FORMULA) for subject, each in _pairs(recorded, found)]
    together = overall([subject.ceiling for subject in recorded.subjects])
    correlations = labelled(recorded, found).assign_attrs(ceiling_error=together.error)
    missing = int(np.isnan(correlations.values).sum())
    negative = any(each.value < 0 for each in found)
    score = Score(
        value=float(np.mean(values)),
        error=float("nan"),
        raw=float(np.mean([each.value for each in found])),
        ceiling=together.value,
        normalisation=NORMALISATION,
        unclipped=float(np.mean(np.copysign(values, [each.value for each in found]))) if negative else None,
        n={
            "stimuli": len(recorded.test_ids),
            "training_stimuli": len(recorded.train_ids),
            "units": train_features.shape[1],
            "neuroids": correlations.size,
            "subjects": len(recorded.subjects),
            "repetitions": recorded.repetitions,
            **({"undefined_neuroids": missing} if missing else {}),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": recorded.digest(),
            "stimuli": f"{data.train_stimuli.digest()}+{data.test_stimuli.digest()}",
            "seed": DEFAULT_SEED,
        },
        values=correlations,
        details=details(recorded, found, values),
    )
    design = subject_predictivity_design(
        [each.prediction for each in found],
        [subject.test[test_rows] for subject in recorded.subjects],
        [_scale(subject.ceiling.value) for subject in recorded.subjects],
        stimulus_units(benchmark, as_text(recorded.test_ids[test_rows])),
        _neuroid_units(benchmark, recorded),
    )
    return with_bootstrap_error(score, design, len(recorded.test_ids))


def record_stimuli(
    benchmark: Benchmark, model: BrainModel, stimuli: StimulusSet, time_bin: TimeBin
) -> NDArray[np.float32]:
    """Return the responses of a model to a stimulus set, in its order, shape (stimulus, unit)."""
    model.start_recording(cast("RecordingTarget", benchmark.region), [time_bin])
    return record_responses(model, place_on_screen(stimuli, model.visual_degrees()))


def labelled(recorded: Subjects, found: Iterable[FixedSplitScore]) -> xr.DataArray:
    """Return the correlations of the units of all subjects, with those of their coordinates that all subjects have."""
    common = set.intersection(*(set(each.neuroids) for each in recorded.subjects))
    names = [name for name in recorded.subjects[0].neuroids if name in common]
    coordinates = {name: ("neuroid", np.concatenate([e.neuroids[name] for e in recorded.subjects])) for name in names}
    return xr.DataArray(np.concatenate([each.correlations for each in found]), coordinates, ("neuroid",))


def details(recorded: Subjects, found: Sequence[FixedSplitScore], values: Sequence[float]) -> dict[str, Any]:
    """Return what each subject contributed, and what a reader has to know, as plain values."""
    subjects = {}
    notes = list(recorded.notes)
    for (subject, each), value in zip(_pairs(recorded, found), values, strict=True):
        alpha = {} if each.alpha is None else {"alpha": each.alpha}
        subjects[subject.name] = {
            "score": value,
            "raw": each.value,
            "ceiling": subject.ceiling.value,
            "neuroids": each.correlations.size,
            **alpha,
        }
        undefined = subject.ceiling.undefined
        if undefined.size:
            notes.append(
                f"{undefined.size} of the {each.correlations.size} units of {subject.name} have no reliability "
                f"({named_units(subject.neuroids, undefined)}), as they do not vary or lack responses in a half of the "
                "repetitions; the published ceiling of the subject is NaN then, and so is the score."
            )
    return {"subjects": subjects} | ({"notes": notes} if notes else {})


def with_bootstrap_error(score: Score, design: Any, stimuli: int) -> Score:
    """Return a score with bootstrap values about it, and their deviation as its error.

    Parameters
    ----------
    score
        Without an error; where it is NaN it stays as it is.
    design
        Its statistic is the score, not the raw one.
    stimuli
        Of too few, no error is credible.

    """
    if not np.isfinite(score.value):
        return score
    drawn = with_replicates(replace(score, error=0.0), design, raw=score.value, scale=unchanged)
    if drawn.replicates is None:
        return score
    error = credible(score_error(drawn.replicates), stimuli)
    return replace(drawn, error=error) if np.isfinite(error) else score


def _rows(ids: NDArray[np.generic], stimuli: StimulusSet, recordings: str) -> NDArray[np.intp]:
    """Return for every row of a stimulus set the number of its stimulus in the recordings."""
    return np.argsort(rows_of_images(ids, stimuli, recordings))


def _pairs(recorded: Subjects, found: Iterable[FixedSplitScore]) -> Iterable[tuple[SubjectData, FixedSplitScore]]:
    return zip(recorded.subjects, found, strict=True)


def _scale(ceiling: float) -> Any:
    return partial(normalised, ceiling=ceiling, formula=FORMULA)


def _neuroid_units(benchmark: Benchmark, recorded: Subjects) -> Any:
    """Return the units of all subjects, drawn within each."""
    names: list[str] = []
    subjects: list[str] = []
    for each in recorded.subjects:
        ids, count = each.neuroids.get("neuroid_id"), each.test.shape[1]
        own = [] if ids is None else as_text(ids)
        own = own if len(set(own)) == count else [f"{place:09d}" for place in range(count)]
        names += [f"{each.name}/{one}" for one in own]
        subjects += [each.name] * count
    return units(f"{benchmark.assembly}/{benchmark.region}", "neuroid", names, strata=subjects)
