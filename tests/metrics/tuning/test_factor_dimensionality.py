"""Factor dimensionality of Esser et al. (2020): how many dimensions encode what pairs of images share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.metrics.tuning.factor_dimensionality import factor_dimensionality

FIRST = np.random.RandomState(0).randn(20, 6)
SECOND = FIRST + 0.5 * np.random.RandomState(1).randn(20, 6)
FACTORS = np.array(["shape", "texture"] * 10)


def test_golden_value_of_the_published_system() -> None:
    result = factor_dimensionality(FIRST, SECOND, FACTORS)
    assert result.factors.tolist() == ["shape", "texture"]
    np.testing.assert_allclose(result.shares, [1 / 3, 1 / 6], rtol=0, atol=1e-15)
    assert result.residual == pytest.approx(0.5, abs=1e-15)


def test_scores_are_covariances_of_pairs_around_the_mean_of_both_images_over_the_variance_of_all() -> None:
    total = np.trace(np.cov(np.concatenate([FIRST, SECOND]), rowvar=False, bias=True))
    expected = []
    for name in ("shape", "texture"):
        pairs = np.flatnonzero(np.equal(FACTORS, name))
        one, other = FIRST[pairs], SECOND[pairs]
        between = np.cov(one, other, rowvar=False, bias=True)[:6, 6:]
        # Around the mean of both means, (a - m)(b - m) is the covariance minus the product of the two distances.
        expected.append(np.trace(between) - (((one - other).mean(axis=0) / 2) ** 2).sum())
    result = factor_dimensionality(FIRST, SECOND, FACTORS)
    np.testing.assert_allclose(result.scores, np.array(expected) / total, rtol=0, atol=1e-14)


@given(seed=st.integers(0, 2**32 - 1), pairs=st.integers(2, 30), neuroids=st.integers(1, 40), names=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_all_shares_are_whole_neuroids_and_add_up_to_1(seed: int, pairs: int, neuroids: int, names: int) -> None:
    generator = np.random.default_rng(seed)
    one, other = generator.standard_normal((2, pairs, neuroids))
    result = factor_dimensionality(one, other, generator.integers(names, size=pairs))
    assert result.shares.sum() + result.residual == pytest.approx(1, abs=1e-12)
    assert (result.shares >= 0).all()
    assert result.residual >= 0
    counts = result.shares * neuroids
    np.testing.assert_allclose(counts, counts.round(), rtol=0, atol=1e-9)


@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(1e-3, 1e3), offset=st.floats(-10, 10))
@settings(max_examples=40, deadline=None)
def test_order_of_images_pairs_and_neuroids_scale_and_offset_do_not_matter(
    seed: int, scale: float, offset: float
) -> None:
    generator = np.random.default_rng(seed)
    pairs, neuroids = generator.permutation(20), generator.permutation(6)
    expected = factor_dimensionality(FIRST, SECOND, FACTORS)
    one, other = (scale * responses[pairs][:, neuroids] + offset for responses in (SECOND, FIRST))
    np.testing.assert_allclose(factor_dimensionality(one, other, FACTORS[pairs]).scores, expected.scores, atol=1e-6)


def test_a_layer_that_sees_only_shape_gives_shape_more_dimensions_than_texture() -> None:
    generator = np.random.default_rng(0)
    one, other = generator.standard_normal((2, 400, 1000))
    shape = np.arange(400) % 2 == 0
    other[shape] = one[shape]
    result = factor_dimensionality(one, other, np.where(shape, "shape", "texture"))
    # Pairs of one shape vary together as much as all images do, pairs of one texture not at all: softmax of 1, 0, 1.
    np.testing.assert_allclose(result.scores, [1, 0], rtol=0, atol=0.02)
    np.testing.assert_allclose([*result.shares, result.residual], np.exp([1, 0, 1]) / (2 * np.e + 1), atol=0.01)


def test_a_factor_with_all_the_variance_in_two_of_many_pairs_takes_everything() -> None:
    responses = np.zeros((2000, 2))
    responses[:2] = [[1, 1], [-1, -1]]
    result = factor_dimensionality(responses, responses, np.arange(2000) < 2)
    # A variance of 1 in two pairs is one of 2 / 2000 in all. The exponential of 1000 is more than a float64 holds.
    np.testing.assert_allclose(result.scores, [0, 1000], rtol=1e-12, atol=0)
    assert result.shares.tolist() == [0, 1]
    assert result.residual == 0


def test_a_factor_with_one_pair_does_not_vary_and_scores_nothing_or_less() -> None:
    score = factor_dimensionality(FIRST, SECOND, np.arange(20) == 4).scores[1]
    total = np.concatenate([FIRST, SECOND]).var(axis=0).sum()
    assert score == pytest.approx(-((FIRST[4] - SECOND[4]) ** 2).sum() / 4 / total, abs=1e-14)


def test_one_neuroid_is_residual() -> None:
    result = factor_dimensionality(FIRST[:, :1], SECOND[:, :1], FACTORS)
    assert result.shares.tolist() == [0, 0]
    assert result.residual == 1


def test_responses_that_never_differ_have_no_dimensionality() -> None:
    result = factor_dimensionality(np.full((3, 5), 0.1), np.full((3, 5), 0.1), ["shape", "texture", "shape"])
    assert np.isnan(result.shares).all()
    assert np.isnan(result.scores).all()
    assert np.isnan(result.residual)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="one factor per pair"):
        factor_dimensionality(FIRST, SECOND[:10], FACTORS)
    with pytest.raises(ValueError, match="one factor per pair"):
        factor_dimensionality(FIRST, SECOND, FACTORS[:10])
    with pytest.raises(ValueError, match="one factor per pair"):
        factor_dimensionality(FIRST[:0], SECOND[:0], FACTORS[:0])
    with pytest.raises(ValueError, match="NaN or infinite"):
        factor_dimensionality(np.where(FIRST > 2, np.nan, FIRST), SECOND, FACTORS)
