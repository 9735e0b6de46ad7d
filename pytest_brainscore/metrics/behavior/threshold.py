"""From which strength on is a stimulus seen, and is it the same for a model and for human subjects?

A psychometric function is fitted to the accuracies over the strength of a stimulus, for instance the offset of a
vernier; the threshold is the strength at which it takes a given level. The thresholds to compare with are those of
Malania, Herzog & Westheimer (2007), doi 10.1167/7.2.1; rules of rejection and scores are those of the published system.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.behavior.psychometric_function import (
    GUESS_RATE,
    PsychometricFit,
    fit_psychometric_function,
    inverse_psychometric_function,
    points_before_decline,
    psychometric_function,
)

# What the published system asks of the trials and of the fit.
REQUIRED_ACCURACY = 0.6
REQUIRED_R_SQUARED = 0.4
_LEAST_SHARE_OF_POINTS = 1 / 3


class Threshold(NamedTuple):
    """A threshold, with what it came from."""

    value: float
    """In the unit of the strength; NaN if there is none."""
    level: float
    """Accuracy that the function takes there; NaN if it was to come from a fit that failed."""
    fit: PsychometricFit | None
    """None if there is no fit. A poor fit is kept."""
    failure: str | None
    """Why there is no threshold; None if there is one."""


class ThresholdElevation(NamedTuple):
    """How many times as high the threshold of a test condition is, with what it came from."""

    value: float
    """Test threshold divided by baseline threshold; NaN if either is missing or the latter is 0."""
    baseline: Threshold
    """Of the baseline condition."""
    test: Threshold
    """Of the test condition."""


class ThresholdScore(NamedTuple):
    """A similarity to several targets, or a ceiling."""

    value: float
    """Mean over targets, 0 to 1."""
    error: float
    """Standard deviation (ddof 0) over targets. It is not a standard error."""
    raw: NDArray[np.float64]
    """Similarity to each target (ceiling: score of each draw), 0 to 1."""


def threshold(
    strengths: ArrayLike,
    correct: ArrayLike,
    accuracy: float | Literal["inflection"] = "inflection",
    *,
    required_accuracy: float = REQUIRED_ACCURACY,
) -> Threshold:
    """Strength from which on a stimulus is told at a given accuracy.

    Parameters
    ----------
    strengths
        Strength shown in each trial, shape (trial,), in any unit.
    correct
        Whether the answer was right, booleans of shape (trial,).
    accuracy
        Level of the threshold, between 0.5 and 1; "inflection" for the middle between the fitted accuracies of the
        weakest and of the strongest stimulus, trimmed ones included.
    required_accuracy
        Over all trials; no function is fitted to fewer right answers.

    Returns
    -------
    The `Threshold`. There is none, and its `failure` says so, if the accuracy over all trials is too low; less than a
    third of the points is left by `points_before_decline`; no fit converged; it has an R^2 below 0.4 or, all accuracies
    being the same, none; or the threshold is above the strongest retained stimulus or not finite. It may be below the
    weakest.

    Raises
    ------
    ValueError
        If the shapes do not fit, there is no trial, or the level or a strength is out of its range.

    """
    x, right = np.asarray(strengths, dtype=np.float64), np.asarray(correct)
    if x.ndim != 1 or x.shape != right.shape or x.size == 0 or right.dtype != np.bool_ or not np.isfinite(x).all():
        raise ValueError(
            f"Strengths {x.shape} and answers {right.shape} do not fit: give a number and a bool per trial."
        )
    level = math.nan if accuracy == "inflection" else float(accuracy)
    if accuracy != "inflection" and not GUESS_RATE < level < 1:
        raise ValueError(f"A threshold at an accuracy of {level} is undefined: give one between {GUESS_RATE} and 1.")

    if right.mean() < required_accuracy:
        return Threshold(math.nan, level, None, f"accuracy of {right.mean():.3f} is below {required_accuracy}")
    points, point = np.unique(x, return_inverse=True)
    accuracies = np.bincount(point, weights=right) / np.bincount(point)
    retained = points_before_decline(accuracies)
    if retained / points.size < _LEAST_SHARE_OF_POINTS:
        return Threshold(math.nan, level, None, f"accuracy falls after {retained} of {points.size} points")
    fit = fit_psychometric_function(points[:retained], accuracies[:retained])
    if fit is None:
        return Threshold(math.nan, level, None, "no fit converged")
    if not fit.r_squared >= REQUIRED_R_SQUARED:
        return Threshold(math.nan, level, fit, f"R^2 of {fit.r_squared:.3f} is not at least {REQUIRED_R_SQUARED}")
    parameters = fit[:3]
    if accuracy == "inflection":
        level = float(psychometric_function(points[[0, -1]], *parameters).mean())
    value = float(inverse_psychometric_function(level, *parameters))
    if not math.isfinite(value) or value > points[retained - 1]:
        return Threshold(math.nan, level, fit, f"threshold of {value:.6g} is not within the strengths shown")
    return Threshold(value, level, fit, None)


def threshold_elevation(
    baseline: tuple[ArrayLike, ArrayLike],
    test: tuple[ArrayLike, ArrayLike],
    accuracy: float | Literal["inflection"] = "inflection",
    *,
    required_accuracy: tuple[float, float] = (REQUIRED_ACCURACY, REQUIRED_ACCURACY),
) -> ThresholdElevation:
    """How many times as high the threshold is in a test condition, for instance among flankers.

    Parameters
    ----------
    baseline, test
        Strengths and answers of each condition, as for `threshold`.
    accuracy
        As for `threshold`; at "inflection" both thresholds are taken at the level of the baseline.
    required_accuracy
        Of the baseline and of the test, as for `threshold`.

    Returns
    -------
    The `ThresholdElevation`.

    Raises
    ------
    ValueError
        As for `threshold`.

    """
    below = threshold(*baseline, accuracy, required_accuracy=required_accuracy[0])
    common = accuracy if math.isnan(below.level) else below.level
    above = threshold(*test, common, required_accuracy=required_accuracy[1])
    return ThresholdElevation(above.value / below.value if below.value else math.nan, below, above)


def threshold_score(value: float, targets: ArrayLike) -> ThresholdScore:
    """Similarity of a threshold, or of an elevation, to those of human subjects: max(1 - |t - value| / t, 0).

    Parameters
    ----------
    value
        In the unit of the targets. NaN, from a failed fit, scores 0 with an error of 0.
    targets
        Of the subjects, above 0, shape (subject,).

    Returns
    -------
    The `ThresholdScore`.

    Raises
    ------
    ValueError
        If there is no target, or one is not a finite number above 0.

    """
    goals = _check_targets(targets, least=1)
    raw = np.zeros(goals.size) if math.isnan(value) else np.maximum(1 - np.abs(goals - value) / goals, 0)
    return ThresholdScore(float(raw.mean()), float(raw.std()), raw)


def threshold_ceiling(targets: ArrayLike) -> ThresholdScore:
    """Similarity of the thresholds, or of the elevations, of human subjects with one another.

    As often as there are subjects, one is drawn, scored against the others, and put last. As published, every draw has
    its own seed and all subjects to choose from, so that a subject may be drawn twice and another never.

    Parameters
    ----------
    targets
        Of the subjects, above 0, shape (subject,).

    Returns
    -------
    The `ThresholdScore` of mean and deviation over draws.

    Raises
    ------
    ValueError
        If there are fewer than two targets, or one is not a finite number above 0.

    """
    remaining = _check_targets(targets, least=2).tolist()
    scores = []
    for seed in range(len(remaining)):
        drawn = float(np.random.RandomState(seed).choice(remaining, replace=False))
        # By value: the first of equal subjects moves to the end, whichever of them was drawn.
        remaining.remove(drawn)
        scores.append(threshold_score(drawn, remaining).value)
        remaining.append(drawn)
    return ThresholdScore(float(np.mean(scores)), float(np.std(scores)), np.array(scores))


def threshold_elevation_ceiling(baselines: ArrayLike, tests: ArrayLike) -> ThresholdScore:
    """Return the `threshold_ceiling` of elevations, test threshold divided by baseline threshold, (subject,) each."""
    return threshold_ceiling(_check_targets(tests, least=2) / _check_targets(baselines, least=2))


def _check_targets(targets: ArrayLike, *, least: int) -> NDArray[np.float64]:
    """Return the thresholds of subjects if they can be compared with."""
    values = np.asarray(targets, dtype=np.float64)
    if values.ndim != 1 or values.size < least or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"Thresholds of subjects of shape {values.shape}: give {least} or more finite ones above 0.")
    return values
