"""Metrics with one fixed split by name: which stimuli are tested is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

import pytest_brainscore
from pytest_brainscore.errors import RecordingError


def normal(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(seed).standard_normal(shape)


X = normal(0, 60, 80)
Y = X @ normal(1, 80, 5) / 4 + 2 * normal(2, 60, 5)
TEST = np.arange(60) >= 45


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("ridge_split", 0.155063814368),
        ("dual_ridge_split", 0.155063814368),
        ("ridgecv_split", 0.047483298976),
        ("dual_ridgecv_split", 0.047483298976),
        ("pls_split", 0.133694899636),
        ("linear_predictivity_split", 0.159307181008),
        ("neuron_to_neuron_split", -0.110195990337),
    ],
)
def test_published_values_by_name(metric: str, value: float) -> None:
    score = pytest_brainscore.score(X, Y, metric=metric, test=TEST)
    assert score.raw == pytest.approx(value, abs=1e-8)
    assert np.isnan(score.error)
    assert score.values is not None
    assert score.values.shape == (5,)


@pytest.mark.parametrize("labels", [TEST.astype(int), np.where(TEST, "test", "train"), TEST.tolist()])
def test_which_stimuli_are_tested_can_be_told_in_several_ways(labels: Any) -> None:
    score = pytest_brainscore.score(X, Y, metric="ridgecv_split", alphas=[1, 10, 100], test=labels)
    assert score.raw == pytest.approx(0.113328297135, abs=1e-8)


def test_a_coordinate_tells_it() -> None:
    names = {"stimulus_id": ("presentation", [f"s{number:02d}" for number in range(60)])}
    labels = {"part": ("presentation", np.where(TEST, "test", "train"))}
    features = xr.DataArray(X, names, ("presentation", "neuroid"))
    recording = xr.DataArray(Y, names | labels, ("presentation", "neuroid"))
    score = pytest_brainscore.score(features, recording, metric="ridge_split", test="part")
    assert score.raw == pytest.approx(0.155063814368, abs=1e-8)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "has to know which stimuli are tested"),
        ({"test": np.arange(60) % 3}, "have the values 0, 1, 2"),
        ({"test": np.arange(60) == 3}, "leave 59 stimuli to fit and 1 to test"),
        ({"test": TEST, "splits": 3}, "has no parameter splits"),
        ({"test": TEST, "alphas": [1, 2]}, "has no parameter alphas"),
    ],
)
def test_what_cannot_be_split_is_refused(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence):
        pytest_brainscore.score(X, Y, metric="ridge_split", **settings)
