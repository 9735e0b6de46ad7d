"""Ceilings from stored reliabilities: golden values, and what has none."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.metrics.reliability.stored_reliability import noise_ceiling_correlations, stored_reliability

PERCENT = [0, 25, 36, 64, 81, 100, 120, -5, float("nan")]


@pytest.mark.parametrize(
    ("reliabilities", "value", "error"),
    [
        (np.random.RandomState(0).uniform(0.4, 1, 25), 0.761658025643, 0.051596583539),
        ([0.5, 0.9], 0.7, 0.143197625679),
        ([*np.random.RandomState(1).uniform(0.4, 1, 10), np.nan], 0.594367989902, 0.051693806462),
    ],
    ids=["25", "two", "a NaN"],
)
def test_golden_medians(reliabilities: list[float], value: float, error: float) -> None:
    assert stored_reliability(reliabilities) == pytest.approx((value, error), abs=1e-11)


def test_no_reliability_is_no_ceiling() -> None:
    assert np.isnan(stored_reliability([np.nan, np.nan])).all()
    assert np.isnan(stored_reliability([])).all()


def test_golden_noise_ceilings() -> None:
    found = noise_ceiling_correlations(PERCENT)
    assert found.dtype == np.float32
    assert float(np.nanmedian(found)) == pytest.approx(0.700000047684, abs=1e-11)
    assert float(np.nanmean(found)) == pytest.approx(0.600000023842, abs=1e-11)


def test_percents_are_cut_to_0_and_100() -> None:
    expected = [0, 0.5, 0.6, 0.8, 0.9, 1, 1, 0, np.nan]
    np.testing.assert_allclose(noise_ceiling_correlations(PERCENT), expected, rtol=0, atol=1e-7)


def test_one_for_each_neuroid_is_needed() -> None:
    with pytest.raises(ValueError, match="not one each"):
        stored_reliability([[0.5, 0.6]])
