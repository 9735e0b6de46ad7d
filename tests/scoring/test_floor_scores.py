"""The floor beside a score."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t

from pytest_brainscore.scoring.floor import FloorScore, floor_of, floor_score


def test_seeds_are_a_group_with_a_mean_and_its_interval() -> None:
    values = [0.1, 0.12, 0.09, 0.11]
    found = floor_score(values, 0.05)
    low, high = t.interval(0.95, 3, np.mean(values), np.std(values, ddof=1) / 2)
    assert found == FloorScore(
        untrained=list(values),
        mean=pytest.approx(0.105),
        low=pytest.approx(low),
        high=pytest.approx(high),
        pixels=0.05,
    )


def test_what_has_no_score_is_left_out_of_the_mean() -> None:
    found = floor_score([0.1, None, math.nan])
    assert (found.mean, found.low, found.high) == (0.1, None, None)
    assert floor_score([None]).mean is None


def test_only_what_the_model_has_a_score_on_has_a_floor() -> None:
    floor = floor_of([0, 1], [{"a": 0.1, "b": 0.2}, {"a": 0.3}], {"a": 0.05}, ["a", "c"], ["why", "why"])
    assert list(floor.scores) == ["a"]
    assert floor.scores["a"].untrained == [0.1, 0.3]
    assert floor.reasons == ["why"]
