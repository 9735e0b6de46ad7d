"""Calibration: from activations to spikes per second."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.firing_rates import calibrate, firing_rates
from pytest_brainscore.errors import NoNumber


def one_good_grating(peaks: NDArray[np.float64], blank: NDArray[np.float64], row: int = 40) -> NDArray[np.float64]:
    """Return activations to the orientation gratings, shape (1152, unit), whose mean over phase peaks at one of 144."""
    activations = np.tile(blank, (144, 8, 1))
    activations[row] = peaks * np.linspace(0.5, 1.5, 8)[:, np.newaxis]
    return activations.reshape(1152, -1)


def test_the_median_unit_gets_the_median_rates_of_macaque_v1() -> None:
    peaks, blank = np.array([2.0, 4.0, 8.0]), np.array([0.5, 1.0, 1.5])
    calibration = calibrate(one_good_grating(peaks, blank), blank)
    assert firing_rates(np.median(peaks), calibration) == pytest.approx(33.8)
    assert firing_rates(np.median(blank), calibration) == pytest.approx(0.82)
    assert calibration.slope == pytest.approx((33.8 - 0.82) / (4 - 1))
    assert calibration.offset == pytest.approx(0.82 - calibration.slope)


def test_units_below_the_threshold_of_the_strongest_unit_do_not_count() -> None:
    # The threshold is 5 / 243.1 = .0206 of the strongest difference, 1.
    peaks, blank = np.array([1.0, 0.5, 0.0205, 0.0, 0.0]), np.zeros(5)
    calibration = calibrate(one_good_grating(peaks, blank), blank)
    assert firing_rates(np.array(0.75), calibration) == pytest.approx(33.8)
    just_above = np.array([1.0, 0.5, 0.0207, 0.0, 0.0])
    calibration = calibrate(one_good_grating(just_above, blank), blank)
    assert firing_rates(np.array(0.5), calibration) == pytest.approx(33.8)


def test_the_peak_is_the_mean_over_phases_at_the_best_grating_not_the_best_frame() -> None:
    activations = np.zeros((144, 8, 1))
    activations[3, :, 0] = 1.0
    activations[90, 2, 0] = 7.0  # mean over phases 7/8
    calibration = calibrate(activations.reshape(1152, 1), np.zeros(1))
    assert firing_rates(np.array(1.0), calibration) == pytest.approx(33.8)


def test_negative_activations_count_as_zero_before_and_after_the_mapping() -> None:
    peaks, blank = np.array([2.0]), np.array([-3.0])
    calibration = calibrate(one_good_grating(peaks, np.array([-1.0])), blank)
    assert calibration.offset == pytest.approx(0.82)  # the blank response is zero
    assert firing_rates(np.array([-5.0, 0.0]), calibration).tolist() == pytest.approx([0.82, 0.82])
    calibration = calibrate(one_good_grating(np.array([4.0]), np.array([1.0])), np.array([1.0]))
    assert firing_rates(np.array([0.0]), calibration).tolist() == [0.0]


def test_a_single_unit_is_enough() -> None:
    calibration = calibrate(one_good_grating(np.array([3.0]), np.array([1.0])), np.array([1.0]))
    assert firing_rates(np.array([3.0, 1.0]), calibration) == pytest.approx(np.array([33.8, 0.82]))


@pytest.mark.parametrize("blank", [0.0, 1.0])
def test_units_that_do_not_respond_to_gratings_have_no_rates(blank: float) -> None:
    activations = np.full((1152, 7), 0.5 * blank)
    with pytest.raises(NoNumber, match="None of the 7 V1 units"):
        calibrate(activations, np.full(7, blank))


@settings(max_examples=50, deadline=None)
@given(
    gain=st.floats(1e-3, 1e3),
    shift=st.floats(0, 100),
    seed=st.integers(0, 10),
    units=st.integers(1, 12),
)
def test_rates_do_not_depend_on_gain_and_offset_of_the_activations(
    gain: float, shift: float, seed: int, units: int
) -> None:
    """An affine change of non-negative activations cancels in the calibration."""
    draw = np.random.RandomState(seed)
    activations, blank = draw.uniform(0, 1, (1152, units)), draw.uniform(0, 0.1, units)
    changed, changed_blank = gain * (activations + shift), gain * (blank + shift)
    rates = firing_rates(activations, calibrate(activations, blank))
    assert firing_rates(changed, calibrate(changed, changed_blank)) == pytest.approx(rates, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_units_does_not_matter(seed: int) -> None:
    draw = np.random.RandomState(seed)
    activations, blank = draw.uniform(0, 1, (1152, 9)), draw.uniform(0, 0.1, 9)
    order = draw.permutation(9)
    assert calibrate(activations[:, order], blank[order]) == pytest.approx(calibrate(activations, blank), rel=1e-12)
