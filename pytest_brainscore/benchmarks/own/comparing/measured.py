"""What a metric measured, whatever its form, and the score that becomes of it with a ceiling."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.own.comparing.recording_warning import warn
from pytest_brainscore.benchmarks.own.comparing.sampled import Sampled, with_sampled
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.reliability.explained_variance import (
    NORMALISATIONS,
    PER_NEUROID,
    NormalisedScore,
    neuroid_explained_variance,
)
from pytest_brainscore.metrics.shared.aggregation import (
    FEWEST_FOR_ERROR,
    SplitScore,
    aggregate_splits,
    defined_mean,
)
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.benchmarks.own.comparing.joined import Joined
    from pytest_brainscore.benchmarks.own.comparing.settings import Chosen
    from pytest_brainscore.benchmarks.own.comparing.subject_ceilings import Ceiling

_LARGEST: Final = 1e100
"""Beyond, squares and their products leave float64."""


class Measured(NamedTuple):
    """A number before a ceiling, with what it came from."""

    raw: float
    error: float
    """NaN where there is none."""
    values: NDArray[np.float64] | None = None
    """Less aggregated numbers."""
    dims: tuple[str, ...] = ()
    """Names of their dimensions."""
    counts: Mapping[str, int] = MappingProxyType({})
    """Further counts for `n`, by name."""
    sampled: Sampled | None = None
    """What it generalises over, for bootstrap values; None where there are none."""


def measured(result: Any, neuroids: int, metric: str) -> Measured:
    """Bring what a metric returned into one form.

    Parameters
    ----------
    result
        A number; one for each neuroid, of which the median counts; one for each split and neuroid, aggregated as
        published; or a `Measured` or a `SplitScore`.
    neuroids
        Their number.
    metric
        For messages.

    Raises
    ------
    RecordingError
        When it is something else.

    """
    if isinstance(result, Measured):
        return result
    if not isinstance(result, SplitScore):
        try:
            values = np.empty((0, 0, 0)) if result is None else np.asarray(result, dtype=np.float64)
        except (TypeError, ValueError):
            values = np.empty((0, 0, 0))
        if values.ndim == 0:
            return Measured(float(values), math.nan)
        if values.ndim == 1 and values.size == neuroids:
            found = aggregate_splits(values[np.newaxis])
            return Measured(found.value, math.nan, values, ("neuroid",), found.counts())
        if values.ndim != 2 or values.shape[1] != neuroids or not len(values):
            shape = f" of shape {np.shape(result)}" if values.ndim < 3 else ""
            raise RecordingError(
                f"The metric {metric} returned a {type(result).__name__}{shape}; it must return a number, one for each "
                f"of {neuroids} neuroids, one for each split and neuroid, or a Score."
            )
        result = aggregate_splits(values)
    error = result.error if len(result.medians) > 1 else math.nan
    return Measured(result.value, error, result.values, ("split", "neuroid"), result.counts())


def to_score(found: Measured, ceiling: Ceiling | None, chosen: Chosen, joined: Joined) -> Score:
    """Return the score of one subject.

    Raises
    ------
    NoNumber
        When the metric has no number.
    RecordingError
        When the ceiling does not have what the normalisation needs.

    """
    if math.isnan(found.raw):
        raise NoNumber(_why_no_number(found, chosen, joined))
    counts = _counts(found, joined)
    undefined = counts.get("undefined_neuroids", 0)
    if undefined:
        warn(
            f"{undefined} of {counts['neurons']} neuroids have no correlation, as they or their predictions do not "
            "vary over the tested stimuli; they are left out of the median."
        )
    splits = counts.get("splits", FEWEST_FOR_ERROR)
    error = math.nan if splits == 1 or math.isnan(found.error) else found.error
    if 1 < splits < FEWEST_FOR_ERROR:
        warn(f"The error is estimated from {splits} splits alone; take {FEWEST_FOR_ERROR} or more to trust it.")
    common: dict[str, Any] = {
        "raw": found.raw,
        "n": counts,
        "provenance": chosen.provenance,
        "values": _labelled(found, joined),
    }
    if ceiling is None:
        score = Score(value=found.raw, error=error, ceiling=1.0, normalisation="r", **common)
        return with_sampled(score, found.sampled, joined)
    top = ceiling.value
    if chosen.normalisation == PER_NEUROID:
        normalised = _neuroid_by_neuroid(found, ceiling)
    else:
        normalised = NORMALISATIONS[chosen.normalisation](found.raw, top, error)
    if normalised.value > 1 and not ceiling.lower_bound:
        warn(
            f"The score is {normalised.value:.3f}, above 1: features predict the recording better (r = {found.raw:.3f})"
            f" than its ceiling allows (c = {top:.3f}); check that the ceiling belongs to this recording."
        )
    score = Score(
        value=normalised.value,
        error=math.nan if math.isnan(error) else normalised.error,  # one object, so that equal scores are equal
        ceiling=top,
        normalisation=normalised.normalisation,
        unclipped=normalised.sign_lost,
        **common,
    )
    return with_sampled(score, found.sampled, joined)


def _neuroid_by_neuroid(found: Measured, ceiling: Ceiling) -> NormalisedScore:
    """Return the mean over neuroids of their explained variance, with its standard error over splits."""
    if found.values is None or found.dims[-1:] != ("neuroid",) or ceiling.reliabilities is None:
        raise RecordingError(
            f"The normalisation {PER_NEUROID} is of metrics with a number for each neuroid, and needs repetitions, or "
            "one reliability for each, as the ceiling; give another one."
        )
    values = np.atleast_2d(found.values)
    reliabilities = np.broadcast_to(ceiling.reliabilities, (len(ceiling.reliabilities), values.shape[1]))
    value = _mean(neuroid_explained_variance(defined_mean(values.T), reliabilities))
    by_split = [_mean(neuroid_explained_variance(each, reliabilities)) for each in values]
    error = float(np.std(by_split) / np.sqrt(len(by_split))) if len(by_split) > 1 else math.nan
    return NormalisedScore(value, error, PER_NEUROID)


def _mean(values: NDArray[np.float64]) -> float:
    return float(defined_mean(values))


def _counts(found: Measured, joined: Joined) -> dict[str, int]:
    counts = {"stimuli": len(joined.features), "units": joined.features.shape[1]}
    if not joined.square:
        counts["neurons"] = len(joined.neuroids)
        left_out = joined.recording.values.shape[1] - len(joined.neuroids)
        if left_out:
            counts["unreliable_neuroids"] = left_out
    if "split" in found.dims and found.values is not None:
        counts["splits"] = found.values.shape[found.dims.index("split")]
    return counts | dict(found.counts)


def _labelled(found: Measured, joined: Joined) -> xarray.DataArray | None:
    import xarray

    if found.values is None:
        return None
    values = np.asarray(found.values, dtype=np.float64)
    coordinates: dict[str, Any] = {}
    if "neuroid" in found.dims:
        # In the order of the recording; NaN for those that were left out.
        values = np.full((*values.shape[:-1], joined.recording.values.shape[1]), np.nan)
        values[..., joined.neuroids] = found.values
        coordinates |= {name: ("neuroid", each) for name, each in joined.recording.neuroids.items()}
    if "split" in found.dims:
        coordinates["split"] = np.arange(values.shape[found.dims.index("split")])
    return xarray.DataArray(values, coordinates, found.dims)


def _why_no_number(found: Measured, chosen: Chosen, joined: Joined) -> str:
    largest = float(np.abs(np.asarray(joined.features, dtype=np.float64)).max())
    if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
        return f"The largest feature is {largest:.1e}, whose square is no floating-point number: scale the features."
    if "neuroid" in found.dims:
        return "No neuroid has a correlation: predictions or responses do not vary over the tested stimuli."
    return f"The metric {chosen.metric.name} has no number: features or recording do not tell any stimuli apart."
