"""What `score` can be told, checked before anything is computed."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable
from functools import partial
from typing import Any, Final, NamedTuple

from pytest_brainscore.errors import RecordingError
from pytest_brainscore.metrics.predictivity.neural_predictivity import REGRESSIONS, Regression
from pytest_brainscore.metrics.predictivity.pls import COMPONENTS, predict_pls
from pytest_brainscore.metrics.predictivity.ridge import predict_ridge
from pytest_brainscore.metrics.reliability.explained_variance import NORMALISATIONS
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, DEFAULT_SPLITS

ALPHA: Final = 1.0
"""Penalty of ridge regression in the published system."""
_LARGEST_SEED: Final = 2**32 - 1
_OWNERS: Final = {"components": ("pls",), "alpha": ("ridge", "dual_ridge")}
"""Which metrics have a parameter that not all have."""


class Settings(NamedTuple):
    """Checked settings, as the metrics take them."""

    regression: Regression
    splits: int
    test_size: float | None
    """None for the published nine tenths of the stimuli to fit, rounded down, and the rest to test."""
    seed: int
    provenance: dict[str, str | int | float]
    """What a record says of them."""


def settings(
    metric: Any,
    *,
    components: Any = None,
    alpha: Any = None,
    splits: Any = DEFAULT_SPLITS,
    test_size: Any = None,
    seed: Any = DEFAULT_SEED,
    normalisation: Any = "r^2/c",
) -> Settings:
    """Check settings; parameters are those of `score`.

    Raises
    ------
    RecordingError
        When a name is unknown (those that come near are named), a value out of its range, or a parameter of another
        metric is given.

    """
    one_of(metric, REGRESSIONS, "metric")
    one_of(normalisation, NORMALISATIONS, "normalisation")
    for name, value in (("components", components), ("alpha", alpha)):
        if value is not None and metric not in _OWNERS[name]:
            raise RecordingError(
                f"The metric {metric} has no parameter {name}; leave it out, or use {' or '.join(_OWNERS[name])}."
            )
    provenance: dict[str, str | int | float] = {"metric": metric, "seed": whole(seed, "seed", 0, _LARGEST_SEED)}
    regression: Regression = REGRESSIONS[metric]
    if metric in _OWNERS["components"]:
        provenance["components"] = COMPONENTS if components is None else whole(components, "components", 1)
        regression = partial(predict_pls, components=int(provenance["components"]))
    if metric in _OWNERS["alpha"]:
        provenance["alpha"] = ALPHA if alpha is None else _above_zero(alpha, "alpha")
        regression = partial(predict_ridge, alpha=float(provenance["alpha"]))
    size = None if test_size is None else _size(test_size)
    if size is not None:
        provenance["test_size"] = size
    return Settings(regression, whole(splits, "splits", 1), size, int(provenance["seed"]), provenance)


def one_of(value: Any, choices: Iterable[str], what: str) -> None:
    """Check that a value is one of some names.

    Raises
    ------
    RecordingError
        When it is not; the sentence names the near ones and all.

    """
    names = list(choices)
    if isinstance(value, str) and value in names:
        return
    near = difflib.get_close_matches(value.strip().lower(), names, n=1) if isinstance(value, str) else []
    meant = f" (did you mean {near[0]}?)" if near else ""
    raise RecordingError(f"There is no {what} {value!r}; use one of {', '.join(names)}{meant}.")


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


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and value is not True and value is not False


def _above_zero(value: Any, name: str) -> float:
    if value is True or not isinstance(value, numbers.Real) or not 0 < float(value) < math.inf:
        raise RecordingError(f"{name} is {value!r}; give a finite number above 0.")
    return float(value)


def _size(value: Any) -> float:
    """Return a fraction as float, or a count as int."""
    if _is_whole(value) and int(value) > 0:
        return int(value)
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral) and 0 < float(value) < 1:
        return float(value)
    raise RecordingError(
        f"test_size is {value!r}; give a fraction of the stimuli between 0 and 1, or their number, 1 or more."
    )
