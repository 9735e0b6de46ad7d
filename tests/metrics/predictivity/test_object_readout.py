"""Object read-out of the domain transfer benchmark: scikit-learn's ridge classifier, scored in pairs of objects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pytest_brainscore.metrics.predictivity.object_readout import (
    object_decisions,
    object_readout,
    two_alternative_scores,
)
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits

OBJECTS = np.tile(["bear", "car", "face", "zebra"], 30)
DOMAINS = np.repeat(["hvm", "sketch", "mosaic"], 40)
PENALTIES = [0.0001, 0.001, 0.01, 0.1, 1, 10]
# Trained on one domain, tested on what is left of it and on the others.
SPLITS = [
    Split(split.train, np.concatenate([split.test, np.arange(40, 120)]))
    for split in shuffle_splits(40, splits=3, train_size=None, test_size=12, stratify=OBJECTS[:40])
]


def simulated(neuroids: int, *, noise: float = 1) -> NDArray[np.float64]:
    generator = np.random.default_rng(0)
    prototypes = generator.standard_normal((4, neuroids))
    deviations = generator.standard_normal((120, neuroids)) * (noise * np.linspace(0.5, 20, neuroids) + 0.01)
    return np.asarray(prototypes[np.unique(OBJECTS, return_inverse=True)[1]] + deviations + 3)


def test_golden_score_of_decision_values() -> None:
    decisions = [[0.9, 0.5, 0.1], [0.2, 0.3, 0.25], [0.4, 0.4, 0.4], [0.1, 0.8, 0.3]]
    scores = two_alternative_scores(decisions, ["a", "b", "c", "c"], ["a", "b", "c"])
    assert scores.tolist() == [1, 1, 0, 0.5]
    assert scores.mean() == 0.625


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 12))
@settings(max_examples=40, deadline=None)
def test_the_score_is_the_rank_of_the_object_among_all(seed: int, count: int) -> None:
    generator = np.random.default_rng(seed)
    decisions, truth = generator.standard_normal((15, count)), generator.integers(count, size=15)
    ranks = decisions.argsort(axis=1).argsort(axis=1)[np.arange(15), truth]
    scores = two_alternative_scores(decisions, truth, np.arange(count))
    np.testing.assert_allclose(scores, ranks / (count - 1), rtol=0, atol=1e-15)
    np.testing.assert_array_equal(two_alternative_scores(np.exp(decisions), truth, np.arange(count)), scores)
    order = generator.permutation(count)
    np.testing.assert_array_equal(two_alternative_scores(decisions[:, order], truth, order), scores)


def test_an_image_without_decision_values_has_no_score() -> None:
    scores = two_alternative_scores(np.array([[1, np.nan], [1, 0]]), ["a", "a"], ["a", "b"])
    assert np.isnan(scores).tolist() == [True, False]


@pytest.mark.parametrize("noise", [1, 0], ids=["a large penalty is best", "a small penalty is best"])
@pytest.mark.parametrize("neuroids", [5, 28, 300])
def test_decision_values_equal_those_of_scikit_learn(neuroids: int, noise: float) -> None:
    features = simulated(neuroids, noise=noise)
    for split, decisions in zip(SPLITS, object_decisions(features, OBJECTS, SPLITS), strict=True):
        oracle = make_pipeline(StandardScaler(), RidgeClassifierCV(alphas=PENALTIES))
        expected = oracle.fit(features[split.train], OBJECTS[split.train]).decision_function(features[split.test])
        np.testing.assert_allclose(decisions, expected, rtol=0, atol=1e-8)


def test_two_objects_have_opposite_decision_values() -> None:
    rows = np.flatnonzero(np.isin(OBJECTS, ["bear", "car"]))
    features, objects = simulated(10)[rows], OBJECTS[rows]
    split = Split(np.arange(40), np.arange(40, 60))
    decisions = next(object_decisions(features, objects, [split]))
    oracle = make_pipeline(StandardScaler(), RidgeClassifierCV(alphas=PENALTIES)).fit(features[:40], objects[:40])
    np.testing.assert_allclose(decisions[:, 1], oracle.decision_function(features[40:]), rtol=0, atol=1e-10)
    np.testing.assert_allclose(decisions[:, 0], -decisions[:, 1], rtol=0, atol=1e-10)


def test_accuracy_of_every_split_and_domain() -> None:
    features = simulated(20)
    result = object_readout(features, OBJECTS, DOMAINS, SPLITS)
    assert result.domains.tolist() == ["hvm", "mosaic", "sketch"]
    for row, split, decisions in zip(
        result.accuracies, SPLITS, object_decisions(features, OBJECTS, SPLITS), strict=True
    ):
        scores = two_alternative_scores(decisions, OBJECTS[split.test], np.unique(OBJECTS))
        expected = [scores[DOMAINS[split.test] == name].mean() for name in result.domains]
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-14)
    means = result.accuracies.mean(axis=0)
    assert result.value == pytest.approx(means.mean(), abs=1e-14)
    assert result.error == pytest.approx(means.std(), abs=1e-14)


def test_separate_objects_are_read_out_without_mistakes_and_scale_and_offset_do_not_matter() -> None:
    features = simulated(20)[:, :8] * 0.01 + 5 * np.eye(4)[np.unique(OBJECTS, return_inverse=True)[1]].repeat(2, 1)
    assert object_readout(features, OBJECTS, DOMAINS, SPLITS).value == 1
    one = next(object_decisions(features, OBJECTS, SPLITS))
    other = next(object_decisions(features * np.linspace(1, 1e4, 8) - 7, OBJECTS, SPLITS))
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_a_domain_that_a_split_does_not_test_is_left_out_of_its_mean_over_splits() -> None:
    splits = [SPLITS[0], Split(SPLITS[1].train, np.arange(40, 80))]
    result = object_readout(simulated(20), OBJECTS, DOMAINS, splits)
    assert np.isnan(result.accuracies).tolist() == [[False, False, False], [True, True, False]]
    assert result.value == pytest.approx(np.nanmean(result.accuracies, axis=0).mean(), abs=1e-14)


def test_a_neuroid_that_is_constant_in_training_has_no_say() -> None:
    features = simulated(8)
    silent = np.where(DOMAINS == "hvm", 0.1, np.random.default_rng(0).standard_normal(120))
    with_silent = np.column_stack([features, silent])
    for one, other in zip(
        object_decisions(features, OBJECTS, SPLITS), object_decisions(with_silent, OBJECTS, SPLITS), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)


def test_a_population_that_never_responds_differently_wins_nothing() -> None:
    splits = [Split(np.arange(40), np.arange(40, 120))]
    assert object_readout(np.ones((120, 6)), OBJECTS, DOMAINS, splits).value == 0


def test_bad_input_is_refused() -> None:
    features = simulated(5)
    with pytest.raises(ValueError, match="both for every image"):
        object_readout(features, OBJECTS, DOMAINS[:-1], SPLITS)
    with pytest.raises(ValueError, match="two or more different"):
        next(object_decisions(features, np.full(120, "bear"), SPLITS))
    with pytest.raises(ValueError, match="no training image of car"):
        next(object_decisions(features, OBJECTS, [Split(np.array([0, 2, 3]), np.array([1]))]))
    with pytest.raises(ValueError, match="does not fit 120 stimuli"):
        next(object_decisions(features, OBJECTS, [Split(np.arange(40), np.array([120]))]))
    with pytest.raises(ValueError, match="NaN or infinite"):
        next(object_decisions(np.full((120, 5), np.nan), OBJECTS, SPLITS))
    with pytest.raises(ValueError, match="do not fit 2 images"):
        two_alternative_scores([[1, 2, 3]], ["a", "b"], ["a", "b", "c"])
    with pytest.raises(ValueError, match="every category once"):
        two_alternative_scores([[1, 2]], ["a"], ["a", "a"])
    with pytest.raises(ValueError, match="not among the categories"):
        two_alternative_scores([[1, 2]], ["c"], ["a", "b"])
