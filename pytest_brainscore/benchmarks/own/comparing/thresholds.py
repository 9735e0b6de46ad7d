"""Thresholds of a model, from the trials of a task, against those of subjects."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.own.comparing.settings import Chosen
from pytest_brainscore.benchmarks.own.comparing.subject_ceilings import is_among_subjects
from pytest_brainscore.data.joining.numbers import as_numbers
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.behavior.threshold import (
    Threshold,
    threshold,
    threshold_ceiling,
    threshold_elevation,
    threshold_elevation_ceiling,
    threshold_score,
)
from pytest_brainscore.metrics.reliability.explained_variance import NORMALISATIONS
from pytest_brainscore.scoring.score import Score

BASELINE, TEST = "baseline", "test"
_COLUMNS: Final = ("strength", "correct")


def score_trials(trials: Any, targets: Any, chosen: Chosen, ceiling: Any) -> Score:
    """Score the threshold of trials against those of subjects; see `score`.

    Raises
    ------
    RecordingError
        When trials or targets lack a column, or have values out of range.
    NoNumber
        When there is no ceiling above 0.

    """
    import xarray

    elevated = chosen.metric.name == "threshold_elevation"
    baselines, goals = _targets(targets, elevated=elevated)
    try:
        compared = goals if baselines is None else goals / baselines
        threshold_score(1.0, compared)  # says what is wrong with targets before anything is fitted
        top = 1.0
        if ceiling is not None and is_among_subjects(ceiling):
            top = (
                threshold_ceiling(goals) if baselines is None else threshold_elevation_ceiling(baselines, goals)
            ).value
        elif ceiling is not None:
            top = _number(ceiling)
        values, failure, counts = chosen.metric.function()(trials, **chosen.parameters)
        found = threshold_score(values, compared)
    except ValueError as error:
        raise RecordingError(str(error)) from error
    if not top > 0:
        raise NoNumber(f"The similarity of subjects to one another is {top:.3g}, not above 0: no score can be given.")
    normalised = NORMALISATIONS[chosen.normalisation](found.value, top, found.error)
    raw = xarray.DataArray(found.raw, dims=("subject",)).assign_attrs(threshold=values, failure=failure or "")
    return Score(
        value=normalised.value,
        error=normalised.error if goals.size > 1 else float("nan"),
        raw=found.value,
        ceiling=top,
        normalisation="r" if ceiling is None else normalised.normalisation,
        n={"trials": counts, "subjects": int(goals.size)},
        provenance={name: value for name, value in chosen.provenance.items() if name != "seed"},
        values=raw,
    )


def threshold_of_trials(trials: Any, *, accuracy: Any, required_accuracy: float) -> tuple[float, str | None, int]:
    """Return the threshold of trials (``strength``, ``correct``), why there is none, and the number of trials."""
    strength, correct = _columns(trials, _COLUMNS)
    found = threshold(strength, _truths(correct), accuracy, required_accuracy=required_accuracy)
    return found.value, found.failure, len(strength)


def elevation_of_trials(trials: Any, *, accuracy: Any, required_accuracy: float) -> tuple[float, str | None, int]:
    """Return the elevation between the trials whose ``condition`` is ``baseline`` and those where it is ``test``."""
    strength, correct, condition = _columns(trials, (*_COLUMNS, "condition"))
    others = sorted(set(map(str, condition.tolist())) - {BASELINE, TEST})
    if others:
        raise RecordingError(f"The trials have the condition {others[0]!r}; give {BASELINE!r} or {TEST!r} for each.")
    of = [(strength[condition == name], _truths(correct)[condition == name]) for name in (BASELINE, TEST)]
    found = threshold_elevation(of[0], of[1], accuracy, required_accuracy=(required_accuracy, required_accuracy))
    return found.value, _failure(found.baseline) or _failure(found.test), len(strength)


def _failure(found: Threshold) -> str | None:
    return found.failure


def _columns(trials: Any, names: tuple[str, ...]) -> list[NDArray[Any]]:
    try:
        return [np.asarray(trials[name]) for name in names]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise RecordingError(
            f"Trials are a table with the columns {', '.join(names)}, one row for each trial; give a DataFrame or a "
            "mapping that has them."
        ) from error


def _truths(correct: NDArray[Any]) -> NDArray[np.bool_]:
    if correct.dtype != np.bool_ and not np.isin(correct, (0, 1)).all():
        raise RecordingError("The column correct of the trials must be true or false, 1 or 0.")
    return correct.astype(np.bool_)


def _targets(targets: Any, *, elevated: bool) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
    """Return thresholds of the subjects in the baseline condition (None for plain thresholds), and to compare with."""
    if elevated and (hasattr(targets, "keys") or hasattr(targets, "columns")):
        baseline, test = _columns_of_targets(targets)
        return baseline, test
    values = np.asarray(as_numbers(targets, "thresholds"), dtype=np.float64).ravel()
    return (np.ones(values.size) if elevated else None), values


def _columns_of_targets(targets: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    try:
        baseline, test = (np.asarray(targets[name], dtype=np.float64) for name in (BASELINE, TEST))
    except (KeyError, TypeError, ValueError) as error:
        raise RecordingError(
            f"The thresholds of subjects lack {BASELINE} or {TEST}; give both, one row for each subject, or elevations."
        ) from error
    return baseline, test


def _number(ceiling: Any) -> float:
    if np.ndim(ceiling) == 0 and not isinstance(ceiling, bool) and 0 < float(ceiling) <= 1:
        return float(ceiling)
    raise RecordingError(f'The ceiling is {ceiling!r}; give a number above 0 and at most 1, or "subjects".')
