"""Object solution times: interpolation, the read-out, and the correlation over images."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.interpolate import interp1d
from scipy.optimize import minimize
from scipy.stats import spearmanr

from pytest_brainscore.metrics.behavior import object_solution_time
from pytest_brainscore.metrics.behavior.image_level_behavior import dprime_pattern, image_level_dprime, model_rates
from pytest_brainscore.metrics.behavior.object_solution_time import (
    object_solution_time_correlation,
    readout_probabilities,
    solution_times_of,
)
from pytest_brainscore.metrics.shared.splits import shuffle_splits

TIMES = [70, 90, 110]
IMAGES, CLASSES, UNITS = 120, 4, 1000
LABELS = np.array([f"object-{number}" for number in range(CLASSES)])[np.arange(IMAGES) % CLASSES]


@pytest.mark.parametrize(
    ("levels", "threshold", "expected"),
    [
        ([-1.0, 0.4, 0.9], 0.6, 98.0),  # the published example: between (90, .4) and (110, .9)
        ([0.7, 0.8, 0.9], 0.6, 70.0),  # hit at once
        ([0.6, 0.8, 0.9], 0.6, 70.0),  # reached exactly
        ([0.1, 0.2, 0.3], 0.6, np.nan),  # never
        ([0.4, 0.2, 0.9], 0.6, 86.0),  # the best bin before the hit, not the last one
        ([0.4, 0.4, 0.9], 0.6, 86.0),  # the first of equals
        ([np.nan, 0.4, 0.9], 0.6, 98.0),  # undefined bins are passed over
        ([np.nan, np.nan, 0.9], 0.6, 110.0),
        ([0.1, 0.9, 0.2], 0.5, 80.0),  # what comes after the hit does not matter
        ([0.1, 0.9, 0.2], np.nan, np.nan),
    ],
)
def test_solution_time_of_one_image(levels: list[float], threshold: float, expected: float) -> None:
    np.testing.assert_allclose(solution_times_of(np.array(levels)[:, None], [threshold], TIMES), [expected], atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_solution_times_are_where_the_interpolated_level_is_the_threshold(seed: int) -> None:
    draw = np.random.default_rng(seed)
    levels, thresholds = draw.normal(size=(6, 20)), draw.normal(0.5, 0.5, 20)
    times = np.arange(6) * 10.0 + 70
    for image, found in enumerate(solution_times_of(levels, thresholds, times)):
        hits = np.flatnonzero(levels[:, image] >= thresholds[image])
        if not hits.size:
            assert np.isnan(found)
        elif hits[0] == 0:
            assert found == 70
        else:
            last = int(np.argmax(levels[: hits[0], image]))
            line = interp1d(times[[last, hits[0]]], levels[[last, hits[0]], image], fill_value="extrapolate")
            assert line(found) == pytest.approx(thresholds[image], abs=1e-9)
            assert times[last] < found <= times[hits[0]]


def features(strength: float, seed: int = 0) -> NDArray[np.float64]:
    """Return responses (image, unit) with a class mean of some strength."""
    draw = np.random.default_rng(seed)
    means = np.random.default_rng(99).standard_normal((CLASSES, UNITS))
    noise: NDArray[np.float64] = draw.standard_normal((IMAGES, UNITS))
    return strength * means[np.arange(IMAGES) % CLASSES] + noise


def test_probabilities_are_distributions_over_classes_in_order_of_appearance() -> None:
    values = features(2.0)
    probabilities, classes = readout_probabilities(values[2:100], LABELS[2:100], values[100:])
    assert classes.tolist() == ["object-2", "object-3", "object-0", "object-1"]
    assert probabilities.shape == (20, 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    assert (classes[probabilities.argmax(axis=1)] == LABELS[100:]).mean() > 0.9


def test_the_readout_does_not_depend_on_units_that_are_constant_scaled_or_shifted() -> None:
    values = features(2.0)
    probabilities, _ = readout_probabilities(values[:100], LABELS[:100], values[100:])
    changed = 7 * values + 3
    same, _ = readout_probabilities(changed[:100], LABELS[:100], changed[100:])
    np.testing.assert_allclose(same, probabilities, rtol=1e-9)
    constant = readout_probabilities(np.ones((100, 5)), LABELS[:100], np.ones((20, 5)))[0]
    assert np.isfinite(constant).all()
    np.testing.assert_allclose(constant, constant[:1].repeat(20, axis=0))


def test_the_readout_goes_to_the_minimum_of_its_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many small steps it ends where a quasi-Newton method does: loss and gradient are what they should be."""
    monkeypatch.setattr(object_solution_time, "EPOCHS", 4000)
    monkeypatch.setattr(object_solution_time, "LEARNING_RATE", 1e-3)
    monkeypatch.setattr(object_solution_time, "BATCH", 100)
    values = features(1.0)[:, :30]
    found, _ = readout_probabilities(values[:100], LABELS[:100], values[100:])
    train = (values[:100] - values[:100].mean(axis=0)) / values[:100].std(axis=0)
    test = (values[100:] - values[:100].mean(axis=0)) / values[:100].std(axis=0)
    target = np.arange(100) % CLASSES

    def logits(parameters: NDArray[np.float64], inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        shaped = parameters.reshape(30 + 1, CLASSES)
        result: NDArray[np.float64] = inputs @ shaped[:-1] + shaped[-1]
        return result

    def loss(parameters: NDArray[np.float64]) -> float:
        scores = logits(parameters, train)
        entropy = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(100), target]
        return float(entropy.mean() + 0.5 * 0.463 * (parameters**2).sum())

    best = np.exp(logits(minimize(loss, np.zeros((30 + 1) * CLASSES), method="L-BFGS-B", tol=1e-12).x, test))
    np.testing.assert_allclose(found, best / best.sum(axis=1, keepdims=True), atol=1e-3)


def test_training_stops_once_the_last_batch_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_solution_time, "TOLERANCE", np.inf)
    values = features(2.0)
    once, _ = readout_probabilities(values[:100], LABELS[:100], values[100:])
    monkeypatch.setattr(object_solution_time, "EPOCHS", 1)
    np.testing.assert_array_equal(readout_probabilities(values[:100], LABELS[:100], values[100:])[0], once)


def test_first_weights_are_cut_at_two_deviations_and_have_the_variance_of_the_fan_in() -> None:
    weights = object_solution_time._first_weights(2000, 10)
    assert weights.std() == pytest.approx(1 / np.sqrt(2000), rel=0.01)
    assert np.abs(weights).max() <= 2 / np.sqrt(2000) / 0.87962566103423978 + 1e-12


def course(bins: int, taken: list[int]) -> Iterator[NDArray[np.float64]]:
    """Yield recordings in which some objects become readable later than others; note which were taken."""
    late = (np.arange(IMAGES) % CLASSES) >= CLASSES // 2
    for number in range(bins):
        taken.append(number)
        strength = np.where(late, max(0, number - 2), number)[:, None]
        means = np.random.default_rng(99).standard_normal((CLASSES, UNITS))[np.arange(IMAGES) % CLASSES]
        yield strength * means + np.random.default_rng(number).standard_normal((IMAGES, UNITS))


def test_times_of_a_model_with_the_same_course_correlate() -> None:
    times = np.arange(6) * 10.0 + 70
    late = (np.arange(IMAGES) % CLASSES) >= CLASSES // 2
    recorded = np.where(late, 110.0, 90.0) + np.random.default_rng(5).normal(0, 1, IMAGES)
    score = object_solution_time_correlation(course(6, []), times, LABELS, np.full(IMAGES, 1.5), recorded)
    assert score.values.shape == (10, 1)
    assert score.value > 0.5
    backwards = object_solution_time_correlation(course(6, []), times, LABELS, np.full(IMAGES, 1.5), -recorded)
    assert backwards.value == pytest.approx(-score.value)


def test_one_split_is_the_spearman_correlation_over_images_solved_in_both() -> None:
    times = np.arange(4) * 10.0 + 70
    split = shuffle_splits(IMAGES, train_size=None, test_size=0.1)[:1]
    recorded = np.random.default_rng(1).uniform(80, 200, IMAGES)
    recorded[split[0].test[:3]] = np.nan
    thresholds = np.random.default_rng(2).uniform(0.5, 2.5, IMAGES)
    score = object_solution_time_correlation(course(4, []), times, LABELS, thresholds, recorded, splits=split)
    levels = []
    for responses in course(4, []):
        train, test = split[0]
        p, names = readout_probabilities(responses[train], LABELS[train], responses[test])
        rates = model_rates(p, LABELS[test], names)
        levels.append(image_level_dprime(dprime_pattern(rates, LABELS[test], names)))
    predicted = solution_times_of(np.stack(levels), thresholds[split[0].test], times)
    expected = spearmanr(predicted, recorded[split[0].test], nan_policy="omit").statistic
    assert score.value == pytest.approx(expected, abs=1e-12)
    assert len(split[0].test) == 12


def test_recordings_are_taken_only_until_all_images_are_solved() -> None:
    taken: list[int] = []
    times = np.arange(6) * 10.0
    object_solution_time_correlation(course(6, taken), times, LABELS, np.full(IMAGES, -6.0), np.arange(IMAGES) * 1.0)
    assert taken == [0]


def test_features_that_never_reach_human_level_give_no_number() -> None:
    noise = (np.random.default_rng(number).standard_normal((IMAGES, UNITS)) for number in range(3))
    score = object_solution_time_correlation(noise, TIMES, LABELS, np.full(IMAGES, 5.5), np.arange(IMAGES) * 1.0)
    assert np.isnan(score.value)


@pytest.mark.parametrize("broken", ["labels", "stimuli", "finite"])
def test_what_does_not_fit_is_refused(broken: str) -> None:
    values = features(1.0)
    labels = LABELS[1:] if broken == "labels" else LABELS
    if broken == "stimuli":
        values = values[1:]
    if broken == "finite":
        values[0, 0] = np.nan
    with pytest.raises(ValueError, match="do not fit"):
        object_solution_time_correlation([values] * 3, TIMES, labels, np.ones(IMAGES), np.ones(IMAGES))
