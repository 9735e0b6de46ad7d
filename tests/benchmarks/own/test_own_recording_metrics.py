"""Every metric that ``score()`` takes by name: published numbers, oracles, and the settings that are its own."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.model_selection import KFold

from pytest_brainscore import score
from pytest_brainscore.benchmarks.own.metric_registry import find_metric, metric_names, shipped_metrics
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.behavior.threshold import threshold_ceiling
from pytest_brainscore.metrics.predictivity import object_readout, pls
from pytest_brainscore.metrics.reliability.internal_consistency import predictor_consistency
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, DEFAULT_SPLITS, shuffle_splits
from pytest_brainscore.metrics.similarity.cka import cka, cka_biased
from pytest_brainscore.metrics.similarity.pair_bootstrap import DRAWS

OBJECTS = np.tile(["a", "b", "c"], 20)
FEATURES = np.random.RandomState(0).standard_normal((60, 40))
RECORDING = FEATURES @ np.random.RandomState(1).standard_normal((40, 5))
RECORDING += 2 * np.random.RandomState(2).standard_normal((60, 5))


def alignment_example(stimuli: int) -> tuple[Any, Any]:
    features = np.random.RandomState(4).standard_normal((stimuli, 30))
    return features, features[:, :20] + np.random.RandomState(5).standard_normal((stimuli, 20))


@pytest.mark.parametrize(
    ("metric", "value", "error"),
    [
        ("pls", 0.8471559319656901, 0.026184415287803887),
        ("ridge", 0.8354616466744119, 0.026436424112398178),
        ("dual_ridge", 0.8354616466744119, 0.026436424112398178),
        ("linear", 0.7597414314484292, 0.048071470792119306),
        ("linear_predictivity", 0.7597414314484292, 0.048071470792119306),
        ("neuron_to_neuron", 0.2160347089064992, 0.05948887614251537),
    ],
)
def test_regressions_have_published_scores(metric: str, value: float, error: float) -> None:
    found = score(FEATURES, RECORDING, metric, stratify=OBJECTS)
    assert (found.value, found.error) == pytest.approx((value, error), abs=1e-9)


def test_reverse_predictivity_has_the_published_score() -> None:
    units = FEATURES @ np.random.RandomState(6).standard_normal((40, 30))
    units += 2 * np.random.RandomState(7).standard_normal((60, 30))
    found = score(FEATURES, units, "reverse_pls", stratify=OBJECTS)
    assert (found.value, found.error) == pytest.approx((0.5913913789024936, 0.022550464857566243), abs=1e-12)
    assert found.values is not None
    assert (found.values.dims, found.values.shape) == (("split", "unit"), (10, 40))
    repeated = units + np.random.default_rng(0).standard_normal((4, *units.shape))
    with_ceiling = score(FEATURES, repeated.mean(axis=0), "reverse_pls", ceiling=repeated)
    assert with_ceiling.ceiling == predictor_consistency(repeated).value


@pytest.mark.parametrize(
    ("metric", "stimuli", "value", "error"),
    [
        ("rdm", 12, 0.1465609017847824, None),
        ("cka", 12, 0.4040874075441831, None),
        ("cka_biased", 12, 0.7728108596257712, None),
        ("rdm", 60, 0.35220806941895555, None),
        ("cka", 60, 0.3955605816734183, None),
        ("cka_biased", 60, 0.5694219476116326, None),
        ("rdm_cv", 60, 0.34565900182059134, 0.0039398707149523385),
        ("cka_cv", 60, 0.38764100865858064, 0.0034574898714641675),
    ],
)
def test_wholes_have_published_scores(metric: str, stimuli: int, value: float, error: float | None) -> None:
    told: dict[str, Any] = {"stratify": OBJECTS} if metric.endswith("_cv") else {}
    features, responses = alignment_example(stimuli)
    found = score(features, responses, metric, **told)
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.error == pytest.approx(error, abs=1e-9) if error else 0 < found.error < 0.5


@pytest.mark.parametrize(("metric", "function"), [("cka", cka), ("cka_biased", cka_biased)])
def test_the_error_of_an_alignment_is_that_of_a_jackknife(metric: str, function: Any) -> None:
    pair = alignment_example(13)
    left = np.array([function(*(np.delete(each, place, 0) for each in pair)) for place in range(13)])
    expected = np.sqrt(12 / 13 * ((left - left.mean()) ** 2).sum())
    assert score(*pair, metric).error == pytest.approx(expected, abs=1e-12)
    assert np.isnan(score(pair[0][:9], pair[1][:9], metric).error)


def test_halves_of_repetitions_are_the_ceiling_of_an_alignment() -> None:
    features, responses = alignment_example(20)
    repeated = responses + 0.5 * np.random.default_rng(0).standard_normal((2, 20, 20))
    found = score(features, repeated.mean(axis=0), "cka", ceiling=repeated)
    assert found.ceiling == pytest.approx(cka(repeated[0], repeated[1]), abs=1e-12)
    assert found.value == pytest.approx(found.raw / found.ceiling)


def correlations(regression: Any, splits: Any) -> list[list[float]]:
    found = []
    for train, test in splits:
        predicted = regression.fit(FEATURES[train], RECORDING[train]).predict(FEATURES[test])
        found.append([pearsonr(predicted[:, n], RECORDING[test, n])[0] for n in range(5)])
    return found


def test_folds_test_every_stimulus_once() -> None:
    found = score(FEATURES, RECORDING, "linear", folds=4)
    expected = correlations(LinearRegression(), KFold(4, shuffle=True, random_state=1).split(FEATURES))
    np.testing.assert_allclose(np.asarray(found.values), expected, rtol=0, atol=1e-8)
    assert (found.n["splits"], found.provenance["folds"]) == (4, 4)


def test_penalties_to_choose_from() -> None:
    found = score(FEATURES, RECORDING, "ridgecv", alphas=[1.0, 30.0])
    splits = [(split.train, split.test) for split in shuffle_splits(60)]
    np.testing.assert_allclose(np.asarray(found.values), correlations(RidgeCV([1.0, 30.0]), splits), rtol=0, atol=1e-9)


def test_scaled_neuroids_share_the_components() -> None:
    large = RECORDING * [1, 1, 1, 1, 1000]
    assert score(FEATURES, large, components=2, scaled=True).value == pytest.approx(
        score(FEATURES, RECORDING, components=2, scaled=True).value, abs=1e-9
    )
    assert score(FEATURES, large, components=2).value != pytest.approx(
        score(FEATURES, RECORDING, components=2).value, abs=1e-3
    )


def test_backgrounds_of_tested_images_are_not_fitted() -> None:
    shown = np.repeat(np.arange(30), 2)  # two images each, one of which a regression would know by the other
    features = np.repeat(np.random.default_rng(0).standard_normal((30, 40)), 2, axis=0)
    recording = np.repeat(np.random.default_rng(1).standard_normal((30, 5)), 2, axis=0)
    assert score(features, recording, "ridge").value > 0.5
    assert abs(score(features, recording, "ridge", background=shown + 1).value) < 0.3


def test_objects_are_read_out() -> None:
    features = np.random.default_rng(0).standard_normal((60, 12)) + 2 * (OBJECTS == "a")[:, None] * np.eye(12)[0]
    found = score(features, RECORDING, "object_readout", stratify=OBJECTS, test_size=15)
    splits = shuffle_splits(60, train_size=None, test_size=15, stratify=OBJECTS)
    expected = object_readout.object_readout(features, OBJECTS, np.zeros(60), splits)
    assert found.value == expected.value
    assert 0.5 < found.value < 1
    by_domain = score(features, RECORDING, "object_readout", stratify=OBJECTS, test_size=15, domain=np.arange(60) % 2)
    assert by_domain.values is not None
    assert by_domain.values.dims == ("split", "domain")
    with pytest.raises(RecordingError, match="say which by stratify"):
        score(features, RECORDING, "object_readout")


TRIALS = {"strength": np.repeat(np.arange(10, 101, 10), 40)}
TRIALS["correct"] = np.concatenate(
    [np.arange(40) < round(40 * each) for each in (0.325, 0.675, 0.45, 0.675, 0.85, 0.925, 0.85, 0.925, 0.95, 0.925)]
)


@pytest.mark.walkthrough
def test_thresholds_of_trials_against_those_of_subjects() -> None:
    found = score(TRIALS, [40.0, 50.0, 60.0], "threshold", accuracy=0.75, ceiling="subjects")
    assert found.raw == pytest.approx(0.8379568089, abs=1e-5)
    assert (found.n["trials"], found.n["subjects"], found.normalisation) == (400, 3, "r/c")
    assert found.values is not None
    assert found.values.attrs["threshold"] == pytest.approx(44.0460366, abs=1e-3)
    assert found.ceiling == threshold_ceiling([40.0, 50.0, 60.0]).value
    assert found.value == pytest.approx(found.raw / found.ceiling)


@pytest.mark.walkthrough
def test_elevations_of_thresholds() -> None:
    strength = np.repeat([10, 40, 100], 20)
    correct = np.concatenate([np.arange(20) < each for each in (10, 15, 20)])
    both = {
        "strength": np.concatenate([strength, 2 * strength]),
        "correct": np.concatenate([correct, correct]),
        "condition": np.repeat(["baseline", "test"], 60),
    }
    subjects = {"baseline": [10, 20, 40, 20], "test": [30, 40, 60, 100]}
    found = score(both, subjects, "threshold_elevation", ceiling="subjects")
    assert found.ceiling == pytest.approx(0.31388888888888894)
    assert found.values is not None
    elevation = found.values.attrs["threshold"]
    assert elevation == pytest.approx(2, abs=0.1)
    np.testing.assert_allclose(found.values, 1 - np.abs(elevation - np.array([3, 2, 1.5, 5])) / [3, 2, 1.5, 5])


@pytest.mark.parametrize(
    ("trials", "targets", "told", "sentence"),
    [
        ({"strength": [1, 2]}, [1.0], {}, "columns strength, correct"),
        (TRIALS, [-1.0], {}, "finite ones above 0"),
        (TRIALS, ["a"], {}, "thresholds"),
        (TRIALS, [1.0], {"accuracy": 2}, "accuracy is 2"),
        (TRIALS, [1.0], {"accuracy": 0.4}, "accuracy of 0.4 is undefined"),
        (TRIALS, [1.0], {"ceiling": 2}, "ceiling is 2"),
        (TRIALS, [1.0], {"components": 2}, "metric threshold has no parameter components"),
        ({**TRIALS, "correct": TRIALS["strength"]}, [1.0], {}, "true or false"),
        ({**TRIALS, "condition": ["x"] * 400}, [1.0], {"metric": "threshold_elevation"}, "condition 'x'"),
    ],
)
def test_trials_and_thresholds_are_checked_before_anything_is_fitted(
    trials: Any, targets: Any, told: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RecordingError, match=sentence):
        score(trials, targets, **{"metric": "threshold", **told})


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"metric": "rmd"}, r"no metric 'rmd'; use one of pls, .*did you mean rsm or rdm"),
        ({"metric": "CKA"}, r"did you mean cka\?"),
        ({"metric": "rdm", "splits": 5}, "metric rdm has no parameter splits; leave it out, or use pls or"),
        ({"metric": "cka", "stratify": OBJECTS}, "metric cka has no parameter stratify"),
        ({"metric": "rdm", "bootstraps": 1}, "bootstraps is 1; give a whole number of 2 or more"),
        ({"metric": "pls", "bootstraps": 10}, "no parameter bootstraps; leave it out, or use rdm or rsm"),
        ({"metric": "ridge", "folds": 1}, "folds is 1"),
        ({"metric": "ridge", "folds": 61}, "61 folds"),
        ({"metric": "ridge", "folds": 5, "splits": 3}, "folds or split at random"),
        ({"metric": "ridge", "scaled": 1}, "scaled is 1; give True or False"),
        ({"metric": "ridge", "speed": 1}, "metric ridge has no parameter speed; it has alpha, splits"),
        ({"metric": "ridge", "background": [1, 2]}, "labels of background have the shape"),
        ({"metric": "ridge", "least_reliability": 2, "ceiling": 0.5}, "least_reliability is 2"),
        ({"metric": "cka", "ceiling": 0.5, "normalisation": "mean(r^2/c)"}, "needs repetitions, or one reliability"),
    ],
)
def test_settings_are_those_of_the_metric(told: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence):
        score(FEATURES, RECORDING, **told)


def test_units_that_tell_no_stimuli_apart_have_no_dissimilarities() -> None:
    with pytest.raises(NoNumber, match="features are the same in all columns for 1 of 60 stimuli"):
        score(np.where(np.arange(60)[:, None] == 3, 1, FEATURES), RECORDING, "rdm")


def test_defaults_are_those_of_the_metrics() -> None:
    settings = {metric.name: metric.settings for metric in shipped_metrics()}
    assert settings["pls"]["components"] == pls.COMPONENTS
    assert (settings["pls"]["splits"], settings["pls"]["seed"]) == (DEFAULT_SPLITS, DEFAULT_SEED)
    assert settings["rdm"]["bootstraps"] == DRAWS


@pytest.mark.parametrize("metric", shipped_metrics(), ids=lambda metric: metric.name)
def test_every_metric_is_there_and_documented(metric: Any) -> None:
    for which in ("compare", "represent", "among", "consistency"):
        if getattr(metric, which):
            assert callable(find_metric(metric.name).function(which))
    assert score.__doc__ is not None
    assert metric.name.removeprefix("dual_") in score.__doc__
    for setting in metric.settings:
        assert setting in score.__doc__


def test_listing_metrics_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pytest_brainscore.benchmarks.own.metric_registry import metric_names, shipped_metrics;"
        "metric_names(), shipped_metrics(); print(*{'numpy', 'xarray', 'pandas', 'torch'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
    assert metric_names()[0] == "pls"
