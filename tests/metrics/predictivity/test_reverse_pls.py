"""Reverse predictivity as a metric: neurons predict units, golden values of orders, dead units and one fixed split."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.metrics.predictivity.fixed_split import fixed_split_score
from pytest_brainscore.metrics.predictivity.neural_predictivity import predictivity
from pytest_brainscore.metrics.shared.aggregation import SplitScore
from pytest_brainscore.metrics.shared.splits import shuffle_splits

STIMULI = 60


def normal(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(seed).standard_normal(shape)


NEURONS = normal(0, STIMULI, 40)
UNITS = NEURONS @ normal(6, 40, 30) + 2 * normal(7, STIMULI, 30)
OBJECTS = np.resize(["a", "b", "c"], STIMULI)
ORDER = np.random.RandomState(8).permutation(STIMULI)


def reverse(
    neurons: NDArray[np.float64], units: NDArray[np.float64], labels: NDArray[np.str_] | None = OBJECTS
) -> SplitScore:
    """Predict units by neurons, rows in the order of the model: splits follow it."""
    return predictivity(neurons, units, shuffle_splits(STIMULI, stratify=labels))


def without(*units: int) -> NDArray[np.float64]:
    return np.where(np.isin(np.arange(30), units), 0.0, UNITS)


@pytest.mark.parametrize(
    ("given", "value", "error"),
    [
        ((NEURONS, UNITS), 0.782111112529, 0.022883316543),
        ((NEURONS[ORDER], UNITS[ORDER], OBJECTS[ORDER]), 0.834929822889, 0.013788016105),
        ((NEURONS, without(3)), 0.780721271387, 0.024338615646),
        ((NEURONS, without(*range(16))), 0.789837682953, 0.023867164670),
        ((NEURONS, UNITS, None), 0.831126757923, 0.012969419174),
    ],
    ids=["as drawn", "the model in another order", "a dead unit", "sixteen dead units", "not stratified"],
)
def test_golden_values(given: tuple[Any, ...], value: float, error: float) -> None:
    found = reverse(*given)
    assert (found.value, found.error) == pytest.approx((value, error), abs=1e-9)


def test_a_dead_unit_has_no_correlation_in_any_split() -> None:
    values = reverse(NEURONS, without(3)).values
    assert np.isnan(values).sum() == 10
    assert np.isnan(values[:, 3]).all()


def test_golden_value_of_one_fixed_split() -> None:
    found = fixed_split_score(NEURONS[:45], NEURONS[45:], UNITS[:45], UNITS[45:], metric="pls_split")
    assert found.value == pytest.approx(0.777997209859, abs=1e-9)


def test_twenty_neurons_have_no_25_components() -> None:
    with pytest.raises(ValueError, match=r"25 PLS components need as many features.*there are 20 features"):
        reverse(NEURONS[:, :20], UNITS)
