"""Accuracy delta of Baker & Elder (2022): golden values, and halves of the subjects drawn as published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_brainscore.metrics.behavior.baker_accuracy_delta import (
    accuracy_delta,
    baker_accuracy_delta,
    baker_accuracy_delta_ceiling,
    delta_similarity,
    subject_halves,
)


def golden_subjects() -> NDArray[np.float64]:
    """Return the deltas of eight subjects with 30 whole and 30 broken trials each, drawn as for the golden values."""
    generator = np.random.RandomState(0)
    whole = np.repeat([True, False], 30)
    return np.array(
        [accuracy_delta(np.concatenate([generator.rand(30) < 0.85, generator.rand(30) < 0.6]), whole) for _ in range(8)]
    )


def test_golden_score() -> None:
    result = baker_accuracy_delta(1 / 6, golden_subjects())
    assert result.value == pytest.approx(0.7205348029365467, abs=1e-14)
    assert result.deviation == pytest.approx(0.11838665708116286, abs=1e-14)
    np.testing.assert_allclose(result.similarities[:3], [0.7692307692, 0.8695652174, 0.5405405405], rtol=0, atol=1e-10)
    assert result.similarities.shape == (100,)


def test_golden_ceiling() -> None:
    assert baker_accuracy_delta_ceiling(golden_subjects()).value == pytest.approx(0.8396572827417381, abs=1e-14)


def test_delta_of_a_subject_pools_all_stimuli_and_that_of_a_model_averages_categories() -> None:
    correct = np.array([True, True, True, False, False, True, False, False])
    whole = np.array([True, True, True, True, False, False, False, False])
    animals = ["cat", "cat", "cat", "bear", "cat", "bear", "bear", "bear"]
    assert accuracy_delta(correct, whole) == 3 / 4 - 1 / 4
    assert accuracy_delta(correct, whole, animals) == pytest.approx((1 + 0) / 2 - (0 + 1 / 3) / 2)


@given(seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_delta_does_not_depend_on_the_order_of_trials_and_changes_sign_with_the_types(seed: int) -> None:
    generator = np.random.default_rng(seed)
    correct, whole = generator.random(24) < 0.5, np.arange(24) % 2 == 0
    animals, order = np.repeat(["bear", "cat"], 12), generator.permutation(24)
    delta = accuracy_delta(correct, whole, animals)
    assert -1 <= delta <= 1
    assert accuracy_delta(correct[order], whole[order], animals[order]) == delta
    assert accuracy_delta(correct, ~whole, animals) == -delta


def test_a_model_like_all_subjects_scores_1_and_one_far_off_0() -> None:
    deltas = np.full(6, 0.25)
    assert baker_accuracy_delta(0.25, deltas)[:2] == (1, 0)
    assert baker_accuracy_delta(-0.25, deltas).value == 0
    assert baker_accuracy_delta_ceiling(deltas).value == 1


def test_the_last_subject_is_in_no_half() -> None:
    deltas = golden_subjects()
    changed = np.append(deltas[:-1], 0.9)
    assert baker_accuracy_delta(0.2, deltas).value == baker_accuracy_delta(0.2, changed).value
    assert baker_accuracy_delta_ceiling(deltas).value != baker_accuracy_delta_ceiling(changed).value


def test_subjects_without_a_delta_give_no_number() -> None:
    assert np.isnan(baker_accuracy_delta(0.1, np.zeros(5)).value)
    assert np.isnan(baker_accuracy_delta_ceiling(np.zeros(5)).value)


def test_a_half_without_a_delta_is_left_out_even_if_rounding_hides_it() -> None:
    deltas = np.array([0.1, 0.2, -0.3, 0.4, 0.5, 0.1])  # the mean of the first three is 1e-17 or so
    result = baker_accuracy_delta(0.1, deltas)
    halves = deltas[subject_halves(6)].mean(axis=1)
    nothing = np.abs(halves) < 1e-15
    assert nothing.any()
    assert (halves[nothing] != 0).any()
    assert np.isnan(result.similarities).tolist() == nothing.tolist()
    similarities = np.maximum(1 - np.abs(halves - 0.1) / np.where(nothing, 1, halves), 0)[~nothing]
    assert (result.value, result.deviation) == pytest.approx((similarities.mean(), similarities.std()), abs=1e-15)
    assert np.isfinite(baker_accuracy_delta_ceiling(deltas).value)


def test_subjects_that_prefer_broken_silhouettes_exceed_1_as_published() -> None:
    assert baker_accuracy_delta(0.2, np.full(4, -0.2)).value == pytest.approx(3)


def test_bad_input_is_told() -> None:
    with pytest.raises(ValueError, match="two or more subjects"):
        baker_accuracy_delta(0.1, [0.2])
    with pytest.raises(ValueError, match="two or more subjects"):
        baker_accuracy_delta_ceiling([0.2, np.nan])
    with pytest.raises(ValueError, match="give a finite number"):
        baker_accuracy_delta(float("nan"), [0.2, 0.3])
    with pytest.raises(ValueError, match="give booleans"):
        accuracy_delta([1, 0], [True, False])
    with pytest.raises(ValueError, match="2 answers, 1 silhouettes and 2 categories"):
        accuracy_delta([True, False], [True])
    with pytest.raises(ValueError, match="no whole or no broken"):
        accuracy_delta([True, False], [True, True])
    with pytest.raises(ValueError, match="no whole or no broken"):
        accuracy_delta([True, False, True], [True, False, True], ["cat", "cat", "bear"])


def test_halves_and_similarities_are_those_of_the_score() -> None:
    deltas = golden_subjects()
    halves = subject_halves(deltas.size)
    assert halves.shape == (100, 4)
    assert halves.max() == 6  # the last of eight subjects is in none
    similarities = delta_similarity(np.full(100, 1 / 6), deltas[halves].mean(axis=1))
    np.testing.assert_array_equal(similarities, baker_accuracy_delta(1 / 6, deltas).similarities)
