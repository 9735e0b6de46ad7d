"""How a model is scored on Kato2026: the category of the most probable class, on images it knows in their base version.

As published, people are not asked to know the base version, and their consistency with one another, the ceiling, is
that on all images.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
from pytest_brainscore.benchmarks.kato2026 import base_of
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    digest,
    name_categories,
    outcome,
    require_ceiling,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.people import answers_by_subject
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, subject_units, with_replicates
from pytest_brainscore.data.loading import load_stimulus_set
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.answers import observer_design
from pytest_brainscore.metrics.behavior.accuracy_distance import (
    accuracy_distance,
    accuracy_distance_ceiling,
    similarity_of_counts,
)
from pytest_brainscore.metrics.behavior.error_consistency import (
    error_consistency,
    error_consistency_ceiling,
    kappa_of_counts,
)
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
OTHERS: Final = "kato2026_others"
"""The last category to choose from."""
NO_ANSWER: Final = ("", "nan", "none")
"""What stands for no answer, in lower case."""


class PhotographData(BenchmarkData):
    """Images and trials of a set, and the images of its base set."""

    def __init__(self, benchmark: Benchmark, *, base: StimulusSet | None = None, **given: Any) -> None:
        super().__init__(benchmark, **given)
        if base is not None:
            vars(self)["base"] = base

    @cached_property
    def base(self) -> StimulusSet | None:
        """Images in their base version; None where all images count."""
        name = base_of(self._benchmark)
        return None if name is None else load_stimulus_set(name, self._benchmark.visual_degrees)


class _Trials(NamedTuple):
    """What people answered."""

    correct: NDArray[np.bool_]
    """Shape (subject, image), images sorted."""
    answered: NDArray[np.bool_]
    """The same shape."""
    subjects: list[str]


def score(benchmark: Benchmark, model: BrainModel, data: PhotographData) -> Score:
    """Score how consistently a model errs with people, or how near its accuracy is to theirs.

    The model chooses among the categories of the set, sorted, and all others, by its most probable class. Images count
    that it names correctly in their base version, and for each person those that he or she gave an answer to. Base and
    condition are paired by the name of the photograph, the id without its last part. (The published system pairs them
    by their place in both tables, which is the same for tables in one order.)

    Parameters
    ----------
    benchmark
        One of this family; its metric says which.
    model
        Afterwards it does the label task.
    data
        ``stimuli`` and ``base``: images with the column ``truth``; ``assembly``: the answer of each trial, with the
        coordinates ``stimulus_id`` and ``subject``, empty where there was none.

    Returns
    -------
    Score
        Raw score divided by that of people among themselves, cut to [0, 1]. The published score has no error; here it
        is the deviation of a bootstrap over images (within categories), at a fixed ceiling. ``values`` are the
        comparisons with every subject, and as an attribute ``raw_error``, their deviation, the published error of the
        raw score.

    Raises
    ------
    DataUnavailable
        When an image has no base version, the trials are not one per person and image, or there is one person.
    NoNumber
        When the model names no base image correctly, or nothing can be compared.

    """
    stimuli = data.stimuli
    require_columns(stimuli, "truth")
    trials = trial_table(data.assembly, "stimulus_id", "subject")
    require_shown(trials, stimuli, benchmark)
    labels = [*sorted(set(stimuli.table["truth"].astype(str))), OTHERS]
    images = _named(benchmark, model, stimuli, labels)
    known = np.ones(len(images), bool)
    if data.base is not None:
        known = _known_in_base(benchmark, model, data.base, labels, images)
        if not known.any():
            raise NoNumber(
                f"{model.identifier} names none of {len(images)} images of {data.base.identifier} correctly, so none "
                f"of {stimuli.identifier} counts."
            )
    people = _people(trials, images, benchmark)
    correct = (images["answer"] == images["truth"]).to_numpy(bool)
    raw, spread, compared, ceiling = _compared(benchmark, correct, known, people, images["condition"].to_numpy(str))
    if np.isnan(raw):
        raise NoNumber(
            f"{model.identifier} cannot be compared with any subject of {benchmark.assembly}: of {known.sum()} images "
            "that count, none has an answer, or both are always right or always wrong."
        )
    ceiling = require_ceiling(ceiling, benchmark)
    consistency = benchmark.metric == "error_consistency"
    strata = images["truth"].to_numpy(str)
    design = observer_design(
        kappa_of_counts if consistency else similarity_of_counts,
        correct,
        people.correct,
        images["condition"].to_numpy(str) if consistency else None,
        stimulus_units(benchmark, images["stimulus_id"], strata),
        subject_units(benchmark, people.subjects),
        answered=people.answered & known,
    )
    level = design.levels[0]
    draws = bootstrap(lambda weights: np.abs(level.statistic(weights[:, level.units.order])), strata)
    found = outcome(
        benchmark,
        ratio(raw, ceiling, deviation(draws)),
        raw=raw,
        ceiling=ceiling,
        bounded=True,
        n={
            "stimuli": len(images),
            "subjects": len(people.subjects),
            "trials": len(trials),
            **({} if data.base is None else {"known_in_base": int(known.sum())}),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": digest(trials),
            "stimuli": stimuli.digest(),
            **({} if data.base is None else {"base": data.base.digest()}),
        },
        values=xr.DataArray(compared, {"subject": people.subjects}, ("subject",)).assign_attrs(raw_error=spread),
    )
    signed = float(level.statistic(np.ones((1, len(images))))[0])
    return with_replicates(found, design, raw=signed, scale=lambda raws: np.abs(raws) / ceiling, bounded=True)


def _named(benchmark: Benchmark, model: BrainModel, stimuli: StimulusSet, labels: list[str]) -> pd.DataFrame:
    """Return what a model names every image, with its truth and condition, sorted by image."""
    shown = place_on_screen(stimuli, model.visual_degrees())
    answers = name_categories(model, labels, shown, benchmark.number_of_trials, aggregation="max")
    table = stimuli.table
    condition = table["condition"].astype(str) if "condition" in table else pd.Series([""] * len(table))
    return answer_table(
        stimuli,
        {"truth": table["truth"].to_numpy(str), "condition": condition.to_numpy(str), "answer": answers},
    )


def _known_in_base(
    benchmark: Benchmark, model: BrainModel, base: StimulusSet, labels: list[str], images: pd.DataFrame
) -> NDArray[np.bool_]:
    """Return which images a model names correctly in their base version; base images of no image are left out."""
    require_columns(base, "truth")
    photographs = [_photograph(each) for each in images["stimulus_id"]]
    kept = [_photograph(each) in set(photographs) for each in base.table["stimulus_id"].astype(str)]
    named = _named(benchmark, model, base.rows(np.array(kept)), labels) if any(kept) else None
    right = (
        {}
        if named is None
        else dict(zip(map(_photograph, named["stimulus_id"]), named["answer"] == named["truth"], strict=True))
    )
    lacking = sorted(set(photographs) - set(right))
    if lacking:
        raise DataUnavailable(
            f"{len(lacking)} of {len(images)} images of {benchmark.stimulus_set} ({lacking[0]} first) have no base "
            f"version in {base.identifier}; take both as published."
        )
    return np.array([right[each] for each in photographs], dtype=bool)


def _photograph(identifier: str) -> str:
    """Return the photograph that an image is a version of: its id without the last part."""
    return identifier.rpartition("_")[0]


def _people(trials: pd.DataFrame, images: pd.DataFrame, benchmark: Benchmark) -> _Trials:
    """Return what people answered, subjects and images sorted."""
    told = trials.assign(subject=trials["subject"].astype(str), value=trials["value"].astype(str))
    subjects, answers = answers_by_subject(told, images, benchmark)
    answered = ~np.isin(np.char.lower(np.char.strip(answers)), NO_ANSWER)
    return _Trials(answers == images["truth"].to_numpy(str), answered, subjects)


def _compared(
    benchmark: Benchmark,
    correct: NDArray[np.bool_],
    known: NDArray[np.bool_],
    people: _Trials,
    conditions: NDArray[np.str_],
) -> tuple[float, float, NDArray[np.float64], float]:
    """Return the raw score, the deviation over subjects, the comparison with each, and the ceiling."""
    if benchmark.metric == "error_consistency":
        own = error_consistency(correct, people.correct, conditions, answered=known, subjects_answered=people.answered)
        ceiling = error_consistency_ceiling(people.correct, conditions, answered=people.answered)
        return own.value, own.deviation, own.kappas.mean(axis=0), ceiling.value
    near = accuracy_distance(correct, people.correct, answered=known, subjects_answered=people.answered)
    others = accuracy_distance_ceiling(people.correct, answered=people.answered)
    return near.value, near.deviation, near.similarities[0], others.value
