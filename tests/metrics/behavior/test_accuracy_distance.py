"""Accuracy distance: equally accurate observers are alike, whichever stimuli they err on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from pytest_brainscore.metrics.behavior.accuracy_distance import accuracy_distance, accuracy_distance_ceiling
from tests.support.observers import CONDITIONS, SUBJECTS, synthetic_observers

CORRECTNESS = arrays(np.bool_, (3, 12))


def test_the_published_example() -> None:
    result = accuracy_distance(SUBJECTS[0], SUBJECTS)
    assert result.value == pytest.approx(0.74074074, abs=5e-9)
    assert result.deviation == pytest.approx(0.18885257, abs=5e-9)
    np.testing.assert_allclose(result.similarities, [[1, 2 / 3, 5 / 9]], atol=1e-15)
    assert accuracy_distance_ceiling(SUBJECTS).value == pytest.approx(0.5185185185185185, abs=1e-15)


def test_the_published_example_by_condition() -> None:
    result = accuracy_distance(SUBJECTS[2], SUBJECTS, CONDITIONS)
    assert result.value == pytest.approx(0.55555556, abs=5e-9)
    assert result.similarities.shape == (3, 3)


def test_golden_values_of_random_observers() -> None:
    model, subjects, conditions = synthetic_observers()
    result = accuracy_distance(model, subjects)
    np.testing.assert_allclose(result.similarities, [[0.9677419355, 0.9230769231, 0.9473684211]], rtol=0, atol=1e-10)
    assert result.value == pytest.approx(0.9460624265378086, abs=1e-15)
    assert result.deviation == pytest.approx(0.01825778, abs=5e-9)
    assert accuracy_distance(model, subjects, conditions).value == pytest.approx(0.9469192694999147, abs=1e-15)
    ceiling = accuracy_distance_ceiling(subjects)
    assert ceiling.value == pytest.approx(0.9085919928025191, abs=1e-15)
    assert ceiling.deviation == pytest.approx(0.03854413, abs=5e-9)


def test_the_accuracy_as_far_as_can_be_is_0() -> None:
    always = np.ones(4, dtype=bool)
    assert accuracy_distance(~always, always[None]).value == 0
    assert accuracy_distance(always, ~always[None]).value == 0


@given(subjects=CORRECTNESS, seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_bounded_and_blind_to_which_stimuli_are_wrong(subjects: NDArray[np.bool_], seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(subjects[0])
    result = accuracy_distance(subjects[0], subjects)
    assert 0 <= result.value <= 1
    assert result.similarities[0, 0] == 1
    np.testing.assert_array_equal(result.similarities, accuracy_distance(shuffled, subjects).similarities)


@given(subjects=CORRECTNESS, seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_the_order_of_trials_does_not_matter(subjects: NDArray[np.bool_], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(12)
    conditions = np.repeat(["a", "b"], 6)
    before = accuracy_distance_ceiling(subjects, conditions)
    after = accuracy_distance_ceiling(subjects[:, order], conditions[order])
    np.testing.assert_array_equal(before.similarities, after.similarities)


def test_bad_input_is_told() -> None:
    with pytest.raises(ValueError, match="give booleans"):
        accuracy_distance(SUBJECTS[0].astype(int), SUBJECTS)
    with pytest.raises(ValueError, match="8 stimuli cannot be compared with subjects with 9"):
        accuracy_distance(SUBJECTS[0, :8], SUBJECTS)
    with pytest.raises(ValueError, match="do not fit 9 stimuli"):
        accuracy_distance(SUBJECTS[0], SUBJECTS, [1, 2])
    with pytest.raises(ValueError, match="at least two"):
        accuracy_distance_ceiling(SUBJECTS[:1])
