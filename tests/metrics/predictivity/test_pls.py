"""PLS: the published scores, and scikit-learn's iterates neuroid by neuroid, however the fit is computed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sklearn.cross_decomposition import PLSRegression

from pytest_brainscore.metrics.predictivity import regression_data
from pytest_brainscore.metrics.predictivity.pls import fit_pls
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits
from tests.support.pls_correlation import pls_correlation

Matrix = NDArray[np.float64]
OBJECTS = np.array(["a", "b", "c"])


def published_example() -> tuple[Matrix, Matrix]:
    features = np.random.RandomState(0).standard_normal((60, 40))
    weights = np.random.RandomState(1).standard_normal((40, 5))
    return features, features @ weights + 2 * np.random.RandomState(2).standard_normal((60, 5))


def simulated(stimuli: int, features: int, neuroids: int, seed: int = 0) -> tuple[Matrix, Matrix]:
    """Rectified features and noisy responses that share latent variables of falling variance."""
    generator = np.random.default_rng(seed)
    latent = generator.standard_normal((stimuli, 60)) * np.arange(1, 61) ** -0.7
    values = np.maximum(latent @ generator.standard_normal((60, features)), 0)
    values += 0.1 * generator.standard_normal((stimuli, features))
    responses = latent @ generator.standard_normal((60, neuroids)) + generator.standard_normal((stimuli, neuroids))
    return values, responses


def scikit_learn(features: Matrix, targets: Matrix, splits: list[Split]) -> tuple[Matrix, NDArray[np.intp]]:
    """Loop over splits and neuroids as the published system does."""
    correlations, iterations = [], []
    for train, test in splits:
        regression = PLSRegression(25, scale=False).fit(features[train].astype(np.float64), targets[train])
        predicted = regression.predict(features[test].astype(np.float64)).reshape(len(test), -1)
        correlations.append([stats.pearsonr(p, t)[0] for p, t in zip(predicted.T, targets[test].T, strict=True)])
        iterations.append(regression.n_iter_)
    return np.array(correlations), np.array(iterations)


def test_published_score_with_stratified_splits() -> None:
    features, responses = published_example()
    score = aggregate_splits(pls_correlation(features, responses, shuffle_splits(60, stratify=np.tile(OBJECTS, 20))))
    assert score.value == pytest.approx(0.8471559319656901, abs=1e-12)
    assert score.error == pytest.approx(0.026184415287803887, abs=1e-12)
    assert score.values[0] == pytest.approx([0.9477795888, 0.9260145731, 0.9183981415, 0.9214215560, 0.8112605250])
    medians = [0.921421556, 0.8845340199, 0.8585042226, 0.8551396821, 0.9029986718]
    medians += [0.8976670086, 0.8593827142, 0.6116293049, 0.8459224523, 0.8343596872]
    np.testing.assert_allclose(score.medians, medians, rtol=0, atol=1e-10)


def test_published_score_without_stratification() -> None:
    score = aggregate_splits(pls_correlation(*published_example(), shuffle_splits(60)))
    assert score.value == pytest.approx(0.8537885072540774, abs=1e-12)
    assert score.error == pytest.approx(0.022932760021476168, abs=1e-12)


def test_published_score_of_one_fixed_split() -> None:
    correlation = pls_correlation(*published_example(), [Split(np.arange(45), np.arange(45, 60))])
    expected = [0.7589448569, 0.8499360742, 0.9184772932, 0.7728392876, 0.6521695034]
    np.testing.assert_allclose(correlation[0], expected, rtol=0, atol=1e-10)
    assert np.median(correlation) == pytest.approx(0.7728392876118194, abs=1e-12)


def test_published_score_of_the_larger_example() -> None:
    features = np.random.RandomState(0).standard_normal((300, 500)) * np.linspace(3, 0.05, 500)
    responses = features[:, :50] @ np.random.RandomState(1).standard_normal((50, 40))
    responses += 5 * np.random.RandomState(2).standard_normal((300, 40))
    score = aggregate_splits(pls_correlation(features, responses, shuffle_splits(300, stratify=np.tile(OBJECTS, 100))))
    assert score.value == pytest.approx(0.7873423879161077, abs=1e-12)
    assert score.error == pytest.approx(0.006324150023885343, abs=1e-12)


def test_published_score_in_reverse() -> None:
    features, _ = published_example()
    units = features @ np.random.RandomState(6).standard_normal((40, 30))
    units += 2 * np.random.RandomState(7).standard_normal((60, 30))
    # The published reverse example predicts the 40 features from 30 units.
    score = aggregate_splits(pls_correlation(units, features, shuffle_splits(60, stratify=np.tile(OBJECTS, 20))))
    assert score.values.shape == (10, 40)
    assert score.value == pytest.approx(0.5913913789024936, abs=1e-12)
    assert score.error == pytest.approx(0.022550464857566243, abs=1e-12)


def test_an_assembly_predicts_itself() -> None:
    values = np.arange(30 * 25).reshape(30, 25) + np.random.RandomState(0).standard_normal((30, 25))
    np.testing.assert_allclose(pls_correlation(values, values, shuffle_splits(30)), 1, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("stimuli", "features", "neuroids"),
    [
        pytest.param(200, 60, 30, id="more stimuli than features"),
        pytest.param(200, 300, 30, id="somewhat more features than stimuli"),
        pytest.param(120, 1000, 30, id="far more features than stimuli"),
        pytest.param(200, 40, 100, id="more neuroids than features"),
        pytest.param(60, 200, 150, id="more neuroids than stimuli"),
        pytest.param(100, 60, 1, id="one neuroid"),
        pytest.param(100, 60, 2, id="two neuroids"),
        pytest.param(100, 25, 10, id="as many features as components"),
    ],
)
def test_every_neuroid_and_every_iteration_equals_scikit_learn(stimuli: int, features: int, neuroids: int) -> None:
    values, responses = simulated(stimuli, features, neuroids)
    splits = shuffle_splits(stimuli, splits=4)
    expected, iterations = scikit_learn(values, responses, splits)
    np.testing.assert_allclose(pls_correlation(values, responses, splits), expected, rtol=0, atol=1e-11)
    assert fit_pls(values, responses, splits).iterations.tolist() == iterations.tolist()


@pytest.mark.filterwarnings("ignore:Maximum number of iterations")
def test_components_that_do_not_settle_stop_after_as_many_iterations_as_in_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    values, responses = generator.standard_normal((150, 80)), generator.standard_normal((150, 20))
    splits = shuffle_splits(150, splits=3)
    expected, iterations = scikit_learn(values, responses, splits)
    assert iterations.max() > 200
    np.testing.assert_allclose(pls_correlation(values, responses, splits), expected, rtol=0, atol=1e-10)
    assert fit_pls(values, responses, splits).iterations.tolist() == iterations.tolist()


@pytest.mark.parametrize("limit", [1, 2, 11, 12, 13, 23, 40])
@pytest.mark.parametrize("neuroids", [8, 50])
@pytest.mark.filterwarnings("ignore:Maximum number of iterations")
def test_any_limit_of_iterations_is_scikit_learns(limit: int, neuroids: int) -> None:
    values, responses = simulated(80, 30, neuroids)
    split = shuffle_splits(80, splits=1)
    oracle = PLSRegression(5, scale=False, max_iter=limit).fit(values[split[0].train], responses[split[0].train])
    fit = fit_pls(values, responses, split, components=5, max_iterations=limit)
    assert fit.iterations[0].tolist() == oracle.n_iter_
    np.testing.assert_allclose(fit.predict(0), oracle.predict(values[split[0].test]), rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("train_size", "test_size"), [(0.9, None), (0.5, 0.2), (0.3, 0.7)], ids=["usual", "rows unused", "mostly test"]
)
def test_predictions_equal_scikit_learn_for_splits_of_any_proportion(train_size: float, test_size: float) -> None:
    values, responses = simulated(150, 400, 12)
    responses += 100
    splits = shuffle_splits(150, splits=3, train_size=train_size, test_size=test_size)
    fit = fit_pls(values, responses, splits)
    for number, (train, test) in enumerate(splits):
        oracle = PLSRegression(25, scale=False).fit(values[train], responses[train])
        np.testing.assert_allclose(fit.predict(number), oracle.predict(values[test]), rtol=0, atol=1e-9)


def test_a_split_may_train_on_all_stimuli_and_test_on_some_of_them() -> None:
    values, responses = simulated(60, 40, 4)
    fit = fit_pls(values, responses, [Split(np.arange(60), np.arange(50, 60))])
    oracle = PLSRegression(25, scale=False).fit(values, responses)
    np.testing.assert_allclose(fit.predict(0), oracle.predict(values[50:]), rtol=0, atol=1e-10)


def test_very_different_scales_keep_their_digits() -> None:
    values, responses = simulated(150, 100, 10)
    values = values * np.logspace(-3, 3, 100) + 1e4
    responses = responses * np.logspace(-4, 4, 10)
    values[7] *= 50  # one stimulus far from all others
    splits = shuffle_splits(150, splits=5)
    expected, iterations = scikit_learn(values, responses, splits)
    np.testing.assert_allclose(pls_correlation(values, responses, splits), expected, rtol=0, atol=1e-8)
    assert fit_pls(values, responses, splits).iterations.tolist() == iterations.tolist()


def test_memory_mapped_single_precision_features_give_the_same_numbers(tmp_path: Path) -> None:
    values, responses = simulated(60, 2000, 5)
    stored = np.memmap(tmp_path / "features", dtype=np.float32, mode="w+", shape=values.shape)
    stored[:] = values
    splits = shuffle_splits(60, splits=2)
    expected, _ = scikit_learn(values.astype(np.float32), responses, splits)
    np.testing.assert_allclose(pls_correlation(stored, responses, splits), expected, rtol=0, atol=1e-11)


def test_memory_does_not_grow_with_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression_data, "_BLOCK_BYTES", 2**20)
    peaks = []
    for features in (6000, 60_000):
        stored = np.memmap(tmp_path / "features", dtype=np.float32, mode="w+", shape=(64, features))
        stored[:] = np.random.default_rng(0).standard_normal(stored.shape, dtype=np.float32)
        responses = np.asarray(stored[:, :5], dtype=np.float64)
        tracemalloc.start()
        pls_correlation(stored, responses, shuffle_splits(64, splits=2))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_many_splits_are_fitted_in_groups_with_the_same_numbers() -> None:
    values, responses = simulated(90, 40, 6)
    splits = shuffle_splits(90, splits=35)
    together = pls_correlation(values, responses, splits)
    for number in (0, 15, 16, 34):
        np.testing.assert_allclose(
            together[number], pls_correlation(values, responses, splits[number : number + 1])[0], rtol=0, atol=1e-12
        )


@pytest.mark.parametrize("features", [40, 200], ids=["few features", "many features"])
def test_a_constant_neuroid_has_no_correlation_and_does_not_disturb_the_others(features: int) -> None:
    values, responses = simulated(80, features, 6)
    splits = shuffle_splits(80, splits=3)
    expected = pls_correlation(values, responses, splits)
    with_constant = np.column_stack([np.full(80, 1e3 / 3), responses, np.zeros(80)])
    correlation = pls_correlation(values, with_constant, splits)
    assert np.isnan(correlation[:, [0, -1]]).all()
    np.testing.assert_allclose(correlation[:, 1:-1], expected, rtol=0, atol=1e-12)


def test_a_neuroid_that_responds_to_test_stimuli_only_has_no_correlation() -> None:
    values, responses = simulated(80, 40, 6)
    splits = shuffle_splits(80, splits=3)
    responses[:, 2] = 0
    responses[splits[1].test[0], 2] = 7
    correlation = pls_correlation(values, responses, splits)
    assert np.isnan(correlation[1, 2])
    responses[:, 2] = 0
    np.testing.assert_allclose(
        np.delete(correlation[1], 2), np.delete(pls_correlation(values, responses, splits)[1], 2), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("copies", [3, 60], ids=["few features", "many features"])
def test_fitting_ends_when_the_features_are_used_up(copies: int) -> None:
    values, responses = simulated(60, 10, 4)
    splits = shuffle_splits(60, splits=3)
    copied = np.tile(values, copies)
    fit = fit_pls(copied, responses, splits)
    assert (fit.iterations[:, :10] > 0).all()
    assert (fit.iterations[:, 10:] == 0).all()
    for number, (train, test) in enumerate(splits):
        oracle = PLSRegression(10, scale=False).fit(copied[train], responses[train])
        np.testing.assert_allclose(fit.predict(number), oracle.predict(copied[test]), rtol=0, atol=1e-9)


@pytest.mark.parametrize("features", [30, 300])
def test_constant_features_predict_the_mean(features: int) -> None:
    responses = np.random.default_rng(0).standard_normal((60, 3))
    splits = shuffle_splits(60, splits=2)
    fit = fit_pls(np.full((60, features), 0.1), responses, splits)
    np.testing.assert_allclose(fit.predict(0), np.tile(responses[splits[0].train].mean(axis=0), (6, 1)))
    assert np.isnan(pls_correlation(np.full((60, features), 0.1), responses, splits)).all()


@given(seed=st.integers(0, 1000), features=st.sampled_from([30, 200]), neuroids=st.sampled_from([3, 40]))
@settings(max_examples=10, deadline=None)
def test_correlations_do_not_depend_on_rows_rotation_offset_or_unit(seed: int, features: int, neuroids: int) -> None:
    values, responses = simulated(50, features, neuroids, seed)
    splits = shuffle_splits(50, splits=2)
    expected = pls_correlation(values, responses, splits)
    generator = np.random.default_rng(seed)
    order = generator.permutation(50)
    place = np.argsort(order)
    moved = [Split(place[split.train], place[split.test]) for split in splits]
    rotation = np.linalg.qr(generator.standard_normal((features, features)))[0]
    for changed, changed_responses, changed_splits in (
        (values[order], responses[order], moved),
        (values @ rotation, responses, splits),
        (values + generator.uniform(-5, 5, features), responses, splits),
        (values * 1e-3, responses * 1e4 - 7, splits),
    ):
        correlation = pls_correlation(changed, changed_responses, changed_splits)
        np.testing.assert_allclose(correlation, expected, rtol=0, atol=1e-8)


def test_only_the_first_neuroid_matters_by_its_place() -> None:
    values, responses = simulated(60, 40, 6)
    splits = shuffle_splits(60, splits=2)
    expected = pls_correlation(values, responses, splits)
    reordered = [0, 3, 5, 1, 2, 4]
    np.testing.assert_allclose(
        pls_correlation(values, responses[:, reordered], splits), expected[:, reordered], rtol=0, atol=1e-11
    )
    backwards = pls_correlation(values, responses[:, ::-1], splits)[:, ::-1]
    assert 1e-6 < np.abs(backwards - expected).max() < 0.01


def test_the_same_bits_for_any_number_of_threads() -> None:
    # The example is made without BLAS, whose products depend on the number of threads.
    program = """if True:
        import sys
        import numpy as np
        from tests.support.pls_correlation import pls_correlation
        from pytest_brainscore.metrics.shared.splits import shuffle_splits
        for stimuli, features, neuroids in ((403, 300, 80), (203, 1111, 33), (200, 40, 90), (333, 517, 77)):
            generator = np.random.default_rng(0)
            values = generator.standard_normal((stimuli, features)) * np.linspace(3, 0.05, features)
            responses = values[:, np.arange(neuroids) % features] + generator.standard_normal((stimuli, neuroids))
            sys.stdout.buffer.write(pls_correlation(values, responses, shuffle_splits(stimuli)).tobytes())
        """
    digests = set()
    for threads in ("1", "2", "3"):
        result = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads},
            stdout=subprocess.PIPE,
            check=True,
        )
        digests.add(hashlib.sha256(result.stdout).hexdigest())
    assert len(digests) == 1


def test_a_nan_in_the_features_is_refused_with_its_place() -> None:
    values, responses = simulated(60, 40, 3)
    values[5, 17] = np.nan
    with pytest.raises(ValueError, match="first in column 17"):
        pls_correlation(values, responses, shuffle_splits(60))
    with pytest.raises(ValueError, match="first in column 57"):
        pls_correlation(np.hstack([np.ones((60, 40)), values, np.ones((60, 100))]), responses, shuffle_splits(60))


def test_a_nan_in_the_targets_is_refused_with_its_place() -> None:
    values, responses = simulated(60, 40, 3)
    responses[[7, 9], 1] = np.nan, np.inf
    with pytest.raises(ValueError, match="for 2 of 60 stimuli, the first in row 7"):
        pls_correlation(values, responses, shuffle_splits(60))


@pytest.mark.parametrize(("stimuli", "features"), [(27, 40), (60, 24)], ids=["stimuli", "features"])
def test_too_few_stimuli_or_features_for_the_components_are_refused(stimuli: int, features: int) -> None:
    values, responses = simulated(stimuli, features, 3)
    with pytest.raises(ValueError, match=r"ask for .* components or fewer, or give more data"):
        pls_correlation(values, responses, shuffle_splits(stimuli))


def test_features_and_targets_of_different_stimuli_are_refused() -> None:
    values, responses = simulated(60, 40, 3)
    with pytest.raises(ValueError, match=r"Features of shape \(60, 40\) and targets of shape \(59, 3\) do not fit"):
        pls_correlation(values, responses[:59], shuffle_splits(59))
    with pytest.raises(ValueError, match="do not fit"):
        pls_correlation(values, responses[:, 0], shuffle_splits(60))


@pytest.mark.parametrize(
    ("splits", "sentence"),
    [
        ([], "no splits"),
        ([Split(np.arange(50), np.arange(50, 61))], "between 0 and 59"),
        ([Split(np.arange(50), np.arange(0))], "give it training and test rows"),
        ([Split(np.append(np.arange(50), 3), np.arange(50, 60))], "training row twice"),
    ],
)
def test_splits_that_do_not_fit_are_refused(splits: list[Split], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        pls_correlation(*simulated(60, 40, 3), splits)
