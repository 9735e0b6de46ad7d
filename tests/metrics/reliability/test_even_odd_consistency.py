"""Even against odd repetitions: golden values, unequal numbers of repetitions, and what has no such halves."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import pearsonr

from pytest_brainscore.metrics.reliability.internal_consistency import (
    by_repetition,
    even_odd_consistency,
    internal_consistency,
)
from tests.support.repeated import ragged


@pytest.mark.parametrize(
    ("repeats", "value", "neurons"),
    [
        (
            [2 + image % 5 for image in range(24)],
            0.539588329820,
            [0.4914881671, 0.5395883298, 0.4096906310, 0.6567143509, 0.6102208753],
        ),
        ([6] * 24, 0.634514840296, [0.6345148403, 0.5676713636, 0.3322668032, 0.8216470567, 0.6813216793]),
    ],
    ids=["two to six", "six"],
)
def test_golden_values(repeats: list[int], value: float, neurons: list[float]) -> None:
    found = even_odd_consistency(ragged(repeats))
    assert found.value == pytest.approx(value, abs=1e-10)
    assert found.error == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(found.values, np.broadcast_to(neurons, (10, 5)), rtol=0, atol=1e-9)


def test_the_ordinary_consistency_of_six_repetitions_is_another() -> None:
    found = internal_consistency(ragged([6] * 24))
    assert (found.value, found.error) == pytest.approx((0.669816501886, 0.011994961017), abs=1e-10)


def test_it_is_the_corrected_correlation_of_two_means() -> None:
    responses = ragged([4] * 24)
    first, second = responses[[0, 2]].mean(axis=0), responses[[1, 3]].mean(axis=0)
    r = np.array([pearsonr(first[:, neuron], second[:, neuron])[0] for neuron in range(5)])
    np.testing.assert_allclose(even_odd_consistency(responses).values[0], 2 * r / (1 + r), rtol=0, atol=1e-12)


def test_numbers_count_and_not_places() -> None:
    responses = ragged([4] * 24)
    renumbered = even_odd_consistency(responses, [2, 4, 7, 9])
    swapped = even_odd_consistency(responses[[0, 2, 1, 3]])
    np.testing.assert_allclose(renumbered.values, swapped.values, rtol=0, atol=1e-12)


def test_the_order_of_presentations_does_not_matter() -> None:
    rows: NDArray[np.float64] = np.random.RandomState(0).standard_normal((40, 3))
    ids, numbers = np.repeat([f"im{image}" for image in range(10)], 4), np.tile(np.arange(4), 10)
    order = np.random.RandomState(1).permutation(40)
    one = even_odd_consistency(by_repetition(rows, ids, numbers))
    other = even_odd_consistency(by_repetition(rows[order], ids[order], numbers[order]))
    assert one.value == other.value


def test_a_stimulus_shown_once_has_no_halves() -> None:
    with pytest.raises(ValueError, match="1 of 24 stimuli, the first in row 5, have repetitions with even"):
        even_odd_consistency(ragged([3] * 5 + [1] + [3] * 18))


@pytest.mark.parametrize("numbers", [[0.0, 1.0], ["one", "two"], [0, 1, 2]], ids=["fractions", "words", "too many"])
def test_other_numbers_are_neither_even_nor_odd(numbers: list[object]) -> None:
    with pytest.raises(ValueError, match="neither even nor odd"):
        even_odd_consistency(ragged([2] * 24), np.array(numbers))


def test_one_repetition_is_no_ceiling() -> None:
    with pytest.raises(ValueError, match="one repetition"):
        even_odd_consistency(ragged([1] * 24))
