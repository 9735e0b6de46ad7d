"""Search asymmetry of Ferguson et al. (2024): accuracies corrected for lapses, integrated over set sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import trapezoid

from pytest_brainscore.metrics.behavior.search_asymmetry import SET_SIZES, asymmetry_integral, lapse_corrected


def test_golden_lapse_correction() -> None:
    assert float(lapse_corrected(0.9, 0.0335)) == pytest.approx(0.9138644594, abs=1e-10)


def test_golden_integral() -> None:
    assert float(asymmetry_integral([0.94, 0.89, 0.84], [0.91, 0.79, 0.69])) == -1.0100


def test_a_guesser_stays_at_chance_and_without_lapses_nothing_changes() -> None:
    assert float(lapse_corrected(0.5, 0.3715)) == pytest.approx(0.5)
    np.testing.assert_array_equal(lapse_corrected([0.2, 1.0], 0.0), [0.2, 1.0])


@given(seed=st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_integral_is_the_trapezoidal_rule_over_1_5_and_11_to_four_decimals(seed: int) -> None:
    first, second = np.random.default_rng(seed).random((2, 4, 3))
    expected = trapezoid(second - first, SET_SIZES, axis=-1)
    integral = asymmetry_integral(first, second)
    np.testing.assert_allclose(integral, expected, rtol=0, atol=5.01e-5)
    np.testing.assert_allclose(integral, np.round(integral, 4), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(asymmetry_integral(second, first), -integral)


@pytest.mark.parametrize("lapse_rate", [-0.1, 1.0, float("nan")])
def test_an_impossible_lapse_rate_is_refused(lapse_rate: float) -> None:
    with pytest.raises(ValueError, match="leaves no trial"):
        lapse_corrected(0.9, lapse_rate)


def test_accuracies_of_other_set_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="1, 5, 11 distractors"):
        asymmetry_integral([0.9, 0.8], [0.9, 0.8])
    with pytest.raises(ValueError, match="have no integral"):
        asymmetry_integral([0.9, 0.8, 0.7], [[0.9, 0.8, 0.7]])
