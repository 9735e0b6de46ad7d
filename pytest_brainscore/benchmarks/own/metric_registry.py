"""Every metric that `score` knows by name: what it takes, its settings, and where it is. Light to list.

Those of other packages come from entry points of the group ``pytest_brainscore.metrics``, in their ``pyproject.toml``::

    [project.entry-points."pytest_brainscore.metrics"]
    my_metric = "my_package:my_metric"

where ``my_metric(features, recording, *, ...)`` takes arrays (stimulus, unit) and (stimulus, neuroid) of the same
stimuli and returns a number, one for each neuroid, one for each split and neuroid, or a Score. Keyword parameters with
a default are its settings. They are loaded when they are used.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, Final

from pytest_brainscore.benchmarks.code_digest import code_digest
from pytest_brainscore.errors import RecordingError

GROUP: Final = "pytest_brainscore.metrics"
"""Of the entry points of other packages."""
LABELS: Final = ("stratify", "background", "domain", "test")
"""Settings that are one label for each stimulus, or the name of a coordinate that has them."""


@dataclass(frozen=True, eq=False)
class Metric:
    """A metric that compares features with a recording."""

    name: str
    """By which it is asked for and recorded."""
    takes: str
    """What it compares, in a few words."""
    compare: str | Callable[..., Any]
    """``"module:function"``, or the function ``(features, recording, **settings)`` itself."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Names and default values of what it can be told."""
    normalisation: str = "r/c"
    """How its score follows from the correlation and the ceiling unless asked otherwise."""
    represent: str | None = None
    """``"module:function"`` that makes responses a matrix (stimulus, stimulus), where matrices are compared."""
    diagonal: float = 0.0
    """Of such a matrix."""
    among: str | None = None
    """``"module:function"`` of what the matrix of each subject has in common with those of the others."""
    consistency: str | None = None
    """``"module:function"``, the reliabilities (split, neuroid) of repetitions, where neuroids are compared; None where
    populations are, whose repetitions are halved and compared by the metric itself."""
    reads: str = "responses"
    """What features are: responses, or trials of a task."""
    foreign: bool = False
    """Whether somebody else's code compares."""

    @property
    def code(self) -> dict[str, str]:
        """What a record says of somebody else's code, so that scores of other code are not compared with it."""
        return {"metric_code": code_digest(self.compare)} if self.foreign else {}

    def function(self, which: str = "compare") -> Callable[..., Any]:
        """Return what compares, or another function by the name of its field."""
        found = getattr(self, which)
        if not isinstance(found, str):
            return found  # type: ignore[no-any-return]
        module, name = found.split(":")
        return getattr(import_module(module), name)  # type: ignore[no-any-return]


_HERE: Final = "pytest_brainscore.benchmarks.own.comparing.comparisons"
_FIXED: Final = "pytest_brainscore.benchmarks.own.comparing.fixed"
_METRICS: Final = "pytest_brainscore.metrics"
_DRAWN: Final = {"splits": 10, "test_size": None, "seed": 1, "stratify": None}
_FITTED: Final = {**_DRAWN, "folds": None, "background": None, "scaled": False}


def _regression(name: str, function: str, takes: str, **settings: Any) -> Metric:
    consistency = "predictor_consistency" if name.startswith("reverse") else "internal_consistency"
    return Metric(
        name,
        takes,
        f"{_HERE}:{function}",
        MappingProxyType({**settings, **_FITTED}),
        "r^2/c",
        consistency=f"{_METRICS}.reliability.internal_consistency:{consistency}",
    )


def _split(name: str, function: str, takes: str, **settings: Any) -> Metric:
    return Metric(
        name,
        f"{takes}, stimuli that are fitted and others that are tested",
        f"{_FIXED}:{function}",
        MappingProxyType({**settings, "test": None}),
        "r^2/c",
        consistency=f"{_METRICS}.reliability.internal_consistency:internal_consistency",
    )


def _matrices(name: str, diagonal: float, takes: str) -> Metric:
    return Metric(
        name,
        takes,
        f"{_HERE}:{name}",
        MappingProxyType({"seed": 1, "bootstraps": 1000}),
        represent=f"{_HERE}:{name}_of_responses",
        diagonal=diagonal,
        among=f"{_HERE}:{name}_among_subjects",
    )


_SHIPPED: Final = {
    metric.name: metric
    for metric in (
        _regression("pls", "pls", "partial least squares, the published neural predictivity", components=25),
        _regression("ridge", "ridge", "ridge regression with one penalty", alpha=1.0),
        _regression("ridgecv", "ridgecv", "ridge regression, the penalty chosen by leaving stimuli out", alphas=None),
        _regression("dual_ridge", "ridge", "ridge, by the name of its dual form", alpha=1.0),
        _regression("dual_ridgecv", "ridgecv", "ridgecv, by the name of its dual form", alphas=None),
        _regression("linear_predictivity", "linear", "least squares"),
        _regression("linear", "linear", "linear_predictivity, in short"),
        _regression("neuron_to_neuron", "neuron_to_neuron", "the unit with the largest correlation"),
        _regression("reverse_pls", "reverse_pls", "neuroids predict units by partial least squares", components=25),
        _split("ridge_split", "ridge_split", "ridge", alpha=1.0),
        _split("dual_ridge_split", "ridge_split", "ridge by the name of its dual form", alpha=1.0),
        _split("ridgecv_split", "ridgecv_split", "ridge with a chosen penalty", alphas=None),
        _split("dual_ridgecv_split", "ridgecv_split", "the same by the name of its dual form", alphas=None),
        _split("pls_split", "pls_split", "partial least squares", components=25),
        _split("linear_predictivity_split", "linear_split", "least squares"),
        _split("neuron_to_neuron_split", "neuron_to_neuron_split", "the unit with the largest correlation"),
        _matrices("rdm", 0.0, "dissimilarities of stimuli, by rank (RSA)"),
        _matrices("rsm", 1.0, "similarities of stimuli over the most responsive units"),
        Metric(
            "rdm_cv",
            "dissimilarities of stimuli in random parts of nine tenths",
            f"{_HERE}:rdm_cv",
            MappingProxyType({**_DRAWN, "test_size": 0.9}),
        ),
        Metric("cka", "centred kernel alignment, unbiased", f"{_HERE}:aligned", MappingProxyType({"seed": 1})),
        Metric(
            "cka_biased", "centred kernel alignment, biased", f"{_HERE}:aligned_biased", MappingProxyType({"seed": 1})
        ),
        Metric(
            "cka_cv",
            "centred kernel alignment in random parts of nine tenths",
            f"{_HERE}:cka_cv",
            MappingProxyType({**_DRAWN, "test_size": 0.9}),
        ),
        Metric(
            "object_readout",
            "accuracy of objects read out of features, between two alternatives",
            f"{_HERE}:readout",
            MappingProxyType({"splits": 10, "test_size": None, "seed": 1, "stratify": None, "domain": None}),
        ),
        Metric(
            "threshold",
            "trials (strength, correct) against thresholds of subjects",
            "pytest_brainscore.benchmarks.own.comparing.thresholds:threshold_of_trials",
            MappingProxyType({"accuracy": "inflection", "required_accuracy": 0.6}),
            reads="trials",
        ),
        Metric(
            "threshold_elevation",
            "trials (strength, correct, condition) against elevations of thresholds of subjects",
            "pytest_brainscore.benchmarks.own.comparing.thresholds:elevation_of_trials",
            MappingProxyType({"accuracy": "inflection", "required_accuracy": 0.6}),
            reads="trials",
        ),
    )
}


def metric_names() -> list[str]:
    """Return the names of all metrics, shipped ones first, without loading any."""
    return [*_SHIPPED, *sorted(set(_of_packages()) - set(_SHIPPED))]


def shipped_metrics() -> tuple[Metric, ...]:
    """Return the metrics of this package."""
    return tuple(_SHIPPED.values())


def find_metric(metric: Any) -> Metric:
    """Return a metric by its name, or one that is a function of the caller's.

    Raises
    ------
    RecordingError
        When there is none of that name (those that come near are named), two packages have the name, or the package
        that has it cannot be loaded.

    """
    if callable(metric):
        return _of_function(getattr(metric, "__name__", type(metric).__name__), metric)
    if isinstance(metric, str) and metric in _SHIPPED:
        _refuse_second(metric)
        return _SHIPPED[metric]
    found = _of_packages().get(metric, ()) if isinstance(metric, str) else ()
    if not found:
        one_of(metric, metric_names(), "metric", " or a function (features, recording)")
    if len(found) > 1:
        places = " and ".join(f"{entry.value} of {_package(entry)}" for entry in found)
        raise RecordingError(f"The metric {metric} is defined twice, by {places}; uninstall one, or give the function.")
    return _load(found[0])


def one_of(value: Any, choices: list[str], what: str, besides: str = "") -> None:
    """Check that a value is one of some names.

    Raises
    ------
    RecordingError
        When it is not; the sentence names the near ones and all.

    """
    if isinstance(value, str) and value in choices:
        return
    word = value.strip().lower() if isinstance(value, str) else ""
    near = [word] if word in choices else difflib.get_close_matches(word, choices, n=2)
    meant = f" (did you mean {' or '.join(near)}?)" if near else ""
    raise RecordingError(f"There is no {what} {value!r}; use one of {', '.join(choices)}{besides}{meant}.")


@cache
def _of_packages() -> Mapping[str, tuple[EntryPoint, ...]]:
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for entry in entry_points(group=GROUP):
        others = found.get(entry.name, ())
        if entry.value not in [each.value for each in others]:  # one package can be on the path twice
            found[entry.name] = (*others, entry)
    return found


def _refuse_second(name: str) -> None:
    for entry in _of_packages().get(name, ()):
        raise RecordingError(
            f"The metric {name} is one of pytest-brainscore, and {_package(entry)} defines it, too ({entry.value}); "
            "that package must give it another name."
        )


def _load(entry: EntryPoint) -> Metric:
    try:
        found = entry.load()
    except Exception as error:
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else "no reason given"
        raise RecordingError(
            f"The metric {entry.name} of the package {_package(entry)} cannot be loaded from {entry.value} "
            f"({type(error).__name__}: {reason}); mend or uninstall that package."
        ) from error
    if not callable(found):
        raise RecordingError(
            f"The metric {entry.name} of the package {_package(entry)} is of type {type(found).__name__}; "
            f"{entry.value} must be a function (features, recording)."
        )
    return _of_function(entry.name, found)


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "an unknown package"


def _of_function(name: str, function: Callable[..., Any]) -> Metric:
    """Return a metric of a function, whose keyword parameters with a default are its settings."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[2:]
    except (TypeError, ValueError):  # some functions that are not written in Python have none
        parameters = []
    settings = {each.name: each.default for each in parameters if each.default is not each.empty}
    return Metric(name, "what its function compares", function, settings, foreign=True)
