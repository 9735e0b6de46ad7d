"""Ridge regression with a given or chosen penalty: scikit-learn's predictions and choice, from either side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import Ridge, RidgeCV

from pytest_brainscore.metrics.predictivity.ridge import ALPHAS, fit_ridge_cv, predict_ridge, predict_ridge_cv
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits

Matrix = NDArray[np.float64]
SHAPES = [
    pytest.param(80, 20, 5, id="few features"),
    pytest.param(80, 75, 5, id="almost as many features as stimuli"),
    pytest.param(60, 800, 7, id="many features"),
    pytest.param(40, 100, 90, id="many neuroids"),
    pytest.param(60, 10, 1, id="one neuroid"),
    pytest.param(200, 400, 6, id="more directions than penalties"),
    pytest.param(300, 120, 4, id="more directions than penalties, which do not span the responses"),
]


def simulated(stimuli: int, features: int, neuroids: int, seed: int = 0) -> tuple[Matrix, Matrix]:
    generator = np.random.default_rng(seed)
    values = generator.standard_normal((stimuli, features)) * np.linspace(3, 0.1, features) + 2
    weights = generator.standard_normal((features, neuroids))
    return values, values @ weights + 3 * generator.standard_normal((stimuli, neuroids)) - 5


@pytest.mark.parametrize(("stimuli", "features", "neuroids"), SHAPES)
@pytest.mark.parametrize("alpha", [0.1, 1, 1000])
def test_predictions_equal_scikit_learn(stimuli: int, features: int, neuroids: int, alpha: float) -> None:
    values, responses = simulated(stimuli, features, neuroids)
    splits = shuffle_splits(stimuli, splits=3)
    for prediction, (train, test) in zip(predict_ridge(values, responses, splits, alpha=alpha), splits, strict=True):
        oracle = Ridge(alpha).fit(values[train], responses[train]).predict(values[test]).reshape(len(test), -1)
        np.testing.assert_allclose(prediction, oracle, rtol=0, atol=1e-10 * np.abs(oracle).max())


@pytest.mark.parametrize(("stimuli", "features", "neuroids"), SHAPES)
def test_the_chosen_penalty_and_its_predictions_equal_scikit_learn(stimuli: int, features: int, neuroids: int) -> None:
    values, responses = simulated(stimuli, features, neuroids)
    splits = shuffle_splits(stimuli, splits=3)
    for fit, (train, test) in zip(fit_ridge_cv(values, responses, splits), splits, strict=True):
        oracle = RidgeCV(ALPHAS, store_cv_results=True).fit(values[train], responses[train])
        assert fit.alpha == oracle.alpha_
        expected = oracle.predict(values[test]).reshape(len(test), -1)
        np.testing.assert_allclose(fit.prediction, expected, rtol=0, atol=1e-9 * np.abs(expected).max())
        errors = oracle.cv_results_.reshape(-1, ALPHAS.size).mean(axis=0)
        np.testing.assert_allclose(fit.errors, errors, rtol=1e-7)


@pytest.mark.parametrize("unit", [1e-3, 1, 1e3])
def test_many_penalties_at_once_have_the_errors_of_each_alone(unit: float) -> None:
    values, responses = simulated(150, 300, 70)
    values = unit * values * np.geomspace(1, 1e-4, 300)
    splits = shuffle_splits(150, splits=1)
    (together,) = fit_ridge_cv(values, responses, splits)
    alone = [next(fit_ridge_cv(values, responses, splits, alphas=[alpha])).errors[0] for alpha in ALPHAS]
    np.testing.assert_allclose(together.errors, alone, rtol=1e-10)
    assert together.alpha == ALPHAS[np.argmin(alone)]


def test_leave_one_out_errors_are_those_of_leaving_each_stimulus_out() -> None:
    values, responses = simulated(15, 30, 4)
    (fit,) = fit_ridge_cv(values, responses, [Split(np.arange(12), np.arange(12, 15))], alphas=[2.0, 50.0])
    for alpha, error in zip([2.0, 50.0], fit.errors, strict=True):
        squares = []
        for left_out in range(12):
            rest = np.delete(np.arange(12), left_out)
            prediction = Ridge(alpha).fit(values[rest], responses[rest]).predict(values[[left_out]])
            squares.append((prediction - responses[left_out]) ** 2)
        assert error == pytest.approx(np.mean(squares), rel=1e-10)


def test_few_and_many_features_meet_where_features_equal_stimuli() -> None:
    values, responses = simulated(40, 36, 3)
    padded = np.hstack([values, np.zeros((40, 10))])
    splits = shuffle_splits(40, splits=2)
    for few, many in zip(
        predict_ridge_cv(values, responses, splits), predict_ridge_cv(padded, responses, splits), strict=True
    ):
        np.testing.assert_allclose(few, many, rtol=0, atol=1e-9)


def test_the_published_penalties() -> None:
    assert ALPHAS.size == 99
    assert ALPHAS[:9].tolist() == [0.01, 0.1, 0.5, 1, 10, 32.5, 55, 77.5, 100]
    assert ALPHAS[-2:].tolist() == [9.5e6, 1e7]
    assert (np.diff(ALPHAS) > 0).all()


def test_the_first_of_equal_penalties_is_chosen() -> None:
    values, responses = simulated(40, 5, 3)
    (fit,) = fit_ridge_cv(values, responses, [Split(np.arange(36), np.arange(36, 40))], alphas=[1e3, 2.0, 1.0, 2.0])
    assert fit.errors[1] == fit.errors[3]
    assert np.flatnonzero(fit.errors == fit.errors.min())[0] == [1e3, 2.0, 1.0, 2.0].index(fit.alpha)


@pytest.mark.parametrize("features", [30, 300])
def test_constant_features_and_neuroids_predict_the_mean(features: int) -> None:
    splits = shuffle_splits(50, splits=2)
    responses = np.random.default_rng(0).standard_normal((50, 2))
    for predict in (predict_ridge, predict_ridge_cv):
        for prediction, split in zip(predict(np.full((50, features), 0.1), responses, splits), splits, strict=True):
            mean = responses[split.train].mean(axis=0)
            np.testing.assert_allclose(prediction, np.tile(mean, (5, 1)), rtol=0, atol=1e-12)


def test_copied_features_are_no_obstacle() -> None:
    values, responses = simulated(50, 8, 3)
    splits = shuffle_splits(50, splits=2)
    copied = np.tile(values, 4)
    for prediction, (train, test) in zip(predict_ridge_cv(copied, responses, splits), splits, strict=True):
        oracle = RidgeCV(ALPHAS).fit(copied[train], responses[train]).predict(copied[test])
        np.testing.assert_allclose(prediction, oracle, rtol=0, atol=1e-9)


def test_memory_mapped_single_precision_features_are_fitted_in_double_precision(tmp_path: Path) -> None:
    values, responses = simulated(40, 300, 3)
    stored = np.memmap(tmp_path / "features", dtype=np.float32, mode="w+", shape=values.shape)
    stored[:] = values
    splits = shuffle_splits(40, splits=2)
    for prediction, (train, test) in zip(predict_ridge(stored, responses, splits), splits, strict=True):
        exact = np.asarray(stored, dtype=np.float64)
        oracle = Ridge(1).fit(exact[train], responses[train]).predict(exact[test])
        np.testing.assert_allclose(prediction, oracle, rtol=0, atol=1e-10)


def ridge_by_singular_values(
    values: Matrix, responses: Matrix, split: Split, alphas: NDArray[np.float64]
) -> tuple[list[Matrix], NDArray[np.float64]]:
    """Predictions and leave-one-out errors with every penalty, from the directions of features above rounding."""
    train, target = values[split.train], responses[split.train]
    u, s, vt = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
    kept = s > 1e-11 * s[0]
    u, s, vt = u[:, kept], s[kept], vt[kept]
    predictions, errors = [], []
    for alpha in alphas:
        weights = vt.T @ ((s / (s**2 + alpha))[:, None] * (u.T @ (target - target.mean(axis=0))))
        predictions.append((values[split.test] - train.mean(axis=0)) @ weights + target.mean(axis=0))
        influence = (u**2) @ (s**2 / (s**2 + alpha)) + 1 / len(train)
        residual = target - target.mean(axis=0) - (train - train.mean(axis=0)) @ weights
        errors.append(np.mean((residual / (1 - influence)[:, None]) ** 2))
    return predictions, np.array(errors)


@pytest.mark.parametrize("features", [60, 300], ids=["few", "many"])
@pytest.mark.parametrize("exponent", [0, 2, 4, 5, 8, 16, 60])
def test_features_of_low_rank_are_fitted_in_any_unit(features: int, exponent: int) -> None:
    generator = np.random.default_rng(exponent)
    hidden = generator.standard_normal((120, 20))
    values = hidden @ generator.standard_normal((20, features)) * 10.0**exponent
    responses = 0.3 * hidden @ generator.standard_normal((20, 5)) + generator.standard_normal((120, 5))
    split = shuffle_splits(120, splits=1)[0]
    (ridge,) = predict_ridge(values, responses, [split])
    ((expected,), _) = ridge_by_singular_values(values, responses, split, np.ones(1))
    np.testing.assert_allclose(ridge, expected, rtol=0, atol=1e-9)
    (fit,) = fit_ridge_cv(values, responses, [split])
    expectations, errors = ridge_by_singular_values(values, responses, split, ALPHAS)
    np.testing.assert_allclose(fit.errors, errors, rtol=1e-8)
    np.testing.assert_allclose(fit.prediction, expectations[ALPHAS.tolist().index(fit.alpha)], rtol=0, atol=1e-9)


@pytest.mark.parametrize("exponent", [0, 4])
def test_single_precision_behind_a_bottleneck_is_fitted_as_in_extended_precision(exponent: int) -> None:
    generator = np.random.default_rng(0)
    hidden = generator.standard_normal((90, 6)).astype(np.float32)
    values = (hidden @ generator.standard_normal((6, 200)).astype(np.float32)).astype(np.float64) * 10.0**exponent
    responses = hidden @ generator.standard_normal((6, 3)) + generator.standard_normal((90, 3))
    train, test = split = shuffle_splits(90, splits=1)[0]
    (prediction,) = predict_ridge(values, responses, [split])
    # Inner products lose no digit of it in extended precision.
    centred = (values - values[train].mean(axis=0)).astype(np.longdouble)
    centred -= centred[train].mean(axis=0)
    system = centred[train] @ centred[train].T + np.eye(train.size, dtype=np.longdouble)
    target = (responses[train] - responses[train].mean(axis=0)).astype(np.longdouble)
    weights = solved(system, target)
    expected = (centred[test] @ centred[train].T @ weights).astype(np.float64) + responses[train].mean(axis=0)
    np.testing.assert_allclose(prediction, expected, rtol=0, atol=1e-6)


def solved(system: NDArray[np.longdouble], right: NDArray[np.longdouble]) -> NDArray[np.longdouble]:
    """Solve a positive definite system in its own precision, by Cholesky factors."""
    factor = system.copy()
    for k in range(len(factor)):
        factor[k:, k] = (factor[k:, k] - factor[k:, :k] @ factor[k, :k]) / np.sqrt(
            factor[k, k] - factor[k, :k] @ factor[k, :k]
        )
    result = right.copy()
    for k in range(len(factor)):
        result[k] = (result[k] - factor[k, :k] @ result[:k]) / factor[k, k]
    for k in reversed(range(len(factor))):
        result[k] = (result[k] - factor[k + 1 :, k] @ result[k + 1 :]) / factor[k, k]
    return result


@pytest.mark.parametrize("alphas", [[], [0.0, 1.0], [-1.0], [np.nan], [[1.0]]])
def test_penalties_that_are_none_are_refused(alphas: list[float]) -> None:
    values, responses = simulated(40, 10, 2)
    with pytest.raises(ValueError, match="give alphas above 0"):
        list(fit_ridge_cv(values, responses, shuffle_splits(40), alphas=alphas))


def test_bad_values_are_refused_with_their_place() -> None:
    values, responses = simulated(40, 10, 2)
    broken = values.copy()
    broken[3, 4] = np.nan
    with pytest.raises(ValueError, match="first in column 4"):
        list(predict_ridge(broken, responses, shuffle_splits(40)))
    responses[3] = np.nan
    with pytest.raises(ValueError, match="for 1 of 40 stimuli, the first in row 3"):
        list(predict_ridge_cv(values, responses, shuffle_splits(40)))
    with pytest.raises(ValueError, match="do not fit"):
        list(predict_ridge(values[:39], responses, shuffle_splits(40)))


def test_one_training_stimulus_leaves_nothing_to_choose_by() -> None:
    values, responses = simulated(5, 10, 2)
    with pytest.raises(ValueError, match="two or more training stimuli"):
        list(fit_ridge_cv(values, responses, [Split(np.array([0]), np.arange(1, 5))]))
