"""Mask regression: derivatives, what it finds, its seed, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import approx_fprime

from pytest_brainscore.metrics.predictivity.mask_regression import (
    feature_maps,
    fit_mask,
    loss_and_gradients,
    predict_mask,
)
from pytest_brainscore.metrics.predictivity.neural_predictivity import predictivity
from pytest_brainscore.metrics.shared.splits import Split

STIMULI, SIDE, CHANNELS, NEURONS = 3000, 5, 4, 3


MASKS = np.stack(
    [np.exp(-((np.arange(SIDE)[:, np.newaxis] - at) ** 2 + (np.arange(SIDE) - at) ** 2) / 2) for at in (1, 2, 3)]
)
WEIGHTS = np.array([[1.0, -1.0, 0.5, 0.0], [0.0, 1.0, 1.0, -1.0], [-1.0, 0.5, 0.0, 1.0]])


def simulated() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return maps and noisy responses of neurons with one receptive field and one preference each."""
    generator = np.random.RandomState(0)
    maps = np.maximum(generator.standard_normal((STIMULI, SIDE, SIDE, CHANNELS)), 0)
    responses = np.einsum("nhwc,thw,tc->nt", maps, MASKS, WEIGHTS)
    return maps, responses + responses.std() * generator.standard_normal(responses.shape)


MAPS, RESPONSES = simulated()
CHANNEL, ROW, COLUMN = np.indices((CHANNELS, SIDE, SIDE)).reshape(3, -1)
FEATURES = MAPS.transpose(0, 3, 1, 2).reshape(STIMULI, -1)
PLACES = feature_maps(ROW, COLUMN, CHANNEL)


def test_derivatives_are_those_of_the_loss() -> None:
    generator = np.random.RandomState(1)
    shapes = [(NEURONS, SIDE * SIDE), (NEURONS, CHANNELS), (NEURONS,)]
    parameters = [generator.standard_normal(shape) for shape in shapes]
    values = MAPS[:6].reshape(6, -1, CHANNELS)
    _, gradients = loss_and_gradients(values, RESPONSES[:6], parameters, (SIDE, SIDE))
    ends = np.cumsum([each.size for each in parameters])[:-1]

    def loss(flat: NDArray[np.float64]) -> float:
        parts = [part.reshape(shape) for part, shape in zip(np.split(flat, ends), shapes, strict=True)]
        return loss_and_gradients(values, RESPONSES[:6], parts, (SIDE, SIDE))[0].total

    flat = np.concatenate([each.ravel() for each in parameters])
    numeric = approx_fprime(flat, loss, 1e-7)
    np.testing.assert_allclose(np.concatenate([each.ravel() for each in gradients]), numeric, atol=2e-5)


def test_the_loss_is_error_plus_penalties_of_masks_their_roughness_and_weights() -> None:
    masks = np.zeros((1, 9))
    masks[0, 4] = 2.0  # in the middle: the Laplacian is 8 there and -2 at four neighbours
    weights, bias = np.array([[3.0]]), np.array([1.0])
    loss, _ = loss_and_gradients(np.ones((2, 9, 1)), np.zeros((2, 1)), [masks, weights, bias], (3, 3))
    error = np.sqrt(2) * (2 * 3 + 1)
    assert loss.error == pytest.approx(error)
    assert loss.total == pytest.approx(error + 0.1 * (4 + np.sqrt(64 + 4 * 4)) + 0.1 * 9)


def test_receptive_fields_and_preferences_are_found() -> None:
    fit = fit_mask(MAPS, RESPONSES)
    for neuron, (mask, weights) in enumerate(zip(fit.masks, fit.weights, strict=True)):
        found = np.multiply.outer(mask, weights).ravel()
        true = np.multiply.outer(MASKS[neuron], WEIGHTS[neuron]).ravel()
        assert np.corrcoef(found, true)[0, 1] > 0.9


def test_held_out_responses_are_predicted() -> None:
    splits = [Split(np.arange(2500), np.arange(2500, STIMULI))]
    masked = predictivity(FEATURES, RESPONSES, splits, regression=lambda x, y, s: predict_mask(x, y, s, maps=PLACES))
    assert masked.value > 0.5  # at most .7, with as much noise as signal


def test_a_seed_gives_the_same_numbers_whatever_the_order_of_features() -> None:
    split = [Split(np.arange(60), np.arange(60, 80))]
    order = np.random.RandomState(2).permutation(FEATURES.shape[1])
    mixed = feature_maps(ROW[order], COLUMN[order], CHANNEL[order])
    one, same, other = (
        next(predict_mask(features, RESPONSES, split, maps=maps, seed=seed))
        for features, maps, seed in ((FEATURES, PLACES, 0), (FEATURES[:, order], mixed, 0), (FEATURES, PLACES, 1))
    )
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-6


def test_what_is_predicted_is_what_was_fitted() -> None:
    fit = fit_mask(MAPS[:60], RESPONSES[:60])
    split = [Split(np.arange(60), np.arange(60, 80))]
    np.testing.assert_allclose(
        fit.predict(MAPS[60:80]), next(predict_mask(FEATURES, RESPONSES, split, maps=PLACES)), atol=1e-12
    )
    assert fit.masks.shape == (NEURONS, SIDE, SIDE)


def test_a_fit_ends_when_it_is_good_enough() -> None:
    nothing = np.zeros_like(MAPS[:10]), np.zeros((10, 2))
    one, many = (fit_mask(*nothing, epochs=epochs) for epochs in (1, 40))
    np.testing.assert_array_equal(one.masks, many.masks)
    assert (
        np.abs(fit_mask(MAPS[:10], RESPONSES[:10], epochs=2).masks - fit_mask(MAPS[:10], RESPONSES[:10]).masks).max()
        > 0
    )


def test_places_that_are_no_map_are_refused() -> None:
    with pytest.raises(ValueError, match="no place in a map"):
        feature_maps([0, np.nan], [0, 0], [0, 1])
    with pytest.raises(ValueError, match="do not fill maps of 2 x 1 x 2"):
        feature_maps([0, 1, 1], [0, 0, 0], [0, 0, 1])
    with pytest.raises(ValueError, match="do not fill"):
        feature_maps([0, 0], [0, 0], [0, 0])


def test_features_that_are_not_finite_are_refused() -> None:
    broken = FEATURES.copy()
    broken[3, 3] = np.nan
    with pytest.raises(ValueError, match="Features are NaN or infinite"):
        next(predict_mask(broken, RESPONSES, [Split(np.arange(60), np.arange(60, 80))], maps=PLACES))
