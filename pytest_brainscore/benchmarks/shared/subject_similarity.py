"""Representational similarity of a model and several subjects: what Allen2022, Li2026 and Zerbe2026 share.

The Spearman correlation of dissimilarities with those of each subject, its mean over subjects, divided by a ceiling of
what subjects have in common.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import name_of, rows_of_images
from pytest_brainscore.benchmarks.shared.replicating import subject_units
from pytest_brainscore.benchmarks.shared.representational_similarity import model_dissimilarity, similarity
from pytest_brainscore.benchmarks.shared.subject_recordings import (
    Flatten,
    UnitSelection,
    left_out,
    named_units,
    one_time_bin,
    read_subject,
    same_units,
    units_of_subjects,
)
from pytest_brainscore.benchmarks.shared.train_test import record_stimuli, with_bootstrap_error
from pytest_brainscore.benchmarks.shared.train_test_recordings import refuse_shared_images
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.inference.draws import FloatArray, units
from pytest_brainscore.inference.levels import Design
from pytest_brainscore.inference.subject_similarity import first_order_design
from pytest_brainscore.metrics.similarity.rdm import representational_dissimilarity, rsa_ceiling
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    import xarray as xr

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel, TimeBin

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this protocol that may change a score."""
NORMALISATION: Final = "r/c"

Matrix = NDArray[np.float64]
Weights = TypeVar("Weights")


class Population(NamedTuple):
    """Responses of the chosen units of one subject."""

    responses: Matrix
    """Averaged over repetitions, shape (stimulus, unit)."""
    digest: str


class SimilarityCeiling(NamedTuple):
    """What the mean similarity to subjects is divided by."""

    value: float
    lower: float | None = None
    """A bound from below, for the record; None where there is none."""


class Pool(NamedTuple):
    """What was recorded from all subjects in response to one pool of stimuli."""

    populations: Mapping[str, Population]
    """By subject, sorted."""
    ids: NDArray[np.generic]
    """Stimuli in the order of the responses, shape (stimulus,)."""
    notes: tuple[str, ...]


CeilingOfMatrices = Callable[[Matrix], SimilarityCeiling]
"""From the dissimilarities of subjects, (subject, stimulus, stimulus)."""


def upper_bound(matrices: Matrix) -> SimilarityCeiling:
    """Return the similarity of subjects to the mean of all, the published ceiling, and that to the mean of the others.

    The fewer the subjects, the higher the upper bound; scores of different numbers of subjects are not comparable.
    """
    found = rsa_ceiling(matrices)
    return SimilarityCeiling(found.upper, found.lower)


def pooled_score(
    benchmark: Benchmark,
    model: BrainModel,
    data: TrainTestData,
    *,
    selection: UnitSelection,
    time_bin: TimeBin,
    flatten: Flatten = one_time_bin,
    ceiling: CeilingOfMatrices = upper_bound,
) -> Score:
    """Score similarity on the pool of training and test stimuli; see `subject_similarity_score`.

    The model is shown the two sets one after the other, as where they are fitted and tested: the same responses serve
    for both.

    Raises
    ------
    DataUnavailable
        When stimuli and recordings do not belong together, a stimulus is in both sets, or no unit is left.
    NoNumber
        When the model has no dissimilarities.

    """
    sets = [data.train_stimuli, data.test_stimuli]
    pool = read_pool(benchmark, [data.train, data.test], selection, flatten, sets)
    responses = np.concatenate([record_stimuli(benchmark, model, each, time_bin) for each in sets])
    shown = np.concatenate([np.array(as_text(each.table["stimulus_id"]), dtype=np.str_) for each in sets])
    place = {name: row for row, name in enumerate(shown.tolist())}
    rows = np.array([place[name] for name in as_text(pool.ids)], dtype=np.intp)
    own = model_dissimilarity(model, responses)[np.ix_(rows, rows)]
    stimuli = "+".join(each.digest() for each in sets)
    return subject_similarity_score(
        benchmark, model, own, pool, ceiling=ceiling, unit_count=responses.shape[1], stimuli=stimuli
    )


def read_pool(
    benchmark: Benchmark,
    assemblies: Sequence[xr.DataArray],
    selection: UnitSelection,
    flatten: Flatten = one_time_bin,
    stimulus_sets: Sequence[StimulusSet] | None = None,
) -> Pool:
    """Read the responses of all subjects, averaged over repetitions, one subject at a time.

    Parameters
    ----------
    benchmark
        Says the region.
    assemblies
        Recordings of the same units with different stimuli, pooled in this order.
    selection, flatten
        As in `train_test_score`.
    stimulus_sets
        Images of each of the assemblies, to be checked against them; not where None.

    Raises
    ------
    DataUnavailable
        As `pooled_score`.

    """
    chosen = [units_of_subjects(each, selection, benchmark.region) for each in assemblies]
    populations: dict[str, Population] = {}
    ids: list[NDArray[np.generic]] = []
    notes = left_out(chosen[-1], selection, benchmark.region)
    for name, places in chosen[-1].items():
        if not places.size:
            continue
        recordings = []
        for each, of_subject in zip(assemblies, chosen, strict=True):
            own = same_units(each, of_subject.get(name, places[:0]), assemblies[-1], places, name)
            recordings.append(read_subject(each, own, flatten))
        ids = [each.stimulus_ids for each in recordings]
        responses = np.concatenate([each.average(complete=False) for each in recordings])
        populations[name] = Population(responses, "+".join(each.digest() for each in recordings))
        missing = np.flatnonzero(np.isnan(responses).any(axis=0))
        if missing.size or responses.shape[1] < 2:
            what = f"{missing.size} of {places.size} units without some responses"
            what += f" ({named_units(recordings[-1].neuroids, missing)})"
            what = what if missing.size else "a single unit"
            notes.append(
                f"{name} has {what} in {name_of(assemblies[-1])}, so that its dissimilarities are NaN, and with "
                "them ceiling and score, as published."
            )
    for first, second in zip(range(len(ids) - 1), range(1, len(ids)), strict=True):
        refuse_shared_images(ids[first], ids[second], name_of(assemblies[first]), name_of(assemblies[second]))
    for shown, stimuli, assembly in zip(ids, stimulus_sets or (), assemblies, strict=False):
        rows_of_images(shown, stimuli, name_of(assembly))
    return Pool(populations, np.concatenate([np.asarray(as_text(each), dtype=np.str_) for each in ids]), tuple(notes))


def subject_similarity_score(
    benchmark: Benchmark,
    model: BrainModel,
    own: Matrix,
    pool: Pool,
    *,
    unit_count: int,
    stimuli: str,
    ceiling: CeilingOfMatrices = upper_bound,
) -> Score:
    """Score how similar the dissimilarities of a model are to those of some subjects.

    Parameters
    ----------
    benchmark
        Names the recordings.
    model
        For messages.
    own
        Dissimilarities of the model, in the order of the stimuli of the pool.
    pool
        Responses of the subjects.
    unit_count
        Units of the model.
    stimuli
        Digest of what was shown.
    ceiling
        What the mean is divided by.

    Returns
    -------
    Score
        Mean over subjects of the Spearman correlation r, divided by the ceiling; neither squared nor clipped. The
        published protocol has no error; here it is the deviation of bootstrap values over stimuli and subjects at a
        fixed ceiling. ``details["subjects"]`` has r of every subject, and the lower bound stands in
        ``details["ceiling"]``. NaN, with ``details["notes"]`` that say why, where the published score is.

    Raises
    ------
    DataUnavailable
        When the ceiling is not above 0.
    NoNumber
        When the model tells no two stimuli apart.

    """
    matrices = np.stack([_dissimilarity(each.responses) for each in pool.populations.values()])
    top = ceiling(matrices)
    if top.value <= 0:
        raise DataUnavailable(
            f"Subjects of {benchmark.assembly} have a ceiling of {top.value:.3g}, not above 0: no score can be given."
        )
    defined = ~np.isnan(matrices).any(axis=(1, 2))
    correlations = np.full(len(matrices), np.nan)
    correlations[defined] = [similarity(model, own, each) for each in matrices[defined]]
    raw = float(correlations.mean())
    sizes = {name: each.responses.shape[1] for name, each in pool.populations.items()}
    score = Score(
        value=raw / top.value,
        error=float("nan"),
        raw=raw,
        ceiling=top.value,
        normalisation=NORMALISATION,
        n={
            "stimuli": len(pool.ids),
            "units": unit_count,
            "neuroids": sum(sizes.values()),
            "subjects": len(matrices),
        },
        provenance={"protocol": PROTOCOL_REVISION, "data_sha256": _digest(pool), "stimuli": stimuli},
        details={
            "subjects": {
                name: {"raw": float(value), "neuroids": sizes[name]}
                for name, value in zip(sizes, correlations, strict=True)
            },
            **({} if top.lower is None else {"ceiling": {"upper": top.value, "lower": top.lower}}),
            **({"notes": list(pool.notes)} if pool.notes else {}),
        },
    )
    if not np.isfinite(score.value):
        return score
    shown = units(f"{benchmark.fitting_stimulus_set}+{benchmark.stimulus_set}", "stimulus", pool.ids)
    people = subject_units(benchmark, list(sizes))
    return with_bootstrap_error(score, _scaled(first_order_design(own, matrices, shown, people), top.value), len(own))


def _scaled(design: Design, ceiling: float) -> Design:
    """Return a design whose statistic is the score."""

    def scaled(statistic: Callable[[Weights], FloatArray]) -> Callable[[Weights], FloatArray]:
        return lambda weights: statistic(weights) / ceiling

    levels = tuple(
        level._replace(
            statistic=scaled(level.statistic),
            without=None if level.without is None else _divided(level.without, ceiling),
        )
        for level in design.levels
    )
    return design._replace(levels=levels, joint=None if design.joint is None else scaled(design.joint))


def _divided(values: Callable[[], FloatArray], ceiling: float) -> Callable[[], FloatArray]:
    return lambda: values() / ceiling


def _dissimilarity(responses: Matrix) -> Matrix:
    """Return dissimilarities, NaN where one unit, or a missing response, leaves none."""
    if responses.shape[1] < 2 or np.isnan(responses).any():
        return np.full((len(responses), len(responses)), np.nan)
    return representational_dissimilarity(responses)


def _digest(pool: Pool) -> str:
    text = "\n".join(f"{name} {each.digest}" for name, each in pool.populations.items())
    return hashlib.sha256(text.encode()).hexdigest()
