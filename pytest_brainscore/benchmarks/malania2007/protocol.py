"""How a model is scored on the verniers of Malania2007."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xarray as xr

from pytest_brainscore.benchmarks.malania2007 import (
    BASELINE,
    conditions_of,
    fitting_name_of,
    name_of,
)
from pytest_brainscore.benchmarks.malania2007.asking import answers
from pytest_brainscore.benchmarks.malania2007.subjects import subject_thresholds
from pytest_brainscore.benchmarks.shared.behavior import require_ceiling
from pytest_brainscore.data.loading import load_assembly, load_stimulus_set
from pytest_brainscore.metrics.behavior.threshold import (
    Threshold,
    ThresholdScore,
    threshold,
    threshold_ceiling,
    threshold_elevation,
    threshold_elevation_ceiling,
    threshold_score,
)
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.malania2007.subjects import SubjectThresholds
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
ACCURACY: Final = 0.75
"""At the threshold."""


class ThresholdData:
    """Images and thresholds of the conditions of a benchmark, read when first asked for.

    Parameters
    ----------
    benchmark
        Says the visual degrees.
    stimuli, assemblies
        By their names in the catalogue; taken instead of those of the catalogue, where given.

    """

    def __init__(
        self,
        benchmark: Benchmark,
        stimuli: Mapping[str, StimulusSet] | None = None,
        assemblies: Mapping[str, xr.DataArray] | None = None,
    ) -> None:
        self._degrees = benchmark.visual_degrees
        self._stimuli = dict(stimuli or {})
        self._assemblies = dict(assemblies or {})

    def stimuli(self, name: str) -> StimulusSet:
        """Return a stimulus set, not yet placed on a screen."""
        if name not in self._stimuli:
            self._stimuli[name] = load_stimulus_set(name, self._degrees)
        return self._stimuli[name]

    def assembly(self, name: str) -> xr.DataArray:
        """Return the thresholds of subjects in a condition."""
        if name not in self._assemblies:
            self._assemblies[name] = load_assembly(name)
        return self._assemblies[name]


def elevation_score(benchmark: Benchmark, model: BrainModel, data: ThresholdData) -> Score:
    """Score whether flankers raise the threshold of a model as many times as that of people.

    The model learns the side of the offset from the fitting images of the condition, each shown in two trials. It then
    answers to those without and with flankers, each in ten trials, that differ by microsaccades. A psychometric
    function gives the offset at an accuracy of 75 %, with and without; their ratio is compared with that of every
    subject.

    Parameters
    ----------
    benchmark
        One of the elevations of this family.
    model
        Afterwards it does the probabilities task.
    data
        Stimulus sets with ``image_label`` and, where that is a word, the offset; thresholds of subjects. Subjects
        without one are left out in both conditions.

    Returns
    -------
    Score
        r/c, not clipped; 0 where a model has no threshold (``details`` says why). The error is the standard error over
        subjects at a fixed ceiling, of which there are too few in the published files: it is NaN there. ``values``
        are the similarities with every subject, with their deviation, the published error, as ``raw_error``.

    Raises
    ------
    DataUnavailable
        When fitting images, offsets or thresholds are missing, or there are fewer than two subjects with both.

    """
    (condition,) = conditions_of(benchmark)
    people = subject_thresholds(data.assembly(name_of(condition)), data.assembly(name_of(BASELINE)))
    ceiling = threshold_elevation_ceiling(people.baseline, people.condition)
    require_ceiling(ceiling.value, benchmark)
    shown = [data.stimuli(name_of(each)) for each in (BASELINE, condition)]
    fitting = data.stimuli(fitting_name_of(condition))
    baseline, test = answers(benchmark, model, fitting, shown)
    found = threshold_elevation(baseline, test, ACCURACY)
    raw = threshold_score(found.value, people.condition / people.baseline)
    return Score(
        value=raw.value / ceiling.value,
        error=_standard_error(raw) / ceiling.value,
        raw=raw.value,
        ceiling=ceiling.value,
        normalisation=benchmark.normalisation,
        n={
            "stimuli": sum(map(len, shown)),
            "fitting_stimuli": len(fitting),
            "trials": baseline.correct.size + test.correct.size,
            "subjects": raw.raw.size,
        },
        provenance=_provenance([people], [*shown, fitting]),
        values=_similarities(raw, ceiling, people),
        details={
            "thresholds": {
                "elevation": _plain(found.value),
                "baseline": _told(found.baseline),
                condition: _told(found.test),
            }
        },
    )


def acuity_score(benchmark: Benchmark, model: BrainModel, data: ThresholdData) -> Score:
    """Score whether a model sees offsets without flankers as small as people do.

    As published, once for each of the nine conditions with flankers: the model learns from the fitting images of that
    condition, and is compared with the subjects who have a threshold there.

    Parameters
    ----------
    benchmark, model, data
        As in `elevation_score`.

    Returns
    -------
    Score
        Mean over conditions of r/c, each cut at 1, c being the mean ceiling of all of them, as published. ``raw`` is
        the mean over conditions, too. There is no error: it would be over subjects, of whom there are six, the same in
        all conditions. ``details`` has every condition.

    Raises
    ------
    DataUnavailable
        As in `elevation_score`.

    """
    conditions = conditions_of(benchmark)
    thresholds = data.assembly(name_of(BASELINE))
    people = [subject_thresholds(data.assembly(name_of(each)), thresholds) for each in conditions]
    ceilings = [threshold_ceiling(each.baseline) for each in people]
    for each in ceilings:
        require_ceiling(each.value, benchmark)
    stimuli = data.stimuli(name_of(BASELINE))
    fitting = [data.stimuli(fitting_name_of(each)) for each in conditions]
    found: list[Threshold] = []
    raws: list[ThresholdScore] = []
    for sets, subjects in zip(fitting, people, strict=True):
        (trials,) = answers(benchmark, model, sets, [stimuli])
        found.append(threshold(*trials, ACCURACY))
        raws.append(threshold_score(found[-1].value, subjects.baseline))
    mean_ceiling = float(np.mean([each.value for each in ceilings]))
    relative = np.array([each.value for each in raws]) / mean_ceiling
    value = float(np.minimum(relative, 1.0).mean())
    uncut = float(relative.mean())
    return Score(
        value=value,
        error=float("nan"),
        raw=float(np.mean([each.value for each in raws])),
        ceiling=mean_ceiling,
        normalisation=benchmark.normalisation,
        clipped=value != uncut,
        unclipped=uncut,
        n={
            "stimuli": len(stimuli),
            "fitting_stimuli": sum(map(len, fitting)),
            "trials": len(conditions) * len(stimuli) * benchmark.number_of_trials,
            "subjects": max(each.baseline.size for each in people),
            "conditions": len(conditions),
        },
        provenance=_provenance(people, [stimuli, *fitting]),
        values=xr.DataArray(relative, {"condition": list(conditions)}, ("condition",)),
        details={
            "thresholds": {
                condition: {**_told(each), "raw": raw.value, "ceiling": ceiling.value}
                for condition, each, raw, ceiling in zip(conditions, found, raws, ceilings, strict=True)
            }
        },
    )


def _standard_error(score: ThresholdScore) -> float:
    """Return the standard error over subjects; NaN where they are too few."""
    return credible(score.error / float(np.sqrt(score.raw.size)), score.raw.size)


def _similarities(raw: ThresholdScore, ceiling: ThresholdScore, people: SubjectThresholds) -> xr.DataArray:
    values = xr.DataArray(raw.raw, {"subject": people.names}, ("subject",))
    return values.assign_attrs(raw_error=raw.error, ceiling_error=ceiling.error)


def _provenance(people: list[SubjectThresholds], stimuli: list[StimulusSet]) -> dict[str, str | int]:
    digests = "\n".join(each.digest() for each in stimuli)
    return {
        "protocol": PROTOCOL_REVISION,
        "data_sha256": hashlib.sha256(b"".join(each.digest() for each in people)).hexdigest(),
        "stimuli": hashlib.sha256(digests.encode()).hexdigest(),
    }


def _told(found: Threshold) -> dict[str, Any]:
    return {"threshold": _plain(found.value), "failure": found.failure}


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None
