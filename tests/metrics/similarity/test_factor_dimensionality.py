"""Dimensions of shape and texture: a golden value, recomputation, laws and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import softmax

from pytest_brainscore.metrics.similarity.factor_dimensionality import (
    factor_dimensionality,
    indexed_pair_sums,
    pair_sums,
    weighted_share,
)


def recomputed(first: NDArray[np.float64], second: NDArray[np.float64], factors: list[str]) -> list[float]:
    """Return shares of shape, texture and what is left, as the reference words them."""
    both = np.concatenate([first, second])
    variance = ((both - both.mean(axis=0)) ** 2).mean(axis=0).sum()
    scores = []
    for factor in ("shape", "texture"):
        rows = [row for row, each in enumerate(factors) if each == factor]
        a, b = first[rows], second[rows]
        m = (a.mean(axis=0) + b.mean(axis=0)) / 2
        scores.append(((a - m) * (b - m)).mean(axis=0).sum() / variance)
    dimensions = np.floor(softmax([*scores, 1.0])[:2] * first.shape[1])
    return [*(dimensions / first.shape[1]), 1 - dimensions.sum() / first.shape[1]]


def test_golden_shares() -> None:
    first = np.random.RandomState(0).randn(20, 6)
    second = first + 0.5 * np.random.RandomState(1).randn(20, 6)
    found = factor_dimensionality(first, second, ["shape", "texture"] * 10)
    assert found.shares == {"shape": pytest.approx(1 / 3), "texture": pytest.approx(1 / 6)}
    assert found.residual == pytest.approx(0.5)
    assert found.dimensions == 6


@given(st.integers(0, 2**31 - 1), st.integers(4, 30), st.integers(1, 50))
def test_shares_are_those_of_a_recomputation(seed: int, pairs: int, units: int) -> None:
    generator = np.random.RandomState(seed)
    first = generator.standard_normal((pairs, units)) + 3
    second = first + generator.standard_normal((pairs, units))
    factors = ["shape", "texture", *generator.choice(["shape", "texture"], pairs - 2).tolist()]
    found = factor_dimensionality(first, second, factors)
    expected = recomputed(first, second, factors)
    assert [*found.shares.values(), found.residual] == pytest.approx(expected, abs=1.5 / units)
    assert sum(found.shares.values()) + found.residual == pytest.approx(1)


def test_many_units_are_read_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_brainscore.metrics.similarity import factor_dimensionality as module

    responses = np.random.RandomState(2).standard_normal((12, 40)).astype(np.float32)
    other = np.roll(np.arange(12), 1)
    factors = ["shape", "texture"] * 6
    whole = indexed_pair_sums(responses, np.arange(12), other, factors)
    monkeypatch.setattr(module, "_BLOCK_BYTES", 12 * 8 * 7)
    blocks = indexed_pair_sums(responses, np.arange(12), other, factors)
    np.testing.assert_allclose(blocks.covariance, whole.covariance, atol=1e-12)
    np.testing.assert_allclose(blocks.variance, whole.variance, atol=1e-12)
    np.testing.assert_allclose(pair_sums(responses, responses[other], factors).covariance, whole.covariance, atol=1e-12)


def test_weights_count_pairs_more_than_once() -> None:
    generator = np.random.RandomState(3)
    first = generator.standard_normal((40, 500))
    second = first + generator.standard_normal((40, 500))
    factors = np.array(["shape", "texture"] * 20)
    weights = generator.randint(0, 3, (1, 40)).astype(float)
    rows = np.repeat(np.arange(40), weights[0].astype(int))
    share = weighted_share(weights, pair_sums(first, second, factors), factors, "shape", 500)[0]
    drawn = factor_dimensionality(first[rows], second[rows], factors[rows]).shares["shape"]
    assert share == pytest.approx(drawn, abs=0.02)  # means are held fixed


def test_units_that_never_vary_have_no_share() -> None:
    same = np.ones((4, 3))
    found = factor_dimensionality(same, same, ["shape", "texture"] * 2)
    assert np.isnan(found.shares["shape"])


@pytest.mark.parametrize(
    ("first", "second", "factors", "words"),
    [
        (np.ones((2, 3)), np.ones((3, 3)), ["shape", "texture"], "do not fit"),
        (np.ones((2, 3)), np.ones((2, 3)), ["shape"], "do not fit"),
        (np.ones((2, 0)), np.ones((2, 0)), ["shape", "texture"], "do not fit"),
        (np.ones((2, 3)), np.ones((2, 3)), ["shape", "shape"], "pairs of shape and of texture"),
        (np.ones((2, 3)), np.ones((2, 3)), ["shape", "colour"], "The pairs share colour, shape"),
        (np.full((2, 3), np.nan), np.ones((2, 3)), ["shape", "texture"], "NaN or infinite"),
    ],
)
def test_what_does_not_fit_is_refused(
    first: NDArray[np.float64], second: NDArray[np.float64], factors: list[str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        factor_dimensionality(first, second, factors)
