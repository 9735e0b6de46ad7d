"""Median over neuroids, mean over splits, standard error over splits; NaN are left out."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.metrics.shared.aggregation import aggregate_splits


def test_median_then_mean_and_its_standard_error() -> None:
    score = aggregate_splits([[0.1, 0.2, 0.9], [0.4, 0.5, 0.6]])
    assert score.medians.tolist() == [0.2, 0.5]
    assert score.value == pytest.approx(0.35)
    assert score.error == pytest.approx(0.15 / np.sqrt(2))


def test_neuroids_and_splits_without_a_number_are_left_out() -> None:
    score = aggregate_splits([[0.1, np.nan, 0.3], [np.nan, np.nan, np.nan], [0.4, 0.4, 0.4]])
    assert score.value == pytest.approx(0.3)
    assert score.error == pytest.approx(0.1 / np.sqrt(3))
    assert np.isnan(score.medians).tolist() == [False, True, False]


def test_nothing_but_nan_is_no_number() -> None:
    score = aggregate_splits(np.full((2, 3), np.nan))
    assert np.isnan(score.value)
    assert np.isnan(score.error)


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="not empty"):
        aggregate_splits(np.empty((10, 0)))
