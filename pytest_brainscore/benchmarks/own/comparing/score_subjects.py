"""Score a recording subject by subject: join, measure, relate to a ceiling, and put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.own.comparing.ceiling import require_positive
from pytest_brainscore.benchmarks.own.comparing.joined import Joined, joined, labels_of
from pytest_brainscore.benchmarks.own.comparing.measured import Measured, measured, to_score
from pytest_brainscore.benchmarks.own.comparing.settings import Chosen
from pytest_brainscore.benchmarks.own.comparing.subject_ceilings import (
    Ceiling,
    Compare,
    ceilings_among_subjects,
    given_ceiling,
    is_among_subjects,
)
from pytest_brainscore.benchmarks.own.comparing.subjects import Part, combine, read_parts
from pytest_brainscore.data.joining.matrices import Matrix, read_matrix
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.reliability.reliable_neuroids import reliable_neuroids
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.scoring.score import Score

_Result = TypeVar("_Result")


def score_subjects(features: Any, recording: Any, subject: Any, chosen: Chosen, ceiling: Any) -> Score:
    """Score features against a recording; parameters are those of `score`, with checked settings."""
    labels = [each for each in (subject, *chosen.labels.values()) if isinstance(each, str)]
    given = read_matrix(features, "features", labels)
    parts = read_parts(recording, subject, labels, chosen.metric)
    joins = [_joined(given, part, chosen) for part in parts]
    compares = [_comparison(chosen, part, each) for part, each in zip(parts, joins, strict=True)]
    tops: Sequence[Ceiling | None] = [None] * len(parts)
    if ceiling is not None and is_among_subjects(ceiling):
        tops, ceiling = ceilings_among_subjects(parts, joins, chosen, compares), None
    scores = [
        _score(part, each, chosen, compare, top, ceiling)
        for part, each, compare, top in zip(parts, joins, compares, tops, strict=True)
    ]
    return combine(parts, scores)


def _joined(features: Matrix, part: Part, chosen: Chosen) -> Joined:
    found = joined(features, part.recording, square=part.square)
    if chosen.metric.represent is None or part.square:
        return found
    represent = chosen.metric.function("represent")
    return replace(found, target=_one_sentence(chosen, lambda: represent(found.target)))


def _comparison(chosen: Chosen, part: Part, join: Joined) -> Compare:
    """Return the metric with its settings and the labels of one subject."""
    found = labels_of(chosen.labels, part.recording, part.rows, part.total)
    labels = {name: None if each is None else each[join.stimuli] for name, each in found.items()}
    function = chosen.metric.function()

    def compare(features: NDArray[Any], target: NDArray[Any]) -> Measured | Score:
        result = _one_sentence(chosen, lambda: function(features, target, **chosen.parameters, **labels))
        return result if isinstance(result, Score) else measured(result, target.shape[1], chosen.metric.name)

    return compare


def _score(
    part: Part, join: Joined, chosen: Chosen, compare: Compare, top: Ceiling | None, ceiling: Any
) -> Score | NoNumber:
    """Return the score of one subject, or why there is none where there are others."""
    if chosen.least_reliability is not None:
        join, top = _reliable(part, join, chosen, ceiling)
    found = compare(join.features, join.target)
    if isinstance(found, Score):
        if ceiling is not None or top is not None:
            raise RecordingError(
                f"The metric {chosen.metric.name} returned a Score, which has a ceiling of its own; leave out ceiling."
            )
        return found
    if ceiling is not None and top is None:
        top = _one_sentence(chosen, lambda: given_ceiling(ceiling, part, join, chosen, found, compare))
    if top is not None:
        require_positive(top.value)
    try:
        return to_score(found, top, chosen, join)
    except NoNumber as error:
        if part.subject is None:
            raise
        return error


def _reliable(part: Part, join: Joined, chosen: Chosen, ceiling: Any) -> tuple[Joined, Ceiling]:
    """Leave out neuroids that are not reliable enough."""
    top, least = None, chosen.least_reliability or 0.0
    if chosen.metric.consistency is not None and ceiling is not None:
        top = _one_sentence(chosen, lambda: given_ceiling(ceiling, part, join, chosen, None, None))
    if top is None or top.reliabilities is None or top.reliabilities.shape[1] != join.target.shape[1]:
        raise RecordingError(
            "least_reliability chooses neuroids by the repetitions of the ceiling, or one number for each, and is of "
            "metrics that are fitted to neuroids; give such a ceiling, or leave it out."
        )
    kept = np.flatnonzero(reliable_neuroids(top.reliabilities, threshold=least))
    if not kept.size:
        raise NoNumber(f"No neuroid of the recording has a reliability above {least:g}; ask for less.")
    reliabilities = np.ascontiguousarray(top.reliabilities[:, kept])
    left = replace(join, target=np.ascontiguousarray(join.target[:, kept]), neuroids=join.neuroids[kept])
    return left, Ceiling(aggregate_splits(reliabilities).value, reliabilities)


def _one_sentence(chosen: Chosen, call: Callable[[], _Result]) -> _Result:
    """Call what says in a ValueError what is wrong with its input; code of others keeps its errors."""
    if chosen.metric.foreign:
        return call()
    try:
        return call()
    except ValueError as error:
        raise RecordingError(str(error)) from error
