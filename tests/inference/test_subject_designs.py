"""Bootstrap values of scores over several subjects: derivatives, and the score where all weights are 1."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.inference.attribution import attribution
from pytest_brainscore.inference.differences import score_error
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import Design, replicates, without_each
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.inference.subject_predictivity import subject_predictivity_design
from pytest_brainscore.inference.subject_similarity import first_order_design, rank_correlation_and_derivative
from pytest_brainscore.inference.weighted import ranked, weighted_spearman
from pytest_brainscore.metrics.reliability.explained_variance import normalised
from pytest_brainscore.metrics.shared.correlation import pearson_correlation, spearman_correlation

Matrix = NDArray[np.float64]


@pytest.mark.parametrize("ties", [False, True])
def test_the_derivative_of_a_rank_correlation_is_its_change_with_a_small_weight(ties: bool) -> None:
    generator = np.random.default_rng(0)
    first = generator.standard_normal(30)
    second = first + generator.standard_normal(30)
    if ties:
        first, second = np.round(first), np.round(second)
    value, derivative = rank_correlation_and_derivative(ranked(first), ranked(second))
    assert value == pytest.approx(spearman_correlation(first, second), abs=1e-14)
    weights = 1 + 1e-6 * np.eye(30)
    change = (weighted_spearman(weights, ranked(first), ranked(second)) - value) / 1e-6
    np.testing.assert_allclose(derivative, change, rtol=0, atol=1e-6)


def test_a_series_of_ties_has_no_correlation() -> None:
    value, derivative = rank_correlation_and_derivative(ranked(np.ones(4)), ranked(np.arange(4.0)))
    assert np.isnan(value)
    assert np.isnan(derivative).all()


def dissimilarities(seed: int, stimuli: int, noise: float) -> Matrix:
    signal = np.random.default_rng(0).standard_normal((stimuli, 20))
    own = np.random.default_rng(seed).standard_normal((stimuli, 20))
    return np.asarray(1 - np.corrcoef(signal + noise * own))


def test_values_to_first_order_are_those_of_ranking_anew_but_for_a_little() -> None:
    model, subjects = dissimilarities(1, 60, 1.0), np.stack([dissimilarities(2 + each, 60, 1.5) for each in range(4)])
    stimuli, people = units("test", "stimulus", 60), units("test", "subject", 4)
    raw = float(
        np.mean([spearman_correlation(model[np.triu_indices(60, 1)], s[np.triu_indices(60, 1)]) for s in subjects])
    )
    quick = replicates(raw, first_order_design(model, subjects, stimuli, people))
    exact = replicates(raw, similarity_design(model, subjects, stimuli, people))
    assert np.corrcoef(quick.values, exact.values)[0, 1] > 0.98
    assert score_error(quick) == pytest.approx(score_error(exact), rel=0.1)


def test_where_all_weights_are_one_a_design_is_the_score() -> None:
    generator = np.random.default_rng(3)
    observed = [generator.standard_normal((30, count)) for count in (5, 8)]
    predicted = [each + generator.standard_normal(each.shape) for each in observed]
    observed[1][:, 3] = 2.0
    scales = [partial(normalised, ceiling=each, formula="r^2/c") for each in (0.9, 0.7)]
    medians = [np.nanmedian(pearson_correlation(*pair)) for pair in zip(predicted, observed, strict=True)]
    score = np.mean([scale(np.array([median])) for scale, median in zip(scales, medians, strict=True)])
    stimuli = units("test", "stimulus", generator.permutation(30))
    neuroids = units("test", "neuroid", generator.permutation(13), strata=["a"] * 5 + ["b"] * 8)
    design = subject_predictivity_design(predicted, observed, scales, stimuli, neuroids)
    ones = np.ones((2, 30)), np.ones((2, 13))
    for level, weights in zip(design.levels, ones, strict=True):
        np.testing.assert_allclose(level.statistic(weights), score, rtol=0, atol=1e-12)
    assert design.joint is not None
    np.testing.assert_allclose(design.joint(ones), score, rtol=0, atol=1e-12)


def several(noise: float, counts: tuple[int, ...]) -> tuple[float, Design]:
    generator = np.random.default_rng(5)
    observed = [generator.standard_normal((30, count)) for count in counts]
    predicted = [each + noise * generator.standard_normal(each.shape) for each in observed]
    scales = [partial(normalised, ceiling=each, formula="r^2/c") for each in (0.9, 0.7)]
    owners = np.repeat(["a", "b"], counts)
    drawn = units("test", "stimulus", 30), units("test", "neuroid", len(owners), strata=owners)
    design = subject_predictivity_design(predicted, observed, scales, *drawn)
    return float(design.levels[0].statistic(np.ones((1, 30)))[0]), design


def test_stimuli_contribute_as_if_they_were_left_out_where_mean_and_median_are_one() -> None:
    _, design = several(1.0, (1, 2))
    level = design.levels[0]
    np.testing.assert_allclose(without_each(level), without_each(level._replace(without=None)), atol=1e-12)


def test_contributions_of_stimuli_and_neuroids_of_subjects_sum_to_the_difference() -> None:
    parts = []
    for noise in (1.0, 0.7):
        value, design = several(noise, (5, 8))
        parts.append((value, attribution(value, design).parts))
    (before, of_first), (after, of_second) = parts
    for one, other in zip(of_first, of_second, strict=True):
        assert (other.values - one.values).sum() == pytest.approx(after - before, abs=1e-12)
        assert one.values.std() > 0
