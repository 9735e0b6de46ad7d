"""Least squares equals scikit-learn; neuron to neuron picks one unit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression

from pytest_brainscore.metrics.predictivity import regression_data
from pytest_brainscore.metrics.predictivity.linear import predict_linear, predict_neuron_to_neuron
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits


def simulated(stimuli: int, features: int, neuroids: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    generator = np.random.default_rng(0)
    values = generator.standard_normal((stimuli, features)) + 1
    return values, values[:, :neuroids] + generator.standard_normal((stimuli, neuroids))


@pytest.mark.parametrize("features", [10, 36, 60, 500], ids=["few", "as many as stimuli", "more", "far more"])
def test_least_squares_predictions_equal_scikit_learn(features: int) -> None:
    values, responses = simulated(40, features, 5)
    splits = shuffle_splits(40, splits=3)
    for prediction, (train, test) in zip(predict_linear(values, responses, splits), splits, strict=True):
        oracle = LinearRegression().fit(values[train], responses[train]).predict(values[test])
        np.testing.assert_allclose(prediction, oracle, rtol=0, atol=1e-9)


def test_dependent_features_get_the_smallest_weights() -> None:
    values, responses = simulated(40, 6, 3)
    splits = shuffle_splits(40, splits=2)
    copied = np.hstack([values, values[:, :3], np.full((40, 1), 0.1)])
    for prediction, expected in zip(
        predict_linear(copied, responses, splits), predict_linear(values, responses, splits), strict=True
    ):
        np.testing.assert_allclose(prediction, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("features", [30, 250], ids=["few", "many"])
def test_directions_that_single_precision_leaves_past_the_rank_count(features: int) -> None:
    """As in the published system. Newer scikit-learn leaves out all below 1e-6 of the largest."""
    generator = np.random.default_rng(0)
    values = generator.standard_normal((60, 5)) @ generator.standard_normal((5, features))
    single = values.astype(np.float32)
    responses = single[:, :3] + generator.standard_normal((60, 3))
    splits = shuffle_splits(60, splits=2)
    for prediction, (train, test) in zip(predict_linear(single, responses, splits), splits, strict=True):
        exact = single.astype(np.float64)
        centre, mean = exact[train].mean(axis=0), responses[train].mean(axis=0)
        basis, sizes, rotation = np.linalg.svd(exact[train] - centre, full_matrices=False)
        kept = sizes > 1e-12 * sizes[0]
        assert kept.sum() > 20
        weights = rotation[kept].T @ (basis[:, kept].T @ (responses[train] - mean) / sizes[kept, None])
        np.testing.assert_allclose(prediction, (exact[test] - centre) @ weights + mean, rtol=0, atol=1e-5)


@pytest.mark.parametrize("block", [2**25, 8 * 50 * 7])
def test_neuron_to_neuron_predicts_with_the_most_correlated_unit(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression_data, "_BLOCK_BYTES", block)
    values, responses = simulated(50, 30, 6)
    values[:, 3] = 0.1  # constant units are passed over
    splits = shuffle_splits(50, splits=4)
    for prediction, (train, test) in zip(predict_neuron_to_neuron(values, responses, splits), splits, strict=True):
        for neuroid in range(6):
            with np.errstate(invalid="ignore"):
                correlation = [np.corrcoef(unit, responses[train, neuroid])[0, 1] for unit in values[train].T]
            expected = values[test, int(np.nanargmax(correlation))]
            np.testing.assert_array_equal(prediction[:, neuroid], expected)


def test_neuron_to_neuron_looks_for_positive_correlation() -> None:
    values, responses = simulated(50, 8, 1)
    inverted = np.column_stack([-responses, values])
    (prediction,) = predict_neuron_to_neuron(inverted, responses, [Split(np.arange(40), np.arange(40, 50))])
    np.testing.assert_array_equal(prediction[:, 0], values[40:, 0])


@pytest.mark.parametrize("exponent", [-560, 500])
def test_neuron_to_neuron_takes_units_whose_squares_are_no_numbers(exponent: int) -> None:
    generator = np.random.default_rng(0)
    values, responses = generator.standard_normal((40, 6)), generator.standard_normal((40, 3))
    splits = shuffle_splits(40, splits=2)
    for far, near in zip(
        predict_neuron_to_neuron(np.ldexp(values, exponent), responses, splits),
        predict_neuron_to_neuron(values, responses, splits),
        strict=True,
    ):
        assert (far == np.ldexp(near, exponent)).all()


def test_neuron_to_neuron_has_no_prediction_for_a_constant_neuroid() -> None:
    values, responses = simulated(50, 8, 3)
    responses[:, 1] = 2
    (prediction,) = predict_neuron_to_neuron(values, responses, [Split(np.arange(40), np.arange(40, 50))])
    assert np.isnan(prediction).all(axis=0).tolist() == [False, True, False]


@pytest.mark.parametrize("predict", [predict_linear, predict_neuron_to_neuron])
def test_bad_values_are_refused(predict: object) -> None:
    values, responses = simulated(40, 10, 2)
    values[3, 4] = np.inf
    with pytest.raises(ValueError, match="first in column 4"):
        list(predict(values, responses, shuffle_splits(40)))  # type: ignore[operator]
