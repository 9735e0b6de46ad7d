"""The ceiling of every subject: what was given, what repetitions say of one another, or what other subjects do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.own.comparing.ceiling import (
    read_ceiling,
    reliability,
    require_positive,
    warn_of_equal,
)
from pytest_brainscore.benchmarks.own.comparing.dissimilarities import SUBJECT, read_pairs
from pytest_brainscore.benchmarks.own.comparing.joined import Joined
from pytest_brainscore.benchmarks.own.comparing.measured import Measured
from pytest_brainscore.benchmarks.own.comparing.settings import Chosen
from pytest_brainscore.benchmarks.own.comparing.subjects import Part, aligned_pairs
from pytest_brainscore.benchmarks.own.metric_registry import Metric
from pytest_brainscore.data.joining.matrices import is_data_array, is_named
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, shuffle_splits
from pytest_brainscore.scoring.score import Score

FloatArray = NDArray[np.float64]
Compare = Callable[[NDArray[Any], NDArray[Any]], Measured | Score]
"""The metric with its settings and the labels of one subject."""


class Ceiling(NamedTuple):
    """The ceiling of one subject."""

    value: float
    reliabilities: FloatArray | None = None
    """Of its neuroids, (split, neuroid) in the order that everything is computed in; None where there are none."""
    lower_bound: bool = False
    """Whether a model may well surpass it."""


def given_ceiling(
    given: Any, part: Part, joined: Joined, chosen: Chosen, found: Measured | None, compare: Compare | None
) -> Ceiling:
    """Return the ceiling of one subject from numbers, repetitions, or matrices of others.

    Parameters
    ----------
    given
        As given to `score`; by subject in a mapping, or labelled, where there are several.
    part, joined
        The subject.
    chosen, found, compare
        The metric, what it measured, and itself; None before it measured, for those that are fitted to neuroids.

    Raises
    ------
    RecordingError
        When the ceiling does not fit.
    NoNumber
        When populations do not resemble themselves.

    """
    metric = chosen.metric
    whole = part.whole
    if part.subject is not None and (whole is None or _is_by_subject(given, part.subject)):
        given, whole = _of_subject(given, part.subject), None
    if metric.among is not None:
        pairs = read_pairs(given, metric.diagonal, "ceiling") if np.ndim(given) != 0 or is_named(given) else None
        if pairs:
            return Ceiling(_of_others([each for _, each in pairs], part, metric), lower_bound=True)
    if part.square and not _is_number(given):
        raise RecordingError(
            f"The recording of the metric {metric.name} is a matrix of pairs of stimuli, whose ceiling is a number, or "
            "the matrices of several subjects (subject, stimulus, stimulus)."
        )
    read = read_ceiling(given, whole or part.recording)
    if whole is not None and read.shape[-1] > 1:
        read = read[..., part.columns]
    if _is_number(given):
        return Ceiling(aggregate_splits(read).value, read)
    by_neuroid = metric.foreign and found is not None and "neuroid" in found.dims
    if metric.consistency is None and not by_neuroid and compare is not None:
        if read.ndim == 2:
            raise RecordingError(
                f"The metric {metric.name} compares populations, of which a ceiling for each neuroid says nothing; "
                'give a number, repetitions, or ceiling="subjects".'
            )
        return Ceiling(_of_halves(read, joined, chosen, compare), lower_bound=True)
    consistency = metric.function("consistency") if metric.consistency else internal_consistency
    seed = None if chosen.seed == DEFAULT_SEED else chosen.seed  # each has a published one
    values = reliability(read, (joined.stimuli, joined.neuroids), seed, consistency)
    return Ceiling(aggregate_splits(values).value, values)


def ceilings_among_subjects(
    parts: Sequence[Part], joins: Sequence[Joined], chosen: Chosen, compares: Sequence[Compare]
) -> list[Ceiling]:
    """Return what the other subjects say of each: what no model need surpass to be one of them.

    Matrices of pairs of stimuli are compared with the mean of those of the others: the lower bound of Nili et al.
    (2014), doi 10.1371/journal.pcbi.1003553, subject by subject. Else the metric takes the neuroids of all others for
    features: consistency between animals, as Feather et al. (2025), arXiv 2502.16238, ask for.

    Raises
    ------
    RecordingError
        When there are fewer than two subjects, their stimuli differ, or the metric cannot take the others as features.
    NoNumber
        When a subject has nothing in common with the others.

    """
    if len(parts) < 2:
        raise RecordingError(
            'ceiling="subjects" needs the recordings of two or more subjects; tell them by a coordinate "subject" of '
            "the neuroids, or by subject."
        )
    _require_same_stimuli(parts, joins)
    if chosen.metric.among is not None:
        tops = chosen.metric.function("among")(np.stack([each.target for each in joins]))
    else:
        tops = []
        for place, (part, compare) in enumerate(zip(parts, compares, strict=True)):
            others = np.hstack([each.target for number, each in enumerate(joins) if number != place])
            try:
                tops.append(compare(np.ascontiguousarray(others), joins[place].target).raw)
            except (ValueError, RecordingError, NoNumber) as error:
                raise RecordingError(f"The others give no ceiling for subject {part.subject}: {error}") from error
    return [
        Ceiling(require_positive(float(top), f"similarity of subject {part.subject} to the others"), lower_bound=True)
        for part, top in zip(parts, tops, strict=True)
    ]


def is_among_subjects(given: Any) -> bool:
    """Tell whether other subjects are the ceiling; no other word is one.

    Raises
    ------
    RecordingError
        When it is another word.

    """
    if isinstance(given, str) and given != "subjects":
        raise RecordingError(
            f'The ceiling {given!r} is of type str, and the only such one is "subjects"; give that, a number, one for '
            "each neuroid, or repetitions."
        )
    return isinstance(given, str)


def _is_by_subject(given: Any, subject: Any) -> bool:
    return isinstance(given, Mapping) and not is_named(given) and subject in given


def _is_number(given: Any) -> bool:
    return not is_named(given) and not isinstance(given, list | tuple | Mapping) and np.ndim(given) == 0


def _of_subject(given: Any, subject: Any) -> Any:
    """Return what of a ceiling is one subject's; all of it where it tells no subjects."""
    if isinstance(given, Mapping) and not is_named(given):
        if subject not in given:
            raise RecordingError(f"The ceiling has no subject {subject!r}; give one for each, or one for all.")
        return given[subject]
    if is_data_array(given) and SUBJECT in given.coords and given[SUBJECT].ndim == 1:
        (dimension,) = given[SUBJECT].dims
        kept = np.flatnonzero(given[SUBJECT].values == subject)
        return given.isel({dimension: kept[0] if dimension == SUBJECT and kept.size else kept})
    if is_named(given) and hasattr(given, "columns"):
        if SUBJECT in given.columns:
            return given[given[SUBJECT] == subject].drop(columns=SUBJECT)
        if SUBJECT in given.index.names:
            return given.xs(subject, level=SUBJECT)
    return given


def _of_others(matrices: Sequence[Any], part: Part, metric: Metric) -> float:
    if len(matrices) < 2:
        raise RecordingError("The matrix of one subject is no ceiling; give those of two or more, or a number.")
    if len(matrices[0].values) != len(part.recording.values):
        raise RecordingError(
            f"The ceiling has {len(matrices[0].values)} stimuli and the recording {len(part.recording.values)}; give "
            "the same ones."
        )
    tops = metric.function("among")(aligned_pairs(matrices))
    return require_positive(float(np.mean(tops)), "mean similarity of subjects to the others")


def _of_halves(repetitions: FloatArray, joined: Joined, chosen: Chosen, compare: Compare) -> float:
    """Compare halves of the repetitions with one another by the metric itself: a lower bound, as halves are noisier."""
    if len(repetitions) < 2:
        raise RecordingError(
            "A recording with one repetition has no ceiling: give two or more repetitions of the stimuli."
        )
    ordered = repetitions[:, joined.stimuli][:, :, joined.neuroids]
    tops = []
    for split in shuffle_splits(len(ordered), train_size=0.5, seed=chosen.seed):
        halves = [_mean(ordered[each]) for each in split]
        if chosen.metric.among is not None:
            represent = chosen.metric.function("represent")
            tops.append(float(chosen.metric.function("among")(np.stack([represent(each) for each in halves]))[0]))
        else:
            tops.append(compare(halves[0], halves[1]).raw)
    top = float(np.mean(tops))
    warn_of_equal(repetitions, top)
    return require_positive(top, "similarity of one half of the repetitions to the other")


def _mean(half: FloatArray) -> FloatArray:
    present = ~np.isnan(half)
    counts = present.sum(axis=0)
    if not counts.all():
        raise RecordingError(
            "A stimulus has no response in one half of the repetitions; give repetitions without NaN, or a number."
        )
    mean: FloatArray = np.where(present, half, 0).sum(axis=0) / counts
    return mean


def _require_same_stimuli(parts: Sequence[Part], joins: Sequence[Joined]) -> None:
    names = [
        part.recording.rows and [part.recording.rows.values[p] for p in each.stimuli]
        for part, each in zip(parts, joins, strict=True)
    ]
    if any(each != names[0] for each in names) or len({len(each.target) for each in joins}) > 1:
        raise RecordingError(
            'Subjects were shown different stimuli, so ceiling="subjects" cannot compare them; keep those that all of '
            "them were shown."
        )
