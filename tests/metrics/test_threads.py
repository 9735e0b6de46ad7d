"""No number depends on how many threads the linear algebra has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_info, threadpool_limits

from pytest_brainscore.metrics.behavior.object_solution_time import readout_probabilities
from pytest_brainscore.metrics.predictivity.fixed_split import fixed_split_score
from pytest_brainscore.metrics.predictivity.linear import predict_linear, predict_neuron_to_neuron
from pytest_brainscore.metrics.predictivity.object_readout import object_decisions
from pytest_brainscore.metrics.predictivity.reduced_features import reduced_features
from pytest_brainscore.metrics.predictivity.regression_data import gram_matrix, gram_of_split
from pytest_brainscore.metrics.predictivity.ridge import fit_ridge_cv, predict_ridge
from pytest_brainscore.metrics.predictivity.tiled_matrix import square
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.shared.splits import shuffle_splits
from pytest_brainscore.metrics.similarity.cka import cka, cka_biased
from pytest_brainscore.metrics.similarity.rdm import representational_dissimilarity
from pytest_brainscore.metrics.similarity.rsm import representational_similarity
from pytest_brainscore.metrics.tuning.orientation_tuning import circular_variance
from pytest_brainscore.models.activations.layer_pca import fit_layer_pca
from pytest_brainscore.models.tasks.odd_one_out_task import dot_products
from pytest_brainscore.models.tasks.probabilities_task import fit_readout
from pytest_brainscore.one_thread import _libraries, one_thread
from tests.support.pls_correlation import pls_correlation

Matrix = NDArray[np.float64]
STIMULI = 203
SPLITS = shuffle_splits(STIMULI, splits=2)
# Made without BLAS, whose products depend on the number of threads.
WIDE = np.random.default_rng(0).standard_normal((STIMULI, 1111)) * np.linspace(3, 0.05, 1111)
TALL = WIDE[:, ::13]
RESPONSES = WIDE[:, :150] + np.random.default_rng(1).standard_normal((STIMULI, 150))
REPETITIONS = WIDE[:, :600] + np.random.default_rng(2).standard_normal((9, STIMULI, 600))
LABELS = np.array(["a", "b", "c", "d"])[np.arange(STIMULI) % 4]

NUMBERS: dict[str, Callable[[], object]] = {
    "ridge, many features": lambda: list(predict_ridge(WIDE, RESPONSES, SPLITS)),
    "ridge, few features": lambda: list(predict_ridge(TALL, RESPONSES, SPLITS)),
    "ridge with a chosen penalty, many features": lambda: [fit.errors for fit in fit_ridge_cv(WIDE, RESPONSES, SPLITS)],
    "ridge with a chosen penalty, few features": lambda: [fit.errors for fit in fit_ridge_cv(TALL, RESPONSES, SPLITS)],
    "least squares, many features": lambda: list(predict_linear(WIDE, RESPONSES, SPLITS)),
    "least squares, few features": lambda: list(predict_linear(TALL, RESPONSES, SPLITS)),
    "neuron to neuron": lambda: list(predict_neuron_to_neuron(WIDE, RESPONSES, SPLITS)),
    "PLS, many features": lambda: pls_correlation(WIDE, RESPONSES, SPLITS),
    "PLS, few features": lambda: pls_correlation(TALL, RESPONSES, SPLITS),
    "inner products": lambda: gram_matrix(WIDE),
    "inner products of one split": lambda: gram_of_split(WIDE, SPLITS[0])[1],
    "fixed split": lambda: fixed_split_score(WIDE[:150], WIDE[150:], RESPONSES[:150], RESPONSES[150:]).prediction,
    "square": lambda: square(WIDE),
    "reflections": lambda: reduced_features(WIDE, precise=True).matrix.values,
    "centred kernel alignment": lambda: [cka(WIDE, RESPONSES), cka_biased(WIDE, RESPONSES)],
    "dissimilarities": lambda: representational_dissimilarity(WIDE),
    "similarities": lambda: representational_similarity(WIDE),
    "ceiling": lambda: internal_consistency(REPETITIONS).values,
    "object read-out": lambda: list(object_decisions(TALL, LABELS, SPLITS)),
    "solution time read-out": lambda: readout_probabilities(WIDE[:150], LABELS[:150], WIDE[150:])[0],
    "circular variance": lambda: circular_variance(np.abs(WIDE), np.arange(1111) * (180 / 1111)),
    "principal components": lambda: fit_layer_pca(WIDE.astype(np.float32), 40).transform(WIDE.astype(np.float32)),
    "odd one out": lambda: dot_products(WIDE),
    "probabilities": lambda: fit_readout(WIDE, LABELS.tolist()).logits(WIDE),
    "bootstrap": lambda: bootstrap(lambda weights: (weights @ WIDE[:, :200])[:, 0], np.zeros(STIMULI)),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_every_bit_is_the_same_with_one_two_and_three_threads(name: str) -> None:
    results = []
    for threads in (1, 2, 3):
        with threadpool_limits(threads, user_api="blas"):
            results.append(np.asarray(NUMBERS[name]()).tobytes())
    assert results[0] == results[1] == results[2]


def test_others_get_their_threads_back() -> None:
    ours = {library["filepath"] for library in _libraries().info()}  # a further one may be loaded at any time

    def threads() -> list[int]:
        return [
            library["num_threads"]
            for library in threadpool_info()
            if library["filepath"] in ours and library["user_api"] == "blas"
        ]

    with threadpool_limits(3, user_api="blas"):
        before = threads()
        with one_thread():
            assert set(threads()) == {1}
        assert threads() == before
        with pytest.raises(ZeroDivisionError), one_thread():
            raise ZeroDivisionError
        assert threads() == before
