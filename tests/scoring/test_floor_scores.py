"""The floor beside a score."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t

from pytest_brainscore.scoring.floor import floor_of, floor_score


def test_seeds_are_a_group_with_a_mean_and_its_interval() -> None:
    values: list[float | None] = [0.1, 0.12, 0.09, 0.11]
    found = floor_score(values, 0.05)
    numbers = np.array([0.1, 0.12, 0.09, 0.11])
    low, high = t.interval(0.95, 3, numbers.mean(), numbers.std(ddof=1) / 2)
    assert (found.untrained, found.pixels) == (values, 0.05)
    assert (found.mean, found.low, found.high) == pytest.approx((0.105, low, high))


def test_what_has_no_score_is_left_out_of_the_mean() -> None:
    found = floor_score([0.1, None, math.nan])
    assert (found.mean, found.low, found.high) == (0.1, None, None)
    assert floor_score([None]).mean is None


def test_only_what_the_model_has_a_score_on_has_a_floor() -> None:
    floor = floor_of([0, 1], [{"a": 0.1, "b": 0.2}, {"a": 0.3}], {"a": 0.05}, ["a", "c"], ["why", "why"])
    assert list(floor.scores) == ["a"]
    assert floor.scores["a"].untrained == [0.1, 0.3]
    assert floor.reasons == ["why"]
