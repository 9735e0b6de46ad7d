"""Thresholds: where the psychometric function takes a level, how they are elevated and compared with subjects."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_brainscore.metrics.behavior import threshold as module
from pytest_brainscore.metrics.behavior.threshold import (
    Threshold,
    threshold,
    threshold_ceiling,
    threshold_elevation,
    threshold_elevation_ceiling,
    threshold_score,
)

Trials = tuple[NDArray[np.float64], NDArray[np.bool_]]
TRIALS = 40
GOLDEN_ACCURACIES = [0.325, 0.675, 0.45, 0.675, 0.85, 0.925, 0.85, 0.925, 0.95, 0.925]
SHORT_STRENGTHS, SHORT_ACCURACIES = [10.0, 20, 30, 40], [0.5, 0.6, 0.85, 0.925]
SUBJECTS = [10, 20, 40, 20]


def trials(strengths: list[float], accuracies: list[float]) -> Trials:
    correct = [np.arange(TRIALS) < round(accuracy * TRIALS) for accuracy in accuracies]
    return np.repeat(np.asarray(strengths, dtype=np.float64), TRIALS), np.concatenate(correct)


@pytest.fixture(scope="module")
def golden() -> Threshold:
    return threshold(*trials(list(np.arange(10.0, 101, 10)), GOLDEN_ACCURACIES), 0.75)


@pytest.fixture(scope="module")
def short() -> Threshold:
    return threshold(*trials(SHORT_STRENGTHS, SHORT_ACCURACIES))


def test_golden_fit(golden: Threshold) -> None:
    assert golden.fit is not None
    assert golden.fit[:3] == pytest.approx((0.14815873, 42.27764566, 0.08564012), abs=1e-4)


def test_golden_threshold_at_an_accuracy(golden: Threshold) -> None:
    assert golden.value == pytest.approx(44.0460366, abs=1e-4)
    assert (golden.level, golden.failure) == (0.75, None)


def test_golden_threshold_at_the_inflection() -> None:
    result = threshold(*trials(list(np.arange(10.0, 101, 10)), GOLDEN_ACCURACIES))
    assert result.level == pytest.approx(0.7071801213, abs=1e-4)
    assert result.value == pytest.approx(42.2776530, abs=1e-4)


def test_golden_score_of_a_fitted_threshold(golden: Threshold) -> None:
    assert threshold_score(golden.value, [40, 50, 60]).value == pytest.approx(0.8379568089, abs=1e-4)


def test_golden_scores() -> None:
    score = threshold_score(10, SUBJECTS)
    assert (score.value, score.error) == pytest.approx((0.5625, 0.2724311839712921), abs=1e-15)
    np.testing.assert_allclose(score.raw, [1, 0.5, 0.25, 0.5])
    elevation = threshold_score(3, [3, 2, 1.5, 5])
    assert (elevation.value, elevation.error) == pytest.approx((0.525, 0.3561951712193752), abs=1e-15)


def test_golden_ceilings() -> None:
    ceiling = threshold_ceiling(SUBJECTS)
    assert (ceiling.value, ceiling.error) == pytest.approx((0.25, 0.25), abs=1e-15)
    ceiling = threshold_elevation_ceiling(SUBJECTS, [30, 40, 60, 100])
    assert (ceiling.value, ceiling.error) == pytest.approx((0.31388888888888894, 0.2027777777777778), abs=1e-15)


def test_the_order_of_trials_does_not_matter(short: Threshold) -> None:
    strengths, correct = trials(SHORT_STRENGTHS, SHORT_ACCURACIES)
    order = np.random.default_rng(0).permutation(correct.size)
    assert threshold(strengths[order], correct[order]) == short


def test_a_threshold_shifts_with_the_strengths(short: Threshold) -> None:
    shifted = threshold(*trials([strength + 5 for strength in SHORT_STRENGTHS], SHORT_ACCURACIES))
    assert shifted.value - short.value == pytest.approx(5, abs=1e-2)


def test_an_elevation_is_a_ratio_at_the_level_of_the_baseline(short: Threshold) -> None:
    strengths, correct = trials(SHORT_STRENGTHS, SHORT_ACCURACIES)
    elevation = threshold_elevation((strengths, correct), (2 * strengths, correct))
    assert elevation.value == pytest.approx(2, abs=1e-2)
    assert elevation.value == elevation.test.value / elevation.baseline.value
    assert elevation.baseline == short
    assert elevation.test.level == short.level


def test_an_elevation_needs_both_thresholds() -> None:
    good, guesses = trials(SHORT_STRENGTHS, SHORT_ACCURACIES), trials(SHORT_STRENGTHS, [0.5] * 4)
    for elevation in (threshold_elevation(guesses, good), threshold_elevation(good, guesses)):
        assert math.isnan(elevation.value)
        assert threshold_score(elevation.value, [2, 3])[:2] == (0, 0)


@pytest.mark.parametrize(
    ("accuracies", "failure"),
    [
        ([0.5, 0.55, 0.6, 0.7], "accuracy of 0.588 is below 0.6"),
        ([0.95, 0.65, 0.5, 0.5], "accuracy falls after 1 of 4 points"),
        ([0.75, 0.75, 0.75, 0.75], "accuracy falls after 1 of 4 points"),
        ([0.75, 0.75], "R^2 of nan"),
        ([0.8], "R^2 of nan"),
        ([0.7, 0.9, 0.5, 0.9, 0.7, 0.9], "R^2 of "),
    ],
)
def test_no_threshold_and_the_reason(accuracies: list[float], failure: str) -> None:
    result = threshold(*trials([float(step) for step in range(len(accuracies))], accuracies))
    assert math.isnan(result.value)
    assert math.isnan(result.level)
    assert result.failure is not None
    assert result.failure.startswith(failure)
    score = threshold_score(result.value, SUBJECTS)
    assert (score.value, score.error) == (0, 0)


@pytest.mark.parametrize("accuracy", [0.9, 0.99])
def test_no_threshold_at_an_accuracy_that_is_never_reached(accuracy: float) -> None:
    result = threshold(*trials(SHORT_STRENGTHS, [0.5, 0.55, 0.65, 0.8]), accuracy)
    assert math.isnan(result.value)
    assert result.fit is not None
    assert str(result.failure).endswith("is not within the strengths shown")


def test_no_threshold_where_no_fit_converges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "fit_psychometric_function", lambda *_: None)
    result = threshold(*trials(SHORT_STRENGTHS, SHORT_ACCURACIES), 0.75)
    assert (result.fit, result.failure) == (None, "no fit converged")
    assert math.isnan(result.value)


def test_the_required_accuracy_can_be_lower() -> None:
    result = threshold(*trials(SHORT_STRENGTHS, [0.4, 0.5, 0.6, 0.8]), 0.6, required_accuracy=0.5)
    assert result.failure is None


@given(value=st.floats(0, 100), targets=st.lists(st.floats(0.1, 100), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_scores_are_from_0_to_1_and_do_not_depend_on_the_unit(value: float, targets: list[float]) -> None:
    score = threshold_score(value, targets)
    assert 0 <= score.value <= 1
    assert threshold_score(60 * value, [60 * target for target in targets]).value == pytest.approx(score.value)
    assert threshold_score(targets[0], targets[:1]).value == 1


def test_equal_subjects_are_at_ceiling() -> None:
    assert threshold_ceiling([7, 7, 7])[:2] == (1, 0)


@pytest.mark.parametrize("targets", [[], [1, 0], [1, -2], [1, math.nan], [[1, 2]]])
def test_targets_that_cannot_be_compared_with_are_told(targets: list[float]) -> None:
    with pytest.raises(ValueError, match="finite ones above 0"):
        threshold_score(1, targets)
    with pytest.raises(ValueError, match="2 or more"):
        threshold_ceiling([*targets][:1])


@pytest.mark.parametrize(
    ("strengths", "correct"), [([1.0], [True, False]), ([], []), ([1.0], [1]), ([math.nan], [True])]
)
def test_trials_that_cannot_be_used_are_told(strengths: list[float], correct: list[bool]) -> None:
    with pytest.raises(ValueError, match="a number and a bool per trial"):
        threshold(strengths, correct)


@pytest.mark.parametrize("accuracy", [0.5, 1, math.nan])
def test_a_level_outside_of_the_function_is_told(accuracy: float) -> None:
    with pytest.raises(ValueError, match=r"between 0\.5 and 1"):
        threshold([1.0], [True], accuracy)
