"""Specification of surround suppression and of the sizes of summation field and surround."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_brainscore.metrics.tuning.size_tuning import SizeTuning, size_tuning

Curves = NDArray[np.float64]

RADII = np.array([0.15, 0.3, 0.45, 0.6, 0.75, 1, 1.25, 1.5, 2, 3])
SUPPRESSED = np.array([[2, 6, 11, 14, 15, 14.6, 12, 10, 9.2, 9]])

seeds = st.integers(0, 2**32 - 1)


def random_curves(seed: int, neuroids: int = 20) -> Curves:
    """Differences of two saturating functions of size, with noise; some end below zero."""
    generator = np.random.default_rng(seed)
    centre, surround = generator.uniform(0.1, 1, (2, neuroids, 1))
    gain = generator.uniform(0, 1.2, (neuroids, 1))
    curves = 1 - np.exp(-((RADII / centre) ** 2)) - gain * (1 - np.exp(-((RADII / (centre + surround)) ** 2)))
    return np.asarray(40 * curves + generator.normal(size=curves.shape))


def tuning_of_one_curve(curve: Curves) -> tuple[float, float, float, float, float]:
    """Follow the definition, for one neuroid, step by step."""
    peak, plateau = curve.max(), curve[-1]
    if peak <= 0:
        return np.nan, np.nan, np.nan, np.nan, np.nan
    index = (peak - plateau) / peak
    if index <= 0.1:
        return index, np.nan, np.nan, np.nan, float(index >= 0.1)
    field = 2 * min(r for r, value in zip(RADII, curve, strict=True) if value >= 0.95 * peak)
    peak_radius = RADII[int(np.argmax(curve))]
    end = plateau + 0.05 * abs(plateau)
    surround = 2 * min(r for r, value in zip(RADII, curve, strict=True) if r > peak_radius and value <= end)
    return index, field, surround, surround / field, 1.0


def table(result: SizeTuning) -> Curves:
    return np.column_stack(result)


def test_golden_values_of_the_published_system() -> None:
    assert table(size_tuning(SUPPRESSED, RADII)) == pytest.approx(np.array([[0.4, 1.5, 4.0, 8 / 3, 1]]), rel=1e-12)


def test_tuning_equals_a_plain_loop_over_neuroids() -> None:
    curves = random_curves(seed=5, neuroids=300)
    expected = np.array([tuning_of_one_curve(curve) for curve in curves])
    assert 0 < np.isnan(expected[:, 1]).sum() < 300
    assert (curves[:, -1] < 0).any()
    np.testing.assert_allclose(table(size_tuning(curves, RADII)), expected, rtol=1e-12)


@given(seed=seeds, exponent=st.integers(-20, 20))
@settings(max_examples=30, deadline=None)
def test_scaling_the_responses_changes_nothing(seed: int, exponent: int) -> None:
    curves = random_curves(seed)
    np.testing.assert_array_equal(table(size_tuning(2.0**exponent * curves, RADII)), table(size_tuning(curves, RADII)))


@given(seed=seeds, factor=st.floats(0.1, 10))
@settings(max_examples=30, deadline=None)
def test_scaling_the_radii_scales_the_sizes_only(seed: int, factor: float) -> None:
    curves = random_curves(seed)
    factors = np.array([1, factor, factor, 1, 1])
    np.testing.assert_allclose(
        table(size_tuning(curves, factor * RADII)), factors * table(size_tuning(curves, RADII)), rtol=1e-12
    )


@given(seed=seeds, data=st.data())
@settings(max_examples=30, deadline=None)
def test_neuroids_are_independent_of_each_other(seed: int, data: st.DataObject) -> None:
    curves = random_curves(seed, neuroids=8)
    curves[2, 3] = np.nan
    order = data.draw(st.permutations(range(8)))
    np.testing.assert_array_equal(table(size_tuning(curves[order], RADII)), table(size_tuning(curves, RADII))[order])


@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_the_surround_is_larger_than_the_summation_field(seed: int) -> None:
    result = size_tuning(random_curves(seed), RADII)
    measured = ~np.isnan(result.surround_diameter)
    assert (result.surround_suppression_index[measured] > 0.1).all()
    assert (result.surround_grating_summation_field_ratio[measured] > 1).all()
    assert set(result.grating_summation_field[measured]) <= set(2 * RADII)


def test_without_suppression_there_are_no_sizes() -> None:
    growing = size_tuning([[1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]], RADII)
    assert (growing.surround_suppression_index.tolist(), growing.strongly_suppressed.tolist()) == ([0], [0])
    assert np.isnan(table(growing)[0, 1:4]).all()


def test_an_index_of_a_tenth_is_strong_but_too_small_to_measure_a_surround() -> None:
    # (2 - 1.8) / 2 in binary floating point is a little less than .1, (10 - 9) / 10 is .1 itself.
    result = size_tuning([[10.0, 9.0]], [1, 2])
    assert (result.surround_suppression_index.tolist(), result.strongly_suppressed.tolist()) == ([0.1], [1])
    assert np.isnan(result.surround_diameter).all()


def test_a_plateau_below_zero_gives_an_index_above_1() -> None:
    result = size_tuning([[4.0, 8.0, -1.0, -2.0]], [1, 2, 3, 4])
    assert result.surround_suppression_index.tolist() == [1.25]
    # The plateau plus 5 % of its size is -1.9: only the largest radius is down there.
    assert (result.grating_summation_field.tolist(), result.surround_diameter.tolist()) == ([4], [8])


def test_a_dip_before_the_peak_is_not_the_surround() -> None:
    assert size_tuning([[1.0, 8.0, 3.0, 2.0]], [1, 2, 3, 4]).surround_diameter.tolist() == [8]


def test_a_constant_curve_is_not_suppressed() -> None:
    result = table(size_tuning(np.full((1, 10), 7.3), RADII))[0]
    np.testing.assert_array_equal(result, [0, np.nan, np.nan, np.nan, 0])


@pytest.mark.parametrize(
    "curve", [np.zeros(10), -np.arange(1.0, 11), np.append(np.ones(9), np.nan), np.full(10, np.inf)]
)
def test_curves_without_a_positive_finite_peak_have_no_tuning(curve: Curves) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = size_tuning(np.stack([SUPPRESSED[0], curve]), RADII)
    assert np.isnan(table(result)).all(axis=1).tolist() == [False, True]


def test_no_neuroids_give_empty_results() -> None:
    assert table(size_tuning(np.empty((0, 10)), RADII)).shape == (0, 5)


def test_bad_input_is_rejected() -> None:
    with pytest.raises(ValueError, match="do not fit stimulus values"):
        size_tuning(SUPPRESSED[0], RADII)
    with pytest.raises(ValueError, match="do not fit stimulus values"):
        size_tuning(np.empty((3, 0)), [])
    with pytest.raises(ValueError, match="must ascend"):
        size_tuning(SUPPRESSED, RADII[::-1])
