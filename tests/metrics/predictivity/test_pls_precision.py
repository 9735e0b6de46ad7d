"""PLS in the corners of double precision: as precise as the published algorithm, by an oracle with more digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.cross_decomposition import PLSRegression

from pytest_brainscore.metrics.predictivity.neural_predictivity import predictivity
from pytest_brainscore.metrics.predictivity.pls import fit_pls
from pytest_brainscore.metrics.predictivity.reduced_features import reduced_features
from pytest_brainscore.metrics.shared.splits import Split

Matrix = NDArray[np.float64]
SPLIT = Split(np.arange(70), np.arange(70, 90))
SHAPES = [pytest.param(40, id="few features"), pytest.param(250, id="many features")]

pytestmark = pytest.mark.skipif(bool(np.finfo(np.longdouble).eps > 1e-18), reason="long double has no more digits here")


def extended_nipals(features: NDArray[np.generic], targets: Matrix, components: int = 25) -> Matrix:
    """Predict the test stimuli with the published loop, 80 bits a number, and no constant that depends on units."""
    x, y = features.astype(np.longdouble), targets.astype(np.longdouble)
    x, y = x - x[SPLIT.train].mean(axis=0), y - y[SPLIT.train].mean(axis=0)
    test, x, y = x[SPLIT.test], x[SPLIT.train], y[SPLIT.train]
    nothing = 10 * np.finfo(np.longdouble).eps * np.abs(y).max()
    prediction = np.zeros((len(test), y.shape[1]), np.longdouble)
    for _ in range(components):
        left = (np.abs(y) > nothing).any(axis=0)
        if not left.any():
            break
        scores, weights = y[:, left.argmax()], np.full(x.shape[1], 100, np.longdouble)
        for _ in range(500):
            before = weights
            weights = x.T @ scores
            weights = weights / np.sqrt(weights @ weights)
            loadings = y.T @ (x @ weights)
            scores = y @ loadings
            if ((weights - before) ** 2).sum() < 1e-6 or y.shape[1] == 1:
                break
        scores = x @ weights
        own, fitted = x.T @ scores / (scores @ scores), y.T @ scores / (scores @ scores)
        of_test = test @ weights
        prediction = prediction + np.outer(of_test, fitted)
        test, x, y = test - np.outer(of_test, own), x - np.outer(scores, own), y - np.outer(scores, fitted)
    return np.asarray(prediction, np.float64)


def correlations(predicted: Matrix, targets: Matrix) -> Matrix:
    pairs = zip(predicted.reshape(len(predicted), -1).T, targets[SPLIT.test].T, strict=True)
    return np.array([stats.pearsonr(*pair)[0] for pair in pairs])


def difference(features: NDArray[np.generic], targets: Matrix) -> tuple[float, float]:
    """Return how far single neuroids are from the oracle, here and in scikit-learn."""
    oracle = correlations(extended_nipals(features, targets), targets)
    ours = correlations(fit_pls(features, targets, [SPLIT]).predict(0), targets)
    x = features.astype(np.float64)
    loop = PLSRegression(25, scale=False).fit(x[SPLIT.train], targets[SPLIT.train]).predict(x[SPLIT.test])
    return float(np.abs(ours - oracle).max()), float(np.abs(correlations(loop, targets) - oracle).max())


def bottleneck(features: int, rank: int, noise: float = 0, seed: int = 0) -> tuple[Matrix, Matrix]:
    """Return features of some rank but for noise of this size relative to the first direction, and noisy targets."""
    generator = np.random.default_rng(seed)
    values = generator.standard_normal((90, rank)) @ generator.standard_normal((rank, features))
    values += noise * np.linalg.norm(values, 2) / np.sqrt(features) * generator.standard_normal(values.shape)
    return values, values[:, :5] / values[:, :5].std() + generator.standard_normal((90, 5))


def full_rank(features: int) -> tuple[Matrix, Matrix]:
    generator = np.random.default_rng(0)
    latent = generator.standard_normal((90, 60)) * np.arange(1, 61) ** -0.7
    values = latent @ generator.standard_normal((60, features)) + 0.1 * generator.standard_normal((90, features))
    return values, values[:, :5] / values[:, :5].std() + generator.standard_normal((90, 5))


@pytest.mark.parametrize("features", SHAPES)
@pytest.mark.parametrize("rank", [3, 10, 24, 25, 30])
def test_features_of_single_precision_and_low_rank(features: int, rank: int) -> None:
    values, targets = bottleneck(features, rank)
    assert difference(values.astype(np.float32), targets)[0] < 1e-8


@pytest.mark.parametrize("features", SHAPES)
@pytest.mark.parametrize("noise", [1e-3, 1e-5, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12])
def test_noise_past_the_rank_is_fitted_as_precisely_as_by_the_published_loop(features: int, noise: float) -> None:
    ours, loop = difference(*bottleneck(features, 10, noise))
    assert ours < max(1e-8, 3 * loop)
    assert ours < 1e-15 / noise + 1e-12 or ours < 3 * loop


@pytest.mark.parametrize("features", SHAPES)
@pytest.mark.parametrize("times", [1e3, 1e6, 1e9, 1e10])
def test_one_dominating_feature(features: int, times: float) -> None:
    values, targets = full_rank(features)
    values[:, 3] *= times
    assert difference(values, targets)[0] < 1e-8


@pytest.mark.parametrize("features", SHAPES)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda x, y: (x + 1e8, y), id="an offset of all features"),
        pytest.param(lambda x, y: (x * np.logspace(-6, 6, x.shape[1]), y), id="mixed units"),
        pytest.param(lambda x, y: (x * 1e-30, y), id="small features"),
        pytest.param(lambda x, y: (x * 1e30, y), id="large features"),
        pytest.param(lambda x, y: (x, y * 1e-30), id="small targets"),
        pytest.param(lambda x, y: (x, y * 1e30), id="large targets"),
        pytest.param(lambda x, y: (x, y * [1, 1, 1e9, 1, 1]), id="one large target"),
        pytest.param(lambda x, y: (x, y * [1e9, 1, 1, 1, 1]), id="a large first target"),
        pytest.param(lambda x, y: (x, y + 1e8), id="an offset of all targets"),
        pytest.param(lambda x, y: (np.where(np.arange(90)[:, None] == 5, 1e6, 1) * x, y), id="one training stimulus"),
        pytest.param(lambda x, y: (np.where(np.arange(90)[:, None] == 85, 1e6, 1) * x, y), id="one test stimulus"),
        pytest.param(lambda x, _: (x, x[:, :5]), id="targets that are features"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # scikit-learn's for what has no number there
def test_units_and_offsets(features: int, change: Callable[[Matrix, Matrix], tuple[Matrix, Matrix]]) -> None:
    values, targets = change(*full_rank(features))
    ours = correlations(fit_pls(values, targets, [SPLIT]).predict(0), targets)
    oracle = correlations(extended_nipals(values, targets), targets)
    np.testing.assert_allclose(ours, oracle, rtol=0, atol=1e-8)


@pytest.mark.parametrize("features", SHAPES)
def test_full_rank_keeps_thirteen_digits(features: int) -> None:
    assert difference(*full_rank(features))[0] < 1e-13


@pytest.mark.parametrize("features", SHAPES)
@pytest.mark.parametrize("rank", [1, 10, 24])
def test_fitting_ends_where_double_precision_does(features: int, rank: int) -> None:
    """The published loop goes on with rounding noise there, up to predictions of 1e28."""
    generator = np.random.default_rng(0)
    values = np.tile(generator.standard_normal((90, rank)), features // rank + 1)[:, :features]
    targets = generator.standard_normal((90, 5))
    fit = fit_pls(values, targets, [SPLIT])
    assert (fit.iterations > 0).sum() == rank
    assert predictivity(values, targets, splits=[SPLIT]).counts() == {"components": rank}


def test_reflections_keep_the_inner_products_of_features_of_any_length() -> None:
    generator = np.random.default_rng(0)
    values = generator.standard_normal((30, 300)) * np.repeat(10.0 ** np.array([-20, -7, 0, 7, 20]), 60)
    reduced = reduced_features(values, precise=True)
    centred = values.astype(np.longdouble) - values.astype(np.longdouble).mean(axis=0)
    assert reduced.matrix.values.shape == (30, 5 * 30)
    for group in range(5):
        columns = reduced.matrix.values[:, reduced.groups == group + 1].astype(np.longdouble)
        part = centred[:, 60 * (4 - group) : 60 * (5 - group)]
        np.testing.assert_allclose(columns @ columns.T, part @ part.T, rtol=0, atol=1e-13 * np.square(part).sum())
