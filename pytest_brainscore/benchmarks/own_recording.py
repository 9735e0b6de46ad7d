"""Score features against a recording of one's own: no model, no catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.errors import BrainScoreError, NoNumber
from pytest_brainscore.metrics.aggregation import SplitScore
from pytest_brainscore.metrics.explained_variance import explained_variance, ratio, squared_ratio
from pytest_brainscore.metrics.internal_consistency import by_repetition, internal_consistency
from pytest_brainscore.metrics.predictivity import REGRESSIONS, predictivity
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    import xarray

Normalisation = Literal["r^2/c", "(r/c)^2", "r/c"]
NORMALISATIONS = {"r^2/c": explained_variance, "(r/c)^2": squared_ratio, "r/c": ratio}


class RecordingError(BrainScoreError):
    """Features and recordings do not fit together, or cannot be scored."""


def score(
    features: xarray.DataArray | ArrayLike,
    recording: xarray.DataArray | ArrayLike,
    metric: str = "pls",
    *,
    stratify: str | None = None,
    ceiling: xarray.DataArray | ArrayLike | None = None,
    normalisation: Normalisation = "r^2/c",
) -> Score:
    """Score how well features predict a recording, cross-validated over ten splits of stimuli.

    Parameters
    ----------
    features
        DataArray ``presentation`` x ``neuroid`` with the coordinate ``stimulus_id``, one row per stimulus, by which it
        is joined to the recording; features of other stimuli are left out. Or an array (stimulus, feature), row by row.
    recording
        Responses averaged over repetitions: DataArray ``presentation`` x ``neuroid`` with ``stimulus_id``, or an array
        (stimulus, neuroid). The order of its rows decides which stimuli are tested together, as published.
    metric
        ``pls``, ``ridge``, ``ridgecv``, ``linear_predictivity`` or ``neuron_to_neuron``.
    stratify
        Coordinate of the recording in whose proportion splits are drawn, for example ``object_name``; for DataArrays.
    ceiling
        The recording with repetitions: DataArray with ``stimulus_id`` and ``repetition`` on ``presentation``, or an
        array (repetition, stimulus, neuroid). Its internal consistency c is the ceiling. Without it, the score is r.
    normalisation
        How the score follows from the correlation r and c: ``r^2/c`` is published since 2026, ``(r/c)^2`` was before.

    Returns
    -------
    Score
        ``values`` has the correlations, ``split`` x ``neuroid``. The error is the standard error over splits, on the
        scale of the score (to first order, at a fixed ceiling).

    Raises
    ------
    RecordingError
        When stimuli are missing or doubled, shapes do not fit, values are not finite, or the metric is unknown.
    NoNumber
        When no neuroid has a correlation, or the ceiling is not above 0.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> features = generator.standard_normal((200, 40))
    >>> recording = features[:, :5] + generator.standard_normal((200, 5))
    >>> bool(score(features, recording).value > 0.4)
    True

    """
    if metric not in REGRESSIONS:
        raise RecordingError(f"There is no metric {metric!r}; use one of {', '.join(REGRESSIONS)}.")
    source, target = _joined(features, recording)
    try:
        labels = None if stratify is None else _coordinate(recording, stratify, "recording")
        correlations = predictivity(source, target, regression=REGRESSIONS[metric], stratify=labels)
        reliability = None if ceiling is None else internal_consistency(_repetitions(ceiling))
    except ValueError as error:
        raise RecordingError(str(error)) from error
    raw = correlations.value
    if np.isnan(raw):
        raise NoNumber("No neuroid has a correlation: predictions or responses do not vary over the tested stimuli.")
    common: dict[str, Any] = {
        "raw": raw,
        "n": {
            "stimuli": len(target),
            "units": source.shape[1],
            "neurons": target.shape[1],
            "splits": len(correlations.medians),
        },
        "provenance": {"metric": metric, "seed": 1},
        "values": _labelled(correlations, recording),
    }
    if reliability is None:
        return Score(value=raw, error=correlations.error, ceiling=1.0, normalisation="r", **common)
    top = reliability.value
    if not top > 0:
        raise NoNumber(f"The internal consistency of the recording is {top:.3g}, not above 0: no score can be given.")
    normalised = NORMALISATIONS[normalisation](raw, top, correlations.error)
    return Score(
        value=normalised.value, error=normalised.error, ceiling=top, normalisation=normalised.normalisation, **common
    )


def _joined(features: Any, recording: Any) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    """Return features and responses with the same stimuli in the order of the recording."""
    source, target = _rows(features, "features"), _rows(recording, "recording")
    labelled = [hasattr(each, "coords") for each in (features, recording)]
    if not any(labelled):
        if len(source) != len(target):
            raise RecordingError(
                f"There are features of {len(source)} stimuli and responses to {len(target)}; give the same stimuli in "
                "the same order, or DataArrays with stimulus_id."
            )
        return source, target
    if not all(labelled):
        raise RecordingError("Features and recording must both be DataArrays with stimulus_id, or both plain arrays.")
    positions: dict[object, int] = {}
    for position, stimulus in enumerate(_coordinate(features, "stimulus_id", "features")):
        if positions.setdefault(stimulus, position) != position:
            raise RecordingError(f"The features have the stimulus {stimulus} twice; give one row per stimulus.")
    wanted = _coordinate(recording, "stimulus_id", "recording")
    if len(set(wanted)) < len(wanted):
        raise RecordingError("The recording has stimuli twice; average its repetitions, and give them as the ceiling.")
    missing = [stimulus for stimulus in wanted if stimulus not in positions]
    if missing:
        raise RecordingError(
            f"{len(missing)} stimuli of the recording have no features, the first is {missing[0]}; add them, or leave "
            "these presentations out."
        )
    order = np.array([positions[stimulus] for stimulus in wanted])
    return (source if np.array_equal(order, np.arange(len(source))) else source[order]), target


def _rows(values: Any, name: str) -> NDArray[np.generic]:
    """Return values as presentation x neuroid."""
    if hasattr(values, "coords"):
        if set(values.dims) != {"presentation", "neuroid"}:
            raise RecordingError(
                f"The {name} have the dimensions {', '.join(map(str, values.dims))}; give presentation x neuroid."
            )
        values = values.transpose("presentation", "neuroid").values
    array = np.asarray(values)
    if array.ndim != 2 or array.dtype.kind not in "fiub":
        raise RecordingError(
            f"The {name} have the shape {array.shape} and type {array.dtype}; give a matrix of numbers."
        )
    return array


def _coordinate(values: Any, coordinate: str, name: str) -> list[Any]:
    if not hasattr(values, "coords") or coordinate not in values.coords:
        raise RecordingError(f"The {name} has no coordinate {coordinate!r}; add it along presentation.")
    found: list[Any] = values[coordinate].values.tolist()
    return found


def _repetitions(ceiling: Any) -> NDArray[np.generic]:
    """Return a recording with repetitions as repetition x stimulus x neuroid."""
    if not hasattr(ceiling, "coords"):
        return np.asarray(ceiling)
    ids = _coordinate(ceiling, "stimulus_id", "ceiling")
    return by_repetition(_rows(ceiling, "ceiling"), ids, _coordinate(ceiling, "repetition", "ceiling"))


def _labelled(correlations: SplitScore, recording: Any) -> xarray.DataArray:
    import xarray

    coordinates: dict[str, Any] = {"split": np.arange(len(correlations.values))}
    if hasattr(recording, "coords"):
        coordinates |= {
            str(name): ("neuroid", each.values) for name, each in recording.coords.items() if each.dims == ("neuroid",)
        }
    return xarray.DataArray(correlations.values, coordinates, ("split", "neuroid"))
