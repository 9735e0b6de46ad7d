"""Correlation per neuroid equals SciPy's, one call instead of a loop; undefined is NaN."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from pytest_brainscore.metrics.shared.correlation import pearson_correlation, spearman_correlation

RESPONSES = arrays(
    np.float64, (7, 2), elements=st.floats(-1e6, 1e6, width=32).filter(lambda x: x == 0 or abs(x) > 1e-6)
)


def test_equals_scipy_neuroid_by_neuroid() -> None:
    generator = np.random.default_rng(0)
    first, second = generator.standard_normal((2, 50, 8)) + 5
    expected = [stats.pearsonr(first[:, neuroid], second[:, neuroid])[0] for neuroid in range(8)]
    np.testing.assert_allclose(pearson_correlation(first, second), expected, rtol=0, atol=1e-14)


def test_leading_axes_are_kept() -> None:
    first, second = np.random.default_rng(1).standard_normal((2, 3, 20, 4))
    together = pearson_correlation(first, second)
    assert together.shape == (3, 4)
    np.testing.assert_array_equal(together[1], pearson_correlation(first[1], second[1]))


def test_a_constant_response_has_no_correlation() -> None:
    responses = np.random.default_rng(2).standard_normal((9, 3))
    responses[:, 1] = 0.1  # its mean is not exactly 0.1
    correlation = pearson_correlation(responses, responses)
    assert np.isnan(correlation).tolist() == [False, True, False]
    assert np.isnan(pearson_correlation(np.ones((9, 3)), responses)).all()


def test_a_nan_leaves_only_its_own_neuroid_without_a_number() -> None:
    responses = np.random.default_rng(3).standard_normal((9, 3))
    broken = responses.copy()
    broken[4, 2] = np.nan
    assert np.isnan(pearson_correlation(responses, broken)).tolist() == [False, False, True]


@pytest.mark.parametrize("exponent", [-1000, -560, 500, 1000])
def test_responses_whose_squares_are_no_numbers_are_correlated(exponent: int) -> None:
    generator = np.random.default_rng(3)
    first, second = generator.standard_normal((2, 30, 4))
    assert (pearson_correlation(np.ldexp(first, exponent), second) == pearson_correlation(first, second)).all()


def test_integers_and_single_precision_are_correlated_in_double_precision() -> None:
    counts = np.random.default_rng(4).integers(0, 9, (30, 2))
    assert pearson_correlation(counts, counts.astype(np.float32)).dtype == np.float64


@given(first=RESPONSES, second=RESPONSES)
@settings(max_examples=60)
def test_correlation_is_symmetric_and_bounded(first: np.ndarray, second: np.ndarray) -> None:
    correlation = pearson_correlation(first, second)
    np.testing.assert_allclose(correlation, pearson_correlation(second, first), rtol=0, atol=1e-12)
    assert (np.isnan(correlation) | (np.abs(correlation) <= 1)).all()
    constant = (first == first[0]).all(axis=0) | (second == second[0]).all(axis=0)
    assert np.isnan(correlation).tolist() == constant.tolist()


@given(responses=RESPONSES, slope=st.floats(0.1, 10), offset=st.floats(-100, 100))
@settings(max_examples=40)
def test_a_rescaled_response_is_perfectly_correlated(responses: np.ndarray, slope: float, offset: float) -> None:
    varied = np.ptp(responses, axis=0) > 1e-3 * np.abs(responses).max() + 1e-3
    correlation = pearson_correlation(responses, slope * responses + offset)
    np.testing.assert_allclose(correlation[varied], 1, rtol=0, atol=1e-9)


@pytest.mark.parametrize("levels", [3, 1000])
def test_rank_correlation_equals_scipy_with_and_without_ties(levels: int) -> None:
    first, second = np.random.default_rng(5).integers(0, levels, (2, 40))
    assert spearman_correlation(first, second) == pytest.approx(stats.spearmanr(first, second)[0], abs=1e-14)


def test_rank_correlation_without_a_number() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(spearman_correlation([1, 2, np.nan], [1, 2, 3]))
        assert np.isnan(spearman_correlation([1, 1, 1], [1, 2, 3]))


@pytest.mark.parametrize(("first", "second"), [((5, 2), (6, 2)), ((5, 2), (5, 3)), ((1, 2), (1, 2)), ((5,), (5,))])
def test_recordings_that_do_not_fit_are_refused(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="cannot be correlated: give"):
        pearson_correlation(np.zeros(first), np.zeros(second))


def test_series_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be ranked"):
        spearman_correlation([1, 2], [1, 2, 3])


def test_ranks_without_rounding_are_scipys_and_with_it_neighbours_are_tied() -> None:
    generator = np.random.default_rng(0)
    one, other = np.round(generator.standard_normal((2, 50)), 1)
    one[:3] = 1e13, np.inf, -1e13
    assert spearman_correlation(one, other) == pytest.approx(stats.spearmanr(one, other)[0], abs=1e-14)
    noisy = 7 * other + 1e-14 * generator.standard_normal(50)
    third = generator.standard_normal(50)
    expected = spearman_correlation(other, third)
    assert spearman_correlation(noisy, third, rounding=1e-12) == pytest.approx(expected, abs=1e-14)
    assert spearman_correlation(noisy, third) != expected
    assert np.isnan(spearman_correlation(5 + 1e-14 * noisy, third, rounding=1e-12))


def test_what_varies_by_rounding_is_constant_only_if_it_was_computed() -> None:
    generator = np.random.default_rng(0)
    computed, other = 0.7 + 1e-16 * generator.integers(0, 5, (2, 30, 1))
    other = generator.standard_normal((30, 1))
    assert np.isfinite(pearson_correlation(computed, other)).all()
    assert np.isnan(pearson_correlation(computed, other, rounding=1e-12)).all()
