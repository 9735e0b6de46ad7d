"""Specification of circular variance, orthogonal-to-preferred ratio, bandwidth and preferred orientation."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.interpolate import InterpolatedUnivariateSpline

from pytest_brainscore.metrics.tuning.orientation_tuning import (
    OrientationTuning,
    circular_variance,
    orientation_bandwidth,
    orthogonal_preferred_ratio,
)

Curves = NDArray[np.float64]
OrientationSmoothing = Literal["hanning", "smooth", "flat"] | None

ORIENTATIONS = np.arange(0, 180, 15.0)
GAUSSIAN = 10 + 30 * np.exp(-(((ORIENTATIONS[np.newaxis] - 60) / 25) ** 2))

seeds = st.integers(0, 2**32 - 1)


def random_curves(seed: int, neuroids: int = 20) -> Curves:
    """Rates from noisy to smoothly tuned, none negative; some hardly exceed a spontaneous rate."""
    generator = np.random.default_rng(seed)
    preferred, width = generator.uniform(0, 180, (neuroids, 1)), generator.uniform(0.2, 6, (neuroids, 1))
    tuned = np.exp(width * (np.cos(2 * np.deg2rad(ORIENTATIONS - preferred)) - 1))
    noise = generator.uniform(0, 20, (neuroids, 1)) * generator.random((neuroids, len(ORIENTATIONS)))
    return np.asarray(40 * tuned + noise + generator.uniform(0, 60, (neuroids, 1)))


def tuning(
    curves: Curves, smoothing: OrientationSmoothing = "hanning", threshold: float = 0.707, *, half: bool = True
) -> OrientationTuning:
    return orientation_bandwidth(curves, ORIENTATIONS, smoothing=smoothing, threshold=threshold, half=half)


def bandwidth_of_one_curve(curve: Curves, smoothing: OrientationSmoothing, threshold: float) -> tuple[float, float]:
    """Follow the definition, for one neuroid, step by step."""
    kernels = {"hanning": [0, 0.4, 1, 0.4, 0], "smooth": [0, 0.2, 1, 0.2, 0], "flat": [1.0, 1, 1, 1, 1]}
    repeated = np.tile(curve, 3)
    if smoothing is not None:
        kernel = np.array(kernels[smoothing])
        repeated = np.convolve(kernel / kernel.sum(), repeated, mode="same")
    angles = np.concatenate([ORIENTATIONS - 180, ORIENTATIONS, ORIENTATIONS + 180])
    degrees = np.arange(-180, 360)
    values = InterpolatedUnivariateSpline(angles, repeated)(degrees)
    preferred = int(np.argmax(values[180:360]))
    low = degrees[values <= threshold * values[preferred + 180]]
    if not (low < preferred).any() or not (low > preferred).any():
        return np.nan, preferred
    width = float(low[low > preferred].min() - low[low < preferred].max())
    return (width if width <= 180 else np.nan), preferred


def test_golden_circular_variance_of_the_published_system() -> None:
    assert circular_variance(GAUSSIAN, ORIENTATIONS) == pytest.approx([0.6488221313914448], rel=1e-12)


def test_golden_orthogonal_preferred_ratio_of_the_published_system() -> None:
    assert orthogonal_preferred_ratio(GAUSSIAN) == pytest.approx([0.2500017644314], rel=1e-12)


@pytest.mark.parametrize(
    ("smoothing", "threshold", "half", "bandwidth"),
    [("hanning", 0.707, True, 21), ("hanning", 0.5, False, 64), ("smooth", 0.5, False, 60)],
)
def test_golden_bandwidths_of_the_published_system(
    smoothing: OrientationSmoothing, threshold: float, half: bool, bandwidth: float
) -> None:
    result = tuning(GAUSSIAN, smoothing, threshold, half=half)
    assert (result.bandwidth.tolist(), result.preferred_orientation.tolist()) == ([bandwidth], [60])


@pytest.mark.parametrize("smoothing", ["hanning", "smooth", "flat", None])
@pytest.mark.parametrize("threshold", [0.5, 0.707])
def test_bandwidth_equals_a_plain_loop_over_neuroids(smoothing: OrientationSmoothing, threshold: float) -> None:
    curves = random_curves(seed=5, neuroids=200)
    result = tuning(curves, smoothing, threshold, half=False)
    expected = np.array([bandwidth_of_one_curve(curve, smoothing, threshold) for curve in curves])
    assert np.isnan(expected[:, 0]).any()
    assert (expected[:, 0] > 0).any()
    np.testing.assert_array_equal(np.column_stack(result), expected)


def test_circular_variance_and_ratio_equal_a_plain_loop_over_neuroids() -> None:
    curves = random_curves(seed=6, neuroids=50)
    variance, ratio = [], []
    for curve in curves:
        resultant = sum(r * np.exp(2j * np.pi * o / 180) for r, o in zip(curve, ORIENTATIONS, strict=True))
        variance.append(1 - abs(resultant) / np.abs(curve).sum())
        ratio.append(curve[(int(np.argmax(curve)) + 6) % 12] / curve.max())
    np.testing.assert_allclose(circular_variance(curves, ORIENTATIONS), variance, rtol=1e-12)
    np.testing.assert_allclose(orthogonal_preferred_ratio(curves), ratio, rtol=1e-12)


@given(seed=seeds, steps=st.integers(-12, 12))
@settings(max_examples=25, deadline=None)
def test_rotation_leaves_circular_variance_and_ratio_and_shifts_the_preferred_orientation(
    seed: int, steps: int
) -> None:
    curves = random_curves(seed)
    rotated = np.roll(curves, steps, axis=1)
    np.testing.assert_allclose(circular_variance(rotated, ORIENTATIONS), circular_variance(curves, ORIENTATIONS))
    np.testing.assert_allclose(orthogonal_preferred_ratio(rotated), orthogonal_preferred_ratio(curves))
    before, after = tuning(curves), tuning(rotated)
    shift = (after.preferred_orientation - before.preferred_orientation - 15 * steps + 90) % 180 - 90
    # The spline is sampled at whole degrees and knows nothing of the period: its ends ripple a little.
    assert np.abs(shift).max() <= 1


@given(seed=seeds, factor=st.floats(1e-3, 1e3), exponent=st.integers(-20, 20))
@settings(max_examples=25, deadline=None)
def test_scaling_the_responses_changes_nothing(seed: int, factor: float, exponent: int) -> None:
    curves = random_curves(seed)
    np.testing.assert_allclose(
        circular_variance(factor * curves, ORIENTATIONS), circular_variance(curves, ORIENTATIONS)
    )
    np.testing.assert_allclose(orthogonal_preferred_ratio(factor * curves), orthogonal_preferred_ratio(curves))
    # Whole powers of 2 scale without rounding, so that no sample changes its side of the threshold.
    np.testing.assert_array_equal(tuning(2.0**exponent * curves), tuning(curves))


@given(seed=seeds, data=st.data())
@settings(max_examples=25, deadline=None)
def test_neuroids_are_independent_of_each_other(seed: int, data: st.DataObject) -> None:
    curves = random_curves(seed, neuroids=8)
    curves[2, 3] = np.nan
    order = data.draw(st.permutations(range(8)))
    np.testing.assert_allclose(
        circular_variance(curves[order], ORIENTATIONS), circular_variance(curves, ORIENTATIONS)[order]
    )
    np.testing.assert_array_equal(orthogonal_preferred_ratio(curves[order]), orthogonal_preferred_ratio(curves)[order])
    np.testing.assert_array_equal(np.column_stack(tuning(curves[order])), np.column_stack(tuning(curves))[order])


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_measures_stay_in_their_range(seed: int) -> None:
    curves = random_curves(seed)
    result = tuning(curves, half=False)
    for values, high in (
        (circular_variance(curves, ORIENTATIONS), 1),
        (orthogonal_preferred_ratio(curves), 1),
        (result.bandwidth[~np.isnan(result.bandwidth)], 180),
        (result.preferred_orientation, 179),
    ):
        assert ((values >= 0) & (values <= high)).all()
    np.testing.assert_array_equal(tuning(curves, half=True).bandwidth, result.bandwidth / 2)


def test_one_orientation_only_has_circular_variance_0() -> None:
    assert circular_variance(7 * np.eye(12), ORIENTATIONS) == pytest.approx(np.zeros(12), abs=1e-12)


def test_a_sharply_tuned_curve_has_a_small_bandwidth_around_its_orientation() -> None:
    result = tuning(np.eye(12), smoothing=None)
    assert result.preferred_orientation.tolist() == ORIENTATIONS.tolist()
    assert (result.bandwidth < 10).all()


def test_a_constant_curve_is_not_selective() -> None:
    constant = np.full((1, 12), 7.3)
    assert circular_variance(constant, ORIENTATIONS) == pytest.approx([1])
    assert orthogonal_preferred_ratio(constant).tolist() == [1]
    result = tuning(constant)
    assert np.isnan(result.bandwidth).all()
    # The ripple of the published system's spline.
    assert result.preferred_orientation.tolist() == [174]


@pytest.mark.parametrize("value", [0.0, -4.0])
def test_curves_without_a_positive_response_have_no_tuning(value: float) -> None:
    curves = np.full((1, 12), value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = tuning(curves)
        assert np.isnan(orthogonal_preferred_ratio(curves)).all()
    assert np.isnan(np.column_stack(result)).all()


def test_an_all_zero_curve_has_no_circular_variance() -> None:
    assert np.isnan(circular_variance(np.zeros((1, 12)), ORIENTATIONS)).all()


def test_negative_responses_count_by_size_in_the_denominator_of_the_circular_variance() -> None:
    curve = np.zeros((1, 12))
    curve[0, 0], curve[0, 6] = 3, -1
    # exp(2 i theta) is +1 at 0 degrees and -1 at 90: the resultant is 4, and so is the sum of the sizes.
    assert circular_variance(curve, ORIENTATIONS) == pytest.approx([0], abs=1e-12)
    assert orthogonal_preferred_ratio(curve) == pytest.approx([-1 / 3])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_response_that_is_not_finite_makes_only_its_neuroid_nan(value: float) -> None:
    curves = np.repeat(GAUSSIAN, 3, axis=0)
    curves[1, 4] = value
    results = [circular_variance(curves, ORIENTATIONS), orthogonal_preferred_ratio(curves), *tuning(curves)]
    for result in results:
        assert np.isnan(result).tolist() == [False, True, False]


def test_no_neuroids_give_empty_results() -> None:
    none = np.empty((0, 12))
    for result in (circular_variance(none, ORIENTATIONS), orthogonal_preferred_ratio(none), *tuning(none)):
        assert result.shape == (0,)


def test_of_equal_largest_responses_the_first_is_preferred() -> None:
    assert orthogonal_preferred_ratio([[1.0, 4.0, 2.0, 4.0]]).tolist() == [1]
    assert orthogonal_preferred_ratio([[4.0, 1.0, 2.0, 4.0]]).tolist() == [0.5]


def test_bad_input_is_rejected() -> None:
    with pytest.raises(ValueError, match="do not fit stimulus values"):
        circular_variance(GAUSSIAN[:, :-1], ORIENTATIONS)
    with pytest.raises(ValueError, match="do not fit stimulus values"):
        tuning(GAUSSIAN[0])
    with pytest.raises(ValueError, match="must ascend"):
        circular_variance(GAUSSIAN, ORIENTATIONS[::-1])
    with pytest.raises(ValueError, match="no tuning curves"):
        orthogonal_preferred_ratio(GAUSSIAN[0])
    with pytest.raises(ValueError, match="no smoothing 'gauss'"):
        tuning(GAUSSIAN, "gauss")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 4 points"):
        orientation_bandwidth([[1.0]], [0.0], smoothing=None, threshold=0.5, half=False)
