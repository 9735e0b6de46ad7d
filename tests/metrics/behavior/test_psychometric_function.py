"""Psychometric function: accuracy over the strength of a stimulus, its inverse, its fit and the points to fit."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from pytest_brainscore.metrics.behavior import psychometric_function as module
from pytest_brainscore.metrics.behavior.psychometric_function import (
    fit_psychometric_function,
    inverse_psychometric_function,
    points_before_decline,
    psychometric_function,
)

LAPSES = st.floats(0.03, 0.3)


def test_a_normal_distribution_between_chance_and_the_lapse_rate() -> None:
    x = np.linspace(-20, 20, 9)
    np.testing.assert_allclose(psychometric_function(x, 0.3, 2, 0.1), 0.5 + 0.4 * norm.cdf(x, loc=2, scale=1 / 0.3))
    assert psychometric_function(2, 0.3, 2, 0.1) == pytest.approx(0.7)


@given(z=st.floats(-3, 3), slope=st.floats(1e-3, 10), midpoint=st.floats(-100, 100), lapse=LAPSES)
@settings(max_examples=50, deadline=None)
def test_the_inverse_gives_the_strength_back(z: float, slope: float, midpoint: float, lapse: float) -> None:
    strength = midpoint + z / slope
    accuracy = psychometric_function(strength, slope, midpoint, lapse)
    back = inverse_psychometric_function(accuracy, slope, midpoint, lapse)
    assert (back - strength) * slope == pytest.approx(0, abs=1e-8)


def test_the_inverse_is_infinite_at_both_ends_and_undefined_beyond() -> None:
    strengths = inverse_psychometric_function([0.4, 0.5, 0.75, 1.0], 2, 3, 0.25)
    np.testing.assert_array_equal(strengths, [np.nan, -np.inf, np.inf, np.nan])
    assert not np.isfinite(inverse_psychometric_function([0.4, 0.5, 0.6], 2, 3, 0.5)).any()
    assert not np.isfinite(inverse_psychometric_function(0.7, 0, 3, 0.1))


@pytest.mark.parametrize(
    ("accuracies", "retained"),
    [
        ([0.5, 0.6, 0.9, 0.95], 4),
        ([0.5, 0.9, 0.6, 0.5], 2),
        ([0.5, 0.9, 0.5, 0.9, 0.5], 4),  # the late point near the maximum keeps the one before it
        ([0.9, 0.5, 0.5, 0.5], 1),
        ([0.5, 0.75, 0.5, 0.75], 4),
        ([0.75, 0.75, 0.75], 1),  # no deviation: everything is at least that far
        ([0.5, 1.0], 2),
        ([1.0, 0.5], 1),  # both deviations are 0.25, the difference is 0.5
    ],
)
def test_points_after_which_accuracy_stays_a_deviation_off_the_maximum_are_dropped(
    accuracies: list[float], retained: int
) -> None:
    assert points_before_decline(accuracies) == retained


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_the_trimming_is_that_of_its_definition(accuracies: list[float]) -> None:
    values = np.asarray(accuracies)
    best = int(values.argmax())
    # Of equal accuracies the deviation is 0, also where its rounding is not.
    deviation = values.std() if np.ptp(values) else 0.0
    expected = next(
        (
            later
            for later in range(best + 1, values.size)
            if all(abs(value - values[best]) >= deviation for value in values[later:])
        ),
        values.size,
    )
    assert points_before_decline(accuracies) == expected


def test_a_fit_finds_the_function_its_points_are_on() -> None:
    x = np.array([1.0, 3, 4, 5, 7, 12])
    fit = fit_psychometric_function(x, psychometric_function(x, 0.6, 4.5, 0.08))
    assert fit is not None
    assert fit == pytest.approx((0.6, 4.5, 0.08, 1), abs=2e-3)
    assert fit == fit_psychometric_function(x, psychometric_function(x, 0.6, 4.5, 0.08))


def test_equal_accuracies_have_no_explained_variance() -> None:
    fit = fit_psychometric_function([1, 2], [0.8, 0.8])
    assert fit is not None
    assert np.isnan(fit.r_squared)


def test_no_fit_where_no_start_leads_to_a_likelihood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "minimize", lambda *_, **__: SimpleNamespace(fun=np.nan, x=np.full(3, np.nan)))
    assert fit_psychometric_function([1, 2, 3], [0.5, 0.7, 0.9]) is None


@pytest.mark.parametrize(
    ("strengths", "accuracies", "message"),
    [
        ([1, 2], [0.5], "do not fit"),
        ([], [], "do not fit"),
        ([1, np.inf], [0.5, 0.9], "out of range"),
        ([1, 2], [0.5, 1.1], "out of range"),
        ([1, 2], [0.5, np.nan], "out of range"),
    ],
)
def test_points_that_cannot_be_fitted_are_told(strengths: list[float], accuracies: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_psychometric_function(strengths, accuracies)


def test_no_points_cannot_be_trimmed() -> None:
    with pytest.raises(ValueError, match="empty"):
        points_before_decline([])
