"""Specification of preferred spatial frequency and bandwidth."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.interpolate import InterpolatedUnivariateSpline

from pytest_brainscore.metrics.tuning.spatial_frequency_tuning import SpatialFrequencyTuning, spatial_frequency_tuning

Curves = NDArray[np.float64]
FrequencySmoothing = Literal["smooth", "triangle"]

FREQUENCIES = np.array([0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11.2, 16, 22.4])
LOG_GAUSSIAN = 2 + 20 * np.exp(-((np.log2(FREQUENCIES[np.newaxis]) - 1.3) ** 2) / (2 * 1.1**2))

seeds = st.integers(0, 2**32 - 1)


def random_curves(seed: int, neuroids: int = 20) -> Curves:
    """Curves from noisy to smoothly tuned; some have their peak at an end, some negative responses."""
    generator = np.random.default_rng(seed)
    preferred, width = generator.uniform(-1.5, 5, (neuroids, 1)), generator.uniform(0.3, 3, (neuroids, 1))
    tuned = np.exp(-(((np.log2(FREQUENCIES) - preferred) / width) ** 2))
    noise = generator.uniform(0, 10, (neuroids, 1)) * generator.normal(size=(neuroids, len(FREQUENCIES)))
    return np.asarray(30 * tuned + noise)


def tuning(
    curves: Curves, smoothing: FrequencySmoothing = "smooth", threshold: float = 0.707
) -> SpatialFrequencyTuning:
    return spatial_frequency_tuning(curves, FREQUENCIES, smoothing=smoothing, threshold=threshold)


def tuning_of_one_curve(curve: Curves, smoothing: FrequencySmoothing, threshold: float) -> tuple[float, float, float]:
    """Follow the definition, for one neuroid, step by step."""
    kernel = np.array({"smooth": [0, 0.2, 1, 0.2, 0], "triangle": [0.5, 0.75, 1, 0.75, 0.5]}[smoothing])
    padded = np.concatenate([curve[:1], curve[:1], curve, curve[-1:], curve[-1:]])
    smoothed = np.convolve(kernel / kernel.sum(), padded, mode="valid")
    octaves = np.log2(FREQUENCIES)
    samples = np.linspace(octaves[0], octaves[-1], 100)
    spline = InterpolatedUnivariateSpline(octaves, smoothed)
    values = spline(samples)
    peak = int(np.argmax(values))
    low = np.flatnonzero(values <= threshold * values[peak])
    bandwidth = np.nan
    if values[peak] > 0 and (low < peak).any() and (low > peak).any():
        bandwidth = 100 * 2 ** samples[low[low < peak].max()] / 2 ** samples[low[low > peak].min()]
    goodness = 1 - np.sum((curve - spline(octaves)) ** 2) / np.sum((curve - curve.mean()) ** 2)
    return 2 ** samples[peak], bandwidth, goodness


@pytest.mark.parametrize(("smoothing", "bandwidth"), [("smooth", 24.146583534929942), ("triangle", 19.176892615468617)])
def test_golden_values_of_the_published_system(smoothing: FrequencySmoothing, bandwidth: float) -> None:
    result = tuning(LOG_GAUSSIAN, smoothing)
    assert result.bandwidth == pytest.approx([bandwidth], rel=1e-12)
    assert result.peak == pytest.approx([2.509066616334695], rel=1e-12)


def test_golden_goodness_of_fit_of_the_published_system() -> None:
    assert tuning(LOG_GAUSSIAN).goodness_of_fit == pytest.approx([0.9981298792905078], rel=1e-12)


@pytest.mark.parametrize("smoothing", ["smooth", "triangle"])
@pytest.mark.parametrize("threshold", [0.5, 0.707])
def test_tuning_equals_a_plain_loop_over_neuroids(smoothing: FrequencySmoothing, threshold: float) -> None:
    curves = random_curves(seed=5, neuroids=200)
    expected = np.array([tuning_of_one_curve(curve, smoothing, threshold) for curve in curves])
    assert 0 < np.isnan(expected[:, 1]).sum() < 200
    np.testing.assert_allclose(np.column_stack(tuning(curves, smoothing, threshold)), expected, rtol=1e-9)


@given(seed=seeds, exponent=st.integers(-20, 20))
@settings(max_examples=25, deadline=None)
def test_scaling_the_responses_changes_nothing(seed: int, exponent: int) -> None:
    curves = random_curves(seed)
    # Whole powers of 2 scale without rounding, so that no sample changes its side of the threshold.
    np.testing.assert_array_equal(tuning(2.0**exponent * curves), tuning(curves))


@given(seed=seeds, factor=st.floats(0.1, 10))
@settings(max_examples=25, deadline=None)
def test_scaling_the_frequencies_scales_the_peak_only(seed: int, factor: float) -> None:
    curves = random_curves(seed)
    scaled = spatial_frequency_tuning(curves, factor * FREQUENCIES, smoothing="smooth", threshold=0.707)
    np.testing.assert_allclose(scaled.peak, factor * tuning(curves).peak)
    np.testing.assert_allclose(scaled.bandwidth, tuning(curves).bandwidth)


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_reversing_the_axis_in_octaves_mirrors_the_peak_and_keeps_the_bandwidth(seed: int) -> None:
    curves = random_curves(seed)
    mirrored = spatial_frequency_tuning(curves[:, ::-1], 1 / FREQUENCIES[::-1], smoothing="smooth", threshold=0.707)
    np.testing.assert_allclose(mirrored.peak, 1 / tuning(curves).peak)
    np.testing.assert_allclose(mirrored.bandwidth, tuning(curves).bandwidth)


@given(seed=seeds, data=st.data())
@settings(max_examples=25, deadline=None)
def test_neuroids_are_independent_of_each_other(seed: int, data: st.DataObject) -> None:
    curves = random_curves(seed, neuroids=8)
    curves[2, 3] = np.nan
    order = data.draw(st.permutations(range(8)))
    np.testing.assert_array_equal(np.column_stack(tuning(curves[order])), np.column_stack(tuning(curves))[order])


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_measures_stay_in_their_range(seed: int) -> None:
    result = tuning(random_curves(seed))
    assert ((result.peak >= FREQUENCIES[0] * (1 - 1e-12)) & (result.peak <= FREQUENCIES[-1] * (1 + 1e-12))).all()
    bandwidth = result.bandwidth[~np.isnan(result.bandwidth)]
    assert ((bandwidth > 0) & (bandwidth < 100)).all()
    assert (result.goodness_of_fit <= 1).all()


@pytest.mark.parametrize("curve", [np.log2(FREQUENCIES) + 2, 6 - np.log2(FREQUENCIES)])
def test_a_low_pass_or_high_pass_neuroid_has_a_peak_and_no_bandwidth(curve: Curves) -> None:
    result = tuning(curve[np.newaxis])
    assert result.peak == pytest.approx([FREQUENCIES[int(np.argmax(curve))]])
    assert np.isnan(result.bandwidth).all()


@pytest.mark.parametrize("value", [0.0, 7.3, -2.0])
def test_a_constant_curve_has_no_tuning(value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = tuning(np.full((1, 12), value))
    assert np.isnan(np.column_stack(result)).all()


def test_a_negative_peak_has_a_frequency_and_no_bandwidth() -> None:
    result = tuning(LOG_GAUSSIAN - 100)
    assert result.peak == pytest.approx(tuning(LOG_GAUSSIAN).peak)
    assert np.isnan(result.bandwidth).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_response_that_is_not_finite_makes_only_its_neuroid_nan(value: float) -> None:
    curves = np.repeat(LOG_GAUSSIAN, 3, axis=0)
    curves[1, 4] = value
    assert np.isnan(np.column_stack(tuning(curves))).all(axis=1).tolist() == [False, True, False]


def test_no_neuroids_give_empty_results() -> None:
    assert [member.shape for member in tuning(np.empty((0, 12)))] == [(0,), (0,), (0,)]


def test_bad_input_is_rejected() -> None:
    with pytest.raises(ValueError, match="do not fit stimulus values"):
        tuning(LOG_GAUSSIAN[:, 1:])
    with pytest.raises(ValueError, match="must ascend"):
        spatial_frequency_tuning(LOG_GAUSSIAN, FREQUENCIES[::-1], smoothing="smooth", threshold=0.707)
    with pytest.raises(ValueError, match="must be positive"):
        spatial_frequency_tuning(LOG_GAUSSIAN, FREQUENCIES - 0.5, smoothing="smooth", threshold=0.707)
    with pytest.raises(ValueError, match="at least 4 points"):
        spatial_frequency_tuning(LOG_GAUSSIAN[:, :3], FREQUENCIES[:3], smoothing="smooth", threshold=0.707)
    with pytest.raises(ValueError, match="no smoothing 'gauss'"):
        tuning(LOG_GAUSSIAN, "gauss")  # type: ignore[arg-type]
