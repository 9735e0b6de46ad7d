"""What `score` can be told, checked before anything is computed."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pytest_brainscore.benchmarks.own.metric_registry import LABELS, Metric, find_metric, one_of, shipped_metrics
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.metrics.reliability.explained_variance import NORMALISATIONS, PER_NEUROID
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED

_LARGEST_SEED: Final = 2**32 - 1
_EXAMPLES: Final = 3
"""Metrics named that have a setting, where there are many."""
_UNRECORDED: Final = {*LABELS, "splits", "bootstraps"}
"""Settings that are no plain value, or counted in `n`."""


class Chosen(NamedTuple):
    """A metric with its checked settings."""

    metric: Metric
    parameters: Mapping[str, Any]
    """Of the metric, by name, but for labels."""
    labels: Mapping[str, Any]
    """Settings that are labels of stimuli, as they were given."""
    normalisation: str
    seed: int
    least_reliability: float | None
    """Neuroids that are less reliable are left out."""
    provenance: dict[str, str | int | float]
    """What a record says of all this."""


def choose(
    metric: Any,
    given: Mapping[str, Any],
    *,
    normalisation: Any = None,
    seed: Any = DEFAULT_SEED,
    least_reliability: Any = None,
    ratio: bool = False,
) -> Chosen:
    """Check settings; parameters are those of `score`.

    Parameters
    ----------
    metric, normalisation, seed, least_reliability
        As given to `score`.
    given
        All other settings that are not at their defaults, by name.
    ratio
        Whether raw score and ceiling are numbers of one kind, which are divided unless another normalisation is given.

    Raises
    ------
    RecordingError
        When a name is unknown (those that come near are named), a value out of its range, or a parameter of another
        metric is given.

    """
    found = find_metric(metric)
    if normalisation is not None:
        one_of(normalisation, [*NORMALISATIONS, PER_NEUROID], "normalisation")
    for name in given:
        if name not in found.settings:
            _refuse(name, found)
    seed = whole(seed, "seed", 0, _LARGEST_SEED)
    values = {**found.settings, **given}
    if "seed" in values and (not found.foreign or seed != DEFAULT_SEED):
        values["seed"] = seed
    if not found.foreign:
        values = {name: _CHECKS[name](value, name) if name in _CHECKS else value for name, value in values.items()}
    if values.get("folds") is not None and (given.keys() & {"splits", "test_size"}):
        raise RecordingError(
            "Stimuli are dealt into folds or split at random; leave out folds, or splits and test_size."
        )
    least = None if least_reliability is None else _share(least_reliability, "least_reliability")
    recorded = {
        name: value
        for name, value in values.items()
        if name not in _UNRECORDED and isinstance(value, str | int | float) and value is not False
    }
    return Chosen(
        found,
        {name: value for name, value in values.items() if name not in LABELS},
        {name: values[name] for name in LABELS if name in values},
        normalisation or ("r/c" if ratio else found.normalisation),
        seed,
        least,
        {"metric": found.name, "seed": seed, **recorded}
        | ({} if least is None else {"least_reliability": least})
        | found.code,
    )


def whole(value: Any, name: str, least: int, most: int | None = None) -> int:
    """Return a whole number within limits.

    Raises
    ------
    RecordingError
        When it is none, or outside.

    """
    if not _is_whole(value) or int(value) < least or (most is not None and int(value) > most):
        limits = f"from {least} to {most}" if most is not None else f"of {least} or more"
        raise RecordingError(f"{name} is {value!r}; give a whole number {limits}.")
    return int(value)


def _refuse(name: str, metric: Metric) -> None:
    owners = [each.name for each in shipped_metrics() if name in each.settings]
    if owners:
        some = owners if len(owners) <= _EXAMPLES else [*owners[:_EXAMPLES], "another one that has it"]
        mend = f"leave it out, or use {' or '.join(some)}"
    elif metric.settings:
        mend = f"it has {', '.join(metric.settings)}"
    else:
        mend = "it has none"
    raise RecordingError(f"The metric {metric.name} has no parameter {name}; {mend}.")


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and value is not True and value is not False


def _above_zero(value: Any, name: str) -> float:
    if value is True or not isinstance(value, numbers.Real) or not 0 < float(value) < math.inf:
        raise RecordingError(f"{name} is {value!r}; give a finite number above 0.")
    return float(value)


def _share(value: Any, name: str) -> float:
    if value is True or not isinstance(value, numbers.Real) or not 0 <= float(value) < 1:
        raise RecordingError(f"{name} is {value!r}; give a number from 0 to below 1.")
    return float(value)


def _size(value: Any, name: str) -> float | None:
    """Return a fraction as float, or a count as int."""
    if value is None:
        return None
    if _is_whole(value) and int(value) > 0:
        return int(value)
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral) and 0 < float(value) < 1:
        return float(value)
    raise RecordingError(
        f"{name} is {value!r}; give a fraction of the stimuli between 0 and 1, or their number, 1 or more."
    )


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise RecordingError(f"{name} is {value!r}; give True or False.")
    return value


def _level(value: Any, name: str) -> float | str:
    if value == "inflection":
        return "inflection"
    if value is True or not isinstance(value, numbers.Real) or not 0 < float(value) < 1:
        raise RecordingError(f"{name} is {value!r}; give a number between 0 and 1, or 'inflection'.")
    return float(value)


_CHECKS: Final = {
    "components": lambda value, name: whole(value, name, 1),
    "alpha": _above_zero,
    "splits": lambda value, name: whole(value, name, 1),
    "bootstraps": lambda value, name: whole(value, name, 2),
    "folds": lambda value, name: None if value is None else whole(value, name, 2),
    "test_size": _size,
    "scaled": _truth,
    "accuracy": _level,
    "required_accuracy": _share,
}
