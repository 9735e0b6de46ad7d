"""Neural predictivity: every published regression on the published example, and shared weights over time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.metrics.predictivity.linear import predict_linear, predict_neuron_to_neuron
from pytest_brainscore.metrics.predictivity.neural_predictivity import (
    Regression,
    constant_in_time_correlations,
    predictivity,
    standardised,
    time_shared_correlations,
)
from pytest_brainscore.metrics.predictivity.pls import predict_pls
from pytest_brainscore.metrics.predictivity.ridge import fit_ridge_cv, predict_ridge, predict_ridge_cv
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits, stimulus_splits

Matrix = NDArray[np.float64]
OBJECTS = np.tile(["a", "b", "c"], 20)
FIXED = [Split(np.arange(45), np.arange(45, 60))]
TEN = shuffle_splits(60, stratify=OBJECTS)
REGRESSIONS: dict[str, Regression] = {
    "pls": predict_pls,
    "ridge": predict_ridge,
    "ridgecv": predict_ridge_cv,
    "dual_ridge": predict_ridge,
    "dual_ridgecv": predict_ridge_cv,
    "linear_predictivity": predict_linear,
    "neuron_to_neuron": predict_neuron_to_neuron,
}


def published_example() -> tuple[Matrix, Matrix]:
    features = np.random.RandomState(0).standard_normal((60, 40))
    weights = np.random.RandomState(1).standard_normal((40, 5))
    return features, features @ weights + 2 * np.random.RandomState(2).standard_normal((60, 5))


@pytest.mark.parametrize(
    ("name", "value", "error", "first_split"),
    [
        (
            "pls",
            0.8471559319656901,
            0.026184415287803887,
            [0.9477795888, 0.9260145731, 0.9183981415, 0.9214215560, 0.8112605250],
        ),
        (
            "ridge",
            0.8354616466744119,
            0.026436424112398178,
            [0.8534633113, 0.7548324670, 0.9365823163, 0.9234011611, 0.8264447624],
        ),
        (
            "linear_predictivity",
            0.7597414314484292,
            0.048071470792119306,
            [0.7018812489, 0.7570992273, 0.9442773634, 0.9108680288, 0.7845013968],
        ),
        (
            "neuron_to_neuron",
            0.2160347089064992,
            0.05948887614251537,
            [0.2044443143, 0.3775254726, 0.0045112244, 0.6810322445, 0.1702004070],
        ),
    ],
)
def test_published_scores(name: str, value: float, error: float, first_split: list[float]) -> None:
    score = predictivity(*published_example(), TEN, regression=REGRESSIONS[name])
    assert score.value == pytest.approx(value, abs=1e-11)
    assert score.error == pytest.approx(error, abs=1e-11)
    np.testing.assert_allclose(score.values[0], first_split, rtol=0, atol=1e-10)


def test_published_score_without_stratification() -> None:
    assert predictivity(*published_example(), shuffle_splits(60)).value == pytest.approx(0.8537885072540774, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pls", 0.7728392876118194),
        ("ridge", 0.7914924951037119),
        ("dual_ridge", 0.7914924951037119),
        ("ridgecv", 0.8523105525587711),
        ("dual_ridgecv", 0.8523105525587711),
        ("linear_predictivity", 0.5052901872273007),
        ("neuron_to_neuron", 0.42861742593803254),
    ],
)
def test_published_scores_on_one_fixed_split(name: str, value: float) -> None:
    assert predictivity(*published_example(), FIXED, regression=REGRESSIONS[name]).value == pytest.approx(
        value, abs=1e-11
    )


def test_published_penalty_on_the_fixed_split() -> None:
    (fit,) = fit_ridge_cv(*published_example(), FIXED)
    assert fit.alpha == 10


def time_example() -> tuple[Matrix, Matrix]:
    features = np.random.RandomState(0).standard_normal((40, 30, 3))
    weights = np.random.RandomState(1).standard_normal((30, 4))
    noise = np.random.RandomState(2).standard_normal((40, 4, 3))
    return features, np.einsum("sft,fn->snt", features, weights) + noise


@pytest.mark.parametrize(
    ("name", "values", "errors"),
    [
        ("ridge", [0.9738401303, 0.9782104889, 0.9792040551], [0.0036096819, 0.0022387959, 0.0041523522]),
        ("pls", [0.9737935999, 0.9784038334, 0.9791061162], None),
    ],
)
def test_published_scores_with_weights_shared_over_time(
    name: str, values: list[float], errors: list[float] | None
) -> None:
    splits = shuffle_splits(40, stratify=np.tile(["a", "b"], 20))
    correlations = time_shared_correlations(REGRESSIONS[name], *time_example(), splits)
    assert correlations.shape == (3, 10, 4)
    scores = [aggregate_splits(one_bin) for one_bin in correlations]
    np.testing.assert_allclose([score.value for score in scores], values, rtol=0, atol=1e-10)
    if errors:
        np.testing.assert_allclose([score.error for score in scores], errors, rtol=0, atol=1e-10)


def test_recordings_with_other_time_bins_are_refused() -> None:
    features, responses = time_example()
    with pytest.raises(ValueError, match="the same stimuli and bins"):
        time_shared_correlations(predict_ridge, features[:, :, :2], responses, FIXED)


@pytest.mark.parametrize("name", ["pls", "linear_predictivity"])
def test_features_that_are_the_same_at_all_times_are_fitted_once(name: str) -> None:
    features, responses = published_example()
    course = responses[:, :, np.newaxis] + np.random.RandomState(3).standard_normal((60, 5, 4))
    repeated = np.repeat(features[:, :, np.newaxis], 4, axis=2)
    once = constant_in_time_correlations(REGRESSIONS[name], features, course, TEN)
    np.testing.assert_allclose(once, time_shared_correlations(REGRESSIONS[name], repeated, course, TEN), atol=1e-9)
    assert once.shape == (4, 10, 5)
    with pytest.raises(ValueError, match="do not fit"):
        constant_in_time_correlations(predict_pls, features[:-1], course, TEN)


def test_the_order_of_stimuli_matters_to_published_splits_and_not_to_splits_by_stimulus() -> None:
    features, responses = published_example()
    ids = np.array([f"s{number:03d}" for number in range(60)])
    order = np.random.default_rng(0).permutation(60)
    published = [
        predictivity(features[rows], responses[rows], shuffle_splits(60, stratify=OBJECTS[rows])).value
        for rows in (np.arange(60), order)
    ]
    assert abs(published[0] - published[1]) > 1e-3
    by_stimulus = [
        predictivity(features[rows], responses[rows], stimulus_splits(ids[rows], stratify=OBJECTS[rows])).value
        for rows in (np.arange(60), order)
    ]
    assert by_stimulus[0] == pytest.approx(by_stimulus[1], abs=1e-12)


def test_neuroids_on_the_same_scale() -> None:
    responses = published_example()[1] * [1, 10, 100, 1, 1] + 3
    responses[:, 4] = 0.1
    scaled = standardised(responses)
    np.testing.assert_allclose(scaled[:, :4].std(axis=0), 1)
    np.testing.assert_allclose(scaled[:, :4].mean(axis=0), 0, atol=1e-14)
    assert np.isnan(scaled[:, 4]).all()


def test_a_regression_of_ones_own() -> None:
    features, responses = published_example()
    score = predictivity(
        features,
        responses,
        FIXED,
        regression=lambda features, targets, splits: [features[split.test, :5] for split in splits],
    )
    assert score.values.shape == (1, 5)
