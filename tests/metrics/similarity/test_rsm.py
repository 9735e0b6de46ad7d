"""Similarity of stimuli over responsive units: choice of units, matrices, comparison with subjects, ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr, zscore

from pytest_brainscore.metrics.similarity.rsm import (
    leave_one_out_similarity,
    representational_similarity,
    responsive_units,
    similarity_to_subjects,
)


def test_units_are_chosen_by_their_mean_against_the_deviation_of_all_means() -> None:
    values = np.random.default_rng(0).standard_normal((24, 500)) * 0.1
    values[:, 7] += 5
    values[:, 11] -= 5
    values[:, 20] = 1000  # does not vary, so it neither is chosen nor widens the deviation
    assert responsive_units(values).tolist() == [7, 11]


def test_the_mean_over_units_is_not_subtracted() -> None:
    values = 10 + np.random.default_rng(0).standard_normal((24, 50))
    assert responsive_units(values).size == 50


@pytest.mark.parametrize(
    "values", [np.ones((24, 5)), np.zeros((24, 5)), np.random.default_rng(3).normal(size=(24, 40))]
)
def test_there_may_be_no_unit(values: np.ndarray) -> None:
    assert responsive_units(values).size == 0


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), units=st.integers(3, 30))
def test_similarity_is_the_correlation_of_z_scored_patterns(seed: int, units: int) -> None:
    values = np.random.default_rng(seed).normal(3, 2, (8, units))
    scaled = zscore(values, axis=0)
    found = representational_similarity(values)
    assert found[1, 4] == pytest.approx(pearsonr(scaled[1], scaled[4])[0], abs=1e-10)
    np.testing.assert_allclose(found, found.T)
    np.testing.assert_allclose(found.diagonal(), 1)


def test_two_units_give_one_or_minus_one() -> None:
    found = representational_similarity(np.random.default_rng(0).standard_normal((8, 2)))
    np.testing.assert_allclose(np.abs(found), 1)


def test_one_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="two units up"):
        representational_similarity(np.ones((8, 1)))


def test_matrices_are_compared_off_the_diagonal_in_both_triangles() -> None:
    draw = np.random.default_rng(0)
    model, subjects = draw.normal(size=(24, 24)), draw.normal(size=(3, 24, 24))
    off = ~np.eye(24, dtype=bool)
    assert off.sum() == 552
    expected = [pearsonr(model[off], subject[off])[0] for subject in subjects]
    np.testing.assert_allclose(similarity_to_subjects(model, subjects), expected, atol=1e-12)
    np.fill_diagonal(model, 1e6)
    np.testing.assert_allclose(similarity_to_subjects(model, subjects), expected, atol=1e-12)


def test_a_subject_is_compared_with_the_mean_of_the_others() -> None:
    subjects = np.random.default_rng(0).normal(size=(4, 6, 6))
    off = ~np.eye(6, dtype=bool)
    expected = [pearsonr(subjects[s][off], np.delete(subjects, s, 0).mean(axis=0)[off])[0] for s in range(4)]
    np.testing.assert_allclose(leave_one_out_similarity(subjects), expected, atol=1e-12)
    np.testing.assert_allclose(leave_one_out_similarity(subjects[:1].repeat(3, axis=0)), 1)


def test_a_matrix_that_does_not_vary_has_no_similarity() -> None:
    assert np.isnan(similarity_to_subjects(np.eye(5), np.random.default_rng(0).normal(size=(2, 5, 5)))).all()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="the same stimuli"):
        similarity_to_subjects(np.eye(4), np.zeros((2, 5, 5)))
    with pytest.raises(ValueError, match="square"):
        similarity_to_subjects(np.zeros((4, 5)), np.zeros((2, 5, 5)))
    with pytest.raises(ValueError, match="two or more"):
        leave_one_out_similarity(np.zeros((1, 5, 5)))
