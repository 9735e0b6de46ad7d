"""The parameters of ``score()``: what they do, against scikit-learn, and that each is checked in one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import Ridge
from sklearn.model_selection import ShuffleSplit

from pytest_brainscore import score
from pytest_brainscore.benchmarks.own.recording import RecordingWarning
from pytest_brainscore.errors import RecordingError

STIMULI, UNITS, NEURONS = 80, 12, 3
_generator = np.random.default_rng(0)
FEATURES = _generator.standard_normal((STIMULI, UNITS))
RECORDING = FEATURES[:, :4] @ _generator.standard_normal((4, NEURONS)) + 2 * _generator.standard_normal(
    (STIMULI, NEURONS)
)


def reference(regression: Any, splits: ShuffleSplit) -> Any:
    values = []
    for train, test in splits.split(FEATURES):
        predicted = regression.fit(FEATURES[train], RECORDING[train]).predict(FEATURES[test])
        values.append([pearsonr(predicted[:, n], RECORDING[test, n])[0] for n in range(NEURONS)])
    return values


@pytest.mark.parametrize("alpha", [1e-3, 1, 100, 1e6])
def test_alpha_is_that_of_ridge(alpha: float) -> None:
    found = score(FEATURES, RECORDING, "ridge", alpha=alpha)
    expected = reference(Ridge(alpha), ShuffleSplit(10, train_size=0.9, random_state=1))
    np.testing.assert_allclose(np.asarray(found.values), expected, rtol=0, atol=1e-9)
    assert found.provenance["alpha"] == alpha


@pytest.mark.parametrize("components", [1, 3, 12])
def test_components_are_those_of_pls(components: int) -> None:
    found = score(FEATURES, RECORDING, components=components)
    expected = reference(PLSRegression(components, scale=False), ShuffleSplit(10, train_size=0.9, random_state=1))
    np.testing.assert_allclose(np.asarray(found.values), expected, rtol=0, atol=1e-6)
    assert found.provenance["components"] == components


@pytest.mark.parametrize(("splits", "test_size", "seed"), [(12, 0.25, 3), (20, 30, 0), (10, 0.1, 2**32 - 1)])
def test_splits_are_those_of_a_shuffle_split(splits: int, test_size: Any, seed: int) -> None:
    found = score(FEATURES, RECORDING, "ridge", splits=splits, test_size=test_size, seed=seed)
    expected = reference(Ridge(1), ShuffleSplit(splits, test_size=test_size, random_state=seed))
    np.testing.assert_allclose(np.asarray(found.values), expected, rtol=0, atol=1e-9)
    assert found.n["splits"] == splits
    assert (found.provenance["seed"], found.provenance["test_size"]) == (seed, test_size)


def test_the_seed_draws_the_halves_of_repetitions_too() -> None:
    repeated = RECORDING + np.random.default_rng(1).normal(size=(6, STIMULI, NEURONS))
    one, other = (score(FEATURES, RECORDING, "ridge", ceiling=repeated, seed=seed).ceiling for seed in (1, 2))
    assert one != other


@pytest.mark.parametrize("metric", ["pls", "ridgecv", "linear_predictivity", "neuron_to_neuron"])
@pytest.mark.parametrize("exponent", [-200, 40])
def test_the_unit_of_the_responses_has_no_influence(metric: str, exponent: int) -> None:
    # A power of two changes no digit; features and penalty of ridge have one unit, which is not that of the responses.
    repeated = RECORDING + np.random.default_rng(1).normal(size=(6, STIMULI, NEURONS))
    settings = {"components": 5} if metric == "pls" else {}
    one = score(FEATURES, RECORDING, metric, ceiling=repeated, **settings)  # type: ignore[arg-type]
    scaled = np.ldexp(RECORDING, exponent), np.ldexp(repeated, exponent)
    assert score(FEATURES, scaled[0], metric, ceiling=scaled[1], **settings) == one  # type: ignore[arg-type]


def test_an_error_from_few_splits_is_marked_and_from_one_split_absent() -> None:
    with pytest.warns(RecordingWarning, match="estimated from 3 splits alone"):
        assert score(FEATURES, RECORDING, "ridge", splits=3).error > 0
    once = score(FEATURES, RECORDING, "ridge", splits=1, ceiling=0.9)
    assert np.isnan(once.error)
    assert once == score(FEATURES, RECORDING, "ridge", splits=1, ceiling=0.9)


@pytest.mark.parametrize("features", [20, 300])
@pytest.mark.parametrize("scale", [1e4, 1e16, 1e-16])
def test_ridge_takes_features_of_any_unit(features: int, scale: float) -> None:
    values = np.random.default_rng(2).standard_normal((STIMULI, features))
    scaled = score(scale * values, RECORDING, "ridge", alpha=1e2 * scale**2)
    assert scaled.value == pytest.approx(score(values, RECORDING, "ridge", alpha=1e2).value, abs=1e-9)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"metric": "Ridge"}, r"no metric 'Ridge'; use one of pls, ridge, .*did you mean ridge\?"),
        ({"metric": ["pls"]}, r"no metric \['pls'\]"),
        ({"metric": None}, "no metric None"),
        ({"normalisation": "r2/c"}, r"no normalisation 'r2/c'; use one of r\^2/c, \(r/c\)\^2, r/c"),
        ({"components": 3, "metric": "ridge"}, "metric ridge has no parameter components; leave it out, or use pls"),
        ({"alpha": 1.0}, "metric pls has no parameter alpha; leave it out, or use ridge"),
        ({"alpha": 1.0, "metric": "ridgecv"}, "metric ridgecv has no parameter alpha"),
        ({"components": 0}, "components is 0; give a whole number of 1 or more"),
        ({"components": 2.0}, "components is 2.0; give a whole number"),
        ({"components": True}, "components is True"),
        ({"components": 13}, "13 PLS components need as many features .* ask for 12 components or fewer"),
        ({"alpha": 0, "metric": "ridge"}, "alpha is 0; give a finite number above 0"),
        ({"alpha": np.nan, "metric": "ridge"}, "alpha is nan"),
        ({"alpha": np.inf, "metric": "ridge"}, "alpha is inf"),
        ({"alpha": [1, 2], "metric": "ridge"}, r"alpha is \[1, 2\]"),
        ({"splits": 0}, "splits is 0"),
        ({"splits": "ten"}, "splits is 'ten'"),
        ({"seed": -1}, "seed is -1; give a whole number from 0 to 4294967295"),
        ({"seed": 2**32}, "seed is 4294967296"),
        ({"seed": None}, "seed is None"),
        ({"test_size": 0}, "test_size is 0; give a fraction of the stimuli between 0 and 1, or their number"),
        ({"test_size": 1.0}, "test_size is 1.0"),
        ({"test_size": "0.1"}, "test_size is '0.1'"),
        ({"test_size": 80}, "test_size 80 does not split 80 rows"),
        ({"test_size": 0.999}, "80 rows cannot be split into 0 for training and 80 for testing: change test_size"),
        ({"test_size": 1}, "test 1 each, and a correlation needs two"),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence):
        score(FEATURES, RECORDING, **settings)
