"""What counts more than once is as if it were repeated; weights of 1 give the plain statistic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import spearmanr

from pytest_brainscore.inference.weighted import (
    pairs,
    ranked,
    row_medians,
    weighted_correlations,
    weighted_means,
    weighted_medians,
    weighted_spearman,
)

GENERATOR = np.random.default_rng(0)
WEIGHTS = GENERATOR.integers(0, 4, (6, 30)).astype(np.float64)
FIRST = GENERATOR.standard_normal((30, 3))
SECOND = FIRST + GENERATOR.standard_normal((30, 3))


def repeated(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], weights: object) -> object:
    return np.repeat(values, np.asarray(weights, dtype=int), axis=0)


def test_correlations_are_those_of_repeated_rows() -> None:
    found = weighted_correlations(WEIGHTS, pairs(FIRST, SECOND))
    for weights, row in zip(WEIGHTS, found, strict=True):
        one, other = np.asarray(repeated(FIRST, weights)), np.asarray(repeated(SECOND, weights))
        assert row == pytest.approx([np.corrcoef(one[:, n], other[:, n])[0, 1] for n in range(3)], abs=1e-12)


def test_what_does_not_vary_has_no_correlation() -> None:
    one = FIRST.copy()
    one[:, 1] = 0.1
    alone = np.zeros((1, 30))
    alone[0, 4] = 30
    found = weighted_correlations(np.concatenate([WEIGHTS, alone]), pairs(one, SECOND))
    assert np.isnan(found[:, 1]).all()
    assert np.isnan(found[-1]).all()
    assert np.isfinite(found[:-1, [0, 2]]).all()


def test_large_offsets_cost_no_digits() -> None:
    far = weighted_correlations(WEIGHTS, pairs(FIRST * 1e-3 + 1e3, SECOND))
    assert far == pytest.approx(weighted_correlations(WEIGHTS, pairs(FIRST, SECOND)), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.float64, 7, elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0, 3.0, np.nan])),
    arrays.arrays(np.int64, 7, elements=st.integers(0, 3)),
)
def test_medians_and_means_are_those_of_repeated_values(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> None:
    listed = np.repeat(values, counts)
    listed = listed[~np.isnan(listed)]
    median, mean = (float(np.median(listed)), float(listed.mean())) if listed.size else (np.nan, np.nan)
    weights = counts[np.newaxis].astype(np.float64)
    assert weighted_medians(weights, values)[0] == pytest.approx(median, nan_ok=True)
    assert weighted_medians(weights, values[np.newaxis])[0] == pytest.approx(median, nan_ok=True)
    assert weighted_means(weights, values)[0] == pytest.approx(mean, nan_ok=True)


def test_row_medians_leave_nan_out() -> None:
    values = np.array([[1.0, np.nan, 3.0], [np.nan] * 3, [4.0, 1.0, 2.0]])
    assert row_medians(values) == pytest.approx([2.0, np.nan, 2.0], nan_ok=True)


@pytest.mark.parametrize("step", [None, 0.5])
def test_rank_correlations_are_those_of_repeated_values(step: float | None) -> None:
    one, other = FIRST[:, 0], SECOND[:, 0]
    if step:
        one, other = np.round(one / step) * step, np.round(other / step) * step
    found = weighted_spearman(WEIGHTS, ranked(one), ranked(other))
    expected = [spearmanr(repeated(one, each), repeated(other, each)).statistic for each in WEIGHTS]
    assert found == pytest.approx(expected, abs=1e-12)


def test_ranks_of_what_is_all_tied_do_not_correlate() -> None:
    assert np.isnan(weighted_spearman(WEIGHTS, ranked(np.ones(30)), ranked(FIRST[:, 0]))).all()
