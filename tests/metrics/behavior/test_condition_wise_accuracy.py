"""Condition-wise accuracy similarity of Coggan & Tong (2024), against NumPy's correlation, subject by subject."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import sem

from pytest_brainscore.metrics.behavior.condition_wise_accuracy import (
    condition_wise_accuracy_ceiling,
    condition_wise_accuracy_similarity,
    subject_similarities,
)

GENERATOR = np.random.RandomState(0)
DIFFICULTY = GENERATOR.rand(18)
HUMANS = DIFFICULTY + 0.3 * GENERATOR.rand(5, 18)
MODEL = DIFFICULTY + 0.5 * GENERATOR.rand(5, 18)


def test_similarity_is_the_mean_correlation_over_subjects() -> None:
    expected = [np.corrcoef(model, human)[0, 1] for model, human in zip(MODEL, HUMANS, strict=True)]
    result = condition_wise_accuracy_similarity(MODEL, HUMANS)
    np.testing.assert_allclose(result.similarities, expected, rtol=0, atol=1e-12)
    assert result.value == pytest.approx(np.mean(expected), abs=1e-12)
    assert result.error == pytest.approx(float(sem(expected)), abs=1e-12)


def test_ceiling_correlates_each_subject_with_the_mean_of_the_others() -> None:
    expected = [np.corrcoef(HUMANS[i], np.delete(HUMANS, i, axis=0).mean(axis=0))[0, 1] for i in range(5)]
    result = condition_wise_accuracy_ceiling(HUMANS)
    np.testing.assert_allclose(result.similarities, expected, rtol=0, atol=1e-12)
    assert result.value == pytest.approx(np.mean(expected), abs=1e-12)


def test_overall_accuracy_does_not_matter() -> None:
    assert condition_wise_accuracy_similarity(0.5 * HUMANS - 0.1, HUMANS).value == pytest.approx(1)
    assert condition_wise_accuracy_similarity(1 - HUMANS, HUMANS).value == pytest.approx(-1)


def test_leading_axes_are_compared_one_by_one() -> None:
    both = subject_similarities(np.stack([MODEL, HUMANS]), np.stack([HUMANS, HUMANS]))
    np.testing.assert_allclose(both[0], subject_similarities(MODEL, HUMANS), rtol=0, atol=1e-12)
    np.testing.assert_allclose(both[1], 1, rtol=0, atol=1e-12)


def test_a_subject_with_the_same_accuracy_everywhere_has_no_similarity_and_is_left_out() -> None:
    humans = HUMANS.copy()
    humans[2] = 0.7
    result = condition_wise_accuracy_similarity(MODEL, humans)
    assert np.isnan(result.similarities).tolist() == [False, False, True, False, False]
    rest = condition_wise_accuracy_similarity(np.delete(MODEL, 2, axis=0), np.delete(humans, 2, axis=0))
    assert (result.value, result.error) == pytest.approx((rest.value, rest.error), abs=1e-15)
    assert np.isnan(condition_wise_accuracy_similarity(MODEL, np.full(MODEL.shape, 0.7)).value)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="same two or more conditions"):
        condition_wise_accuracy_similarity(MODEL[:, :1], HUMANS[:, :1])
    with pytest.raises(ValueError, match="cannot be compared"):
        condition_wise_accuracy_similarity(MODEL[:4], HUMANS)
    with pytest.raises(ValueError, match="at least two"):
        condition_wise_accuracy_ceiling(HUMANS[:1])
