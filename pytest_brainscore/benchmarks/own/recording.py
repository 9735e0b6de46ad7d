"""Score features against a recording of one's own: no model, no catalogue."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.benchmarks.own.ceiling import RecordingWarning, ceiling_of
from pytest_brainscore.benchmarks.own.settings import Settings, settings
from pytest_brainscore.data.joining.matrices import STIMULUS, Matrix, is_data_array, is_named, read_matrix
from pytest_brainscore.data.joining.names import join, names_of, sorted_places
from pytest_brainscore.data.joining.rows import matching_rows
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.predictivity.neural_predictivity import predictivity
from pytest_brainscore.metrics.reliability.explained_variance import NORMALISATIONS
from pytest_brainscore.metrics.shared.aggregation import FEWEST_FOR_ERROR, SplitScore
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, DEFAULT_SPLITS, Split, shuffle_splits
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    import pandas
    import xarray

__all__ = ["Normalisation", "RecordingError", "RecordingWarning", "score"]

Normalisation = Literal["r^2/c", "(r/c)^2", "r/c"]

_LARGEST = 1e100
"""Beyond, squares and their products leave float64."""


def score(
    features: xarray.DataArray | pandas.DataFrame | ArrayLike,
    recording: xarray.DataArray | pandas.DataFrame | ArrayLike,
    metric: str = "pls",
    *,
    stratify: str | ArrayLike | None = None,
    ceiling: xarray.DataArray | pandas.DataFrame | ArrayLike | None = None,
    normalisation: Normalisation = "r^2/c",
    components: int | None = None,
    alpha: float | None = None,
    splits: int = DEFAULT_SPLITS,
    test_size: float | None = None,
    seed: int = DEFAULT_SEED,
) -> Score:
    """Score how well features predict a recording, cross-validated over random splits of the stimuli.

    Rows are stimuli. What has names is joined by them, whatever the order, and everything is then computed in the order
    of the names (numbers by size, texts of one length by alphabet, shorter ones first), so that no order of rows or
    neuroids changes a score. What has no names is taken row by row, and must fit. Names on one side alone are refused.

    Parameters
    ----------
    features
        DataArray ``presentation`` x ``neuroid`` with the coordinate ``stimulus_id`` (also a level of a MultiIndex); or
        a DataFrame whose index, or whose column or index level ``stimulus_id``, names the stimuli; or a matrix
        (stimulus, feature) of any library. One row per stimulus; features of other stimuli are left out.
    recording
        Responses averaged over repetitions, in the same forms, with ``neuroid_id`` or columns as names of the neuroids.
        NaN are refused. A neuroid that does not vary has no correlation: it is left out of the median with a warning,
        and counted in ``n``.
    metric
        ``pls``, ``ridge``, ``ridgecv``, ``linear_predictivity`` or ``neuron_to_neuron``.
    stratify
        In whose proportion splits are drawn: a coordinate of the recording (or a column, or an index level), for
        example ``object_name``; or one label for each row of the recording, a series being joined by its index.
    ceiling
        The recording with its repetitions, of which the internal consistency c is the ceiling: an array (repetition,
        stimulus, neuroid), NaN where a response is missing; a DataArray with these three dimensions; a DataArray or
        DataFrame of presentations with ``stimulus_id`` and ``repetition``; or a list of one table per repetition. Names
        are joined with the recording's stimuli and neuroids, and others left out; without names each axis must fit.
        Or c itself, above 0 and at most 1: a number, or one for each neuroid, of which the median counts. Without a
        ceiling, the score is r.
    normalisation
        How the score follows from the correlation r and c: ``r^2/c`` is published since 2026, ``(r/c)^2`` was before.
    components
        Of ``pls``; 25 as published.
    alpha
        Penalty of ``ridge``, above 0; 1 as published. It is not scaled with the features.
    splits
        Number of splits; ten as published.
    test_size
        Fraction (float) or number (int) of stimuli to test on; all others are fitted. As published: nine tenths are
        fitted, rounded down.
    seed
        Of the splits, and of the halves of repetitions; 1 as published.

    Returns
    -------
    Score
        ``values`` has the correlations, ``split`` x ``neuroid``, neuroids in the order of the recording. The error is
        the standard error over splits, on the scale of the score (to first order, at a fixed ceiling); NaN with one
        split, and with a warning for fewer than ten. Where r is negative and its sign is lost in a square,
        ``unclipped`` keeps it. A score above 1 comes with a warning.

    Raises
    ------
    RecordingError
        When stimuli are missing or doubled, names or shapes do not fit, values are not finite, or a setting is
        unknown, out of range, or of another metric.
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
    chosen = settings(
        metric,
        components=components,
        alpha=alpha,
        splits=splits,
        test_size=test_size,
        seed=seed,
        normalisation=normalisation,
    )
    labels = [stratify] if isinstance(stratify, str) else []
    given = read_matrix(features, "features", labels)
    asked = read_matrix(recording, "recording", labels)
    _require_finite(asked)
    rows = matching_rows(asked, given)
    in_proportion = None if stratify is None else _labels(stratify, asked)
    stimuli, neuroids = _order(asked)
    rows, target = rows[stimuli], _ordered(asked, stimuli, neuroids)
    # One layout in memory: sums over rows and over columns round differently.
    source = np.ascontiguousarray(given.values)
    source = source if np.array_equal(rows, np.arange(len(source))) else source[rows]
    try:
        drawn = _splits(len(rows), None if in_proportion is None else in_proportion[stimuli], chosen)
        correlations = predictivity(source, target.values, regression=chosen.regression, splits=drawn)
        top = None if ceiling is None else ceiling_of(ceiling, asked, (stimuli, neuroids), chosen.seed)
    except ValueError as error:
        raise RecordingError(str(error)) from error
    if np.isnan(correlations.value):
        raise NoNumber(_why_no_correlation(given))
    return _result(correlations, top, normalisation, chosen, asked, neuroids, source.shape[1])


def _result(
    correlations: SplitScore,
    top: float | None,
    normalisation: Normalisation,
    chosen: Settings,
    recording: Matrix,
    neuroids: NDArray[np.intp],
    units: int,
) -> Score:
    raw, error = correlations.value, correlations.error
    counts = {
        "stimuli": len(recording.values),
        "units": units,
        "neurons": recording.values.shape[1],
        "splits": chosen.splits,
        **correlations.counts(),
    }
    undefined = counts.get("undefined_neuroids", 0)
    if undefined:
        _warn(
            f"{undefined} of {counts['neurons']} neuroids have no correlation, as they or their predictions do not "
            "vary over the tested stimuli; they are left out of the median."
        )
    if chosen.splits == 1:
        error = math.nan
    elif chosen.splits < FEWEST_FOR_ERROR:
        _warn(f"The error is estimated from {chosen.splits} splits alone; take {FEWEST_FOR_ERROR} or more to trust it.")
    original = np.empty_like(correlations.values)
    original[:, neuroids] = correlations.values
    common: dict[str, Any] = {
        "raw": raw,
        "n": counts,
        "provenance": chosen.provenance,
        "values": _labelled(original, recording),
    }
    if top is None:
        return Score(value=raw, error=error, ceiling=1.0, normalisation="r", **common)
    normalised = NORMALISATIONS[normalisation](raw, top, error)
    if normalised.value > 1:
        _warn(
            f"The score is {normalised.value:.3f}, above 1: features predict the recording better (r = {raw:.3f}) than "
            f"its ceiling allows (c = {top:.3f}); check that the ceiling belongs to this recording."
        )
    return Score(
        value=normalised.value,
        error=math.nan if math.isnan(error) else normalised.error,  # one object, so that equal scores are equal
        ceiling=top,
        normalisation=normalised.normalisation,
        unclipped=normalised.sign_lost,
        **common,
    )


def _order(recording: Matrix) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the order of stimuli and of neuroids in which everything is computed."""
    stimuli, neuroids = (
        np.arange(count) if names is None else sorted_places(names)
        for names, count in zip((recording.rows, recording.columns), recording.values.shape, strict=True)
    )
    return stimuli, neuroids


def _ordered(recording: Matrix, stimuli: NDArray[np.intp], neuroids: NDArray[np.intp]) -> Matrix:
    rows, columns = recording.rows, recording.columns
    return replace(
        recording,
        values=np.ascontiguousarray(recording.values[np.ix_(stimuli, neuroids)]),
        rows=rows and rows._replace(values=[rows.values[place] for place in stimuli]),
        columns=columns and columns._replace(values=[columns.values[place] for place in neuroids]),
    )


def _splits(stimuli: int, labels: NDArray[Any] | None, chosen: Settings) -> list[Split]:
    if stimuli < 3:
        raise RecordingError(f"{stimuli} stimuli cannot be split to fit some and test others; give more.")
    train_size = 0.9 if chosen.test_size is None else None
    try:
        drawn = shuffle_splits(
            stimuli,
            splits=chosen.splits,
            train_size=train_size,
            test_size=chosen.test_size,
            stratify=labels,
            seed=chosen.seed,
        )
    except TypeError as error:
        raise RecordingError(f"The labels to stratify by are of several types ({error}); give one type.") from error
    tested = len(drawn[0].test)
    if tested < 2:
        raise RecordingError(
            f"Splits of {stimuli} stimuli test {tested} each, and a correlation needs two or more; give more stimuli, "
            "or a larger test_size."
        )
    return drawn


def _labels(stratify: Any, recording: Matrix) -> NDArray[Any]:
    """Return one label for each row of the recording."""
    if isinstance(stratify, str):
        values = recording.label(stratify)
    elif is_named(stratify) and recording.rows is not None and not recording.rows.numbered:
        ids = stratify[STIMULUS].values if is_data_array(stratify) else stratify.index.to_list()
        values = np.asarray(stratify)[join(recording.rows, names_of("labels", "stimuli", ids))]
    else:
        values = np.asarray(stratify)
    if values.shape != (len(recording.values),):
        raise RecordingError(
            f"The labels to stratify by have the shape {values.shape}, and the recording has {len(recording.values)} "
            "stimuli; give one label for each."
        )
    names_of("labels to stratify by", "stimuli", values)
    return values


def _require_finite(recording: Matrix) -> None:
    """Refuse responses that are missing or infinite, and say whose."""
    values = np.asarray(recording.values, dtype=np.float64)
    stimuli, neuroids = (
        (names.values if names else [f"number {place}" for place in range(count)])
        for names, count in zip((recording.rows, recording.columns), values.shape, strict=True)
    )
    silent = np.flatnonzero(np.isnan(values).all(axis=0))
    if silent.size:
        raise RecordingError(
            f"{silent.size} of {len(neuroids)} neuroids of the recording, first {neuroids[silent[0]]}, are NaN for all "
            "stimuli; drop these neuroids from recording and ceiling, as nothing is scored with them."
        )
    broken = np.argwhere(~np.isfinite(values))
    if len(broken):
        row, column = broken[0]
        raise RecordingError(
            f"The recording is NaN or infinite for {np.unique(broken[:, 0]).size} of {len(stimuli)} stimuli and "
            f"{np.unique(broken[:, 1]).size} of {len(neuroids)} neuroids, first for stimulus {stimuli[row]} and "
            f"neuroid {neuroids[column]}; drop these stimuli or these neuroids."
        )
    largest = float(np.abs(values).max())
    if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
        raise RecordingError(
            f"The largest response is {largest:.1e}, whose square is no floating-point number; scale the recording."
        )


def _why_no_correlation(features: Matrix) -> str:
    largest = float(np.abs(np.asarray(features.values, dtype=np.float64)).max())
    if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
        return f"The largest feature is {largest:.1e}, whose square is no floating-point number: scale the features."
    return "No neuroid has a correlation: predictions or responses do not vary over the tested stimuli."


def _labelled(correlations: NDArray[np.float64], recording: Matrix) -> xarray.DataArray:
    import xarray

    coordinates: dict[str, Any] = {"split": np.arange(len(correlations))}
    coordinates |= {name: ("neuroid", values) for name, values in recording.neuroids.items()}
    return xarray.DataArray(correlations, coordinates, ("split", "neuroid"))


def _warn(sentence: str) -> None:
    warnings.warn(sentence, RecordingWarning, stacklevel=4)
