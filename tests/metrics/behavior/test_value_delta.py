"""Value delta: 1 for equal numbers, exponentially less with their distance."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.metrics.behavior.value_delta import value_delta

NUMBERS = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("model", "human", "expected"), [(1, 1, 1), (1.5, 1, 0.6065), (1, -1, 0.1353), (5, -5, 0), (10, 0, 0)]
)
def test_the_published_examples(model: float, human: float, expected: float) -> None:
    assert value_delta(model, human) == pytest.approx(expected, abs=5e-5)


def test_golden_value_at_the_scale_of_the_visual_search_benchmarks() -> None:
    assert value_delta(-0.4, -1.1, scale=0.75) == pytest.approx(0.5915553643668151, abs=1e-15)


@given(model=NUMBERS, human=NUMBERS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=50, deadline=None)
def test_symmetric_and_between_0_and_1(model: float, human: float, scale: float) -> None:
    assert 0 <= value_delta(model, human, scale) <= 1
    assert value_delta(model, human, scale) == value_delta(human, model, scale)
    assert value_delta(model, model, scale) == 1


def test_undefined_and_infinite_numbers() -> None:
    assert math.isnan(value_delta(math.nan, 1))
    assert math.isnan(value_delta(math.inf, math.inf))
    assert value_delta(math.inf, 1) == 0


@pytest.mark.parametrize("scale", [0, -1, math.nan, math.inf])
def test_a_scale_that_is_not_positive_is_told(scale: float) -> None:
    with pytest.raises(ValueError, match="finite number above 0"):
        value_delta(1, 2, scale)
