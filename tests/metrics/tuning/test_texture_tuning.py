"""Specification of texture modulation, sparseness and nested variance."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import f_oneway

from pytest_brainscore.metrics.tuning.texture_tuning import (
    nested_variance,
    sparseness,
    stabilised_counts,
    texture_modulation_index,
)

Responses = NDArray[np.float64]

seeds = st.integers(0, 2**32 - 1)


def rates(seed: int, *shape: int) -> Responses:
    return np.random.default_rng(seed).gamma(0.8, 20, shape)


def variance_of_one_neuroid(responses: Responses) -> tuple[float, float, float]:
    """Follow the definition, sum by sum."""
    families, samples = responses.shape
    within = sum((x - family.mean()) ** 2 for family in responses for x in family) / (families * (samples - 1))
    grand = responses.mean()
    between = samples * sum((family.mean() - grand) ** 2 for family in responses) / (families - 1)
    family_variance = (between - within) / samples
    total = within + family_variance
    return within / total, family_variance / total, (family_variance / total + 0.02) / (within / total + 0.02)


# --- texture modulation index


def test_golden_texture_modulation_index_of_the_published_system() -> None:
    responses = np.random.RandomState(0).rand(2, 5) + np.array([[0.2], [0.6]])
    assert texture_modulation_index(responses[:1], responses[1:]) == pytest.approx([0.23814167894225452], rel=1e-12)


def test_texture_modulation_index_equals_a_plain_loop_that_skips_nan() -> None:
    noise, texture = rates(1, 30, 15).round(-1), rates(2, 30, 15).round(-1)
    noise[4, 2] = np.nan
    with np.errstate(invalid="ignore"):
        expected = [np.nanmean((t - n) / (t + n)) for n, t in zip(noise, texture, strict=True)]
    assert ((noise + texture) == 0).any()
    np.testing.assert_allclose(texture_modulation_index(noise, texture), expected, rtol=1e-12)


@given(seed=seeds, factor=st.floats(1e-3, 1e3))
@settings(max_examples=25)
def test_texture_modulation_index_is_antisymmetric_free_of_scale_and_bounded(seed: int, factor: float) -> None:
    noise, texture = rates(seed, 6, 15), rates(seed + 1, 6, 15)
    index = texture_modulation_index(noise, texture)
    np.testing.assert_allclose(texture_modulation_index(texture, noise), -index)
    np.testing.assert_allclose(texture_modulation_index(factor * noise, factor * texture), index, atol=1e-12)
    assert (np.abs(index) <= 1).all()


def test_texture_modulation_index_of_special_neuroids() -> None:
    noise = [[3.0, 3.0], [0.0, 0.0], [0.0, 5.0], [np.nan, np.nan], [1.0, np.nan], [-1.0, 2.0], [1.0, 2.0]]
    texture = [[3.0, 3.0], [0.0, 0.0], [0.0, 15.0], [1.0, 1.0], [3.0, 3.0], [3.0, 2.0], [-1.0, 2.0]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        index = texture_modulation_index(noise, texture)
    # Equal; all zero; one family without a response; NaN; one family NaN; beyond 1 and then 0; a family that cancels.
    np.testing.assert_array_equal(index, [0, np.nan, 0.5, np.nan, 0.5, 1, -np.inf])


# --- sparseness


def test_golden_sparseness_of_the_published_system() -> None:
    assert sparseness([[1, 2, 3, 10]]) == pytest.approx([0.584795321637427], rel=1e-12)


def test_sparseness_equals_a_plain_loop_over_neuroids() -> None:
    responses = rates(3, 40, 225)
    expected = [(1 - (r.sum() / 225) ** 2 / ((r**2).sum() / 225)) / (1 - 1 / 225) for r in responses]
    np.testing.assert_allclose(sparseness(responses), expected, rtol=1e-12)


@given(seed=seeds, factor=st.floats(1e-3, 1e3))
@settings(max_examples=25)
def test_sparseness_is_free_of_scale_and_order_and_bounded(seed: int, factor: float) -> None:
    responses = rates(seed, 6, 15)
    result = sparseness(responses)
    np.testing.assert_allclose(sparseness(factor * responses), result)
    np.testing.assert_allclose(sparseness(responses[:, ::-1]), result)
    assert ((result >= 0) & (result <= 1)).all()


def test_sparseness_of_special_neuroids() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = sparseness([[5.0, 5, 5, 5], [0.0, 0, 7, 0], [0.0, 0, 0, 0], [1, np.nan, 2, 3], [1.0, -1, 1, -1]])
        one_stimulus = sparseness([[3.0], [0.0]])
    # Constant; one stimulus only; all zero; NaN; responses that cancel.
    np.testing.assert_allclose(result, [0, 1, np.nan, np.nan, 4 / 3], atol=1e-12)
    assert np.isnan(one_stimulus).tolist() == [True, True]


# --- stabilised counts


def test_stabilised_counts_are_taken_of_the_spikes_in_100_ms() -> None:
    assert stabilised_counts([[0.0, 90.0], [240.0, 30.0]]) == pytest.approx(
        np.array([[1, 3 + np.sqrt(10)], [np.sqrt(24) + 5, np.sqrt(3) + 2]])
    )


def test_stabilised_counts_of_a_negative_rate_are_nan() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(stabilised_counts([-0.1, np.nan, -50])).all()


def test_stabilised_counts_of_poisson_spikes_have_equal_variance() -> None:
    means = np.array([2.0, 8, 32])
    spikes = np.random.default_rng(0).poisson(means, (20_000, 3))
    assert stabilised_counts(10 * spikes).var(axis=0) == pytest.approx(np.ones(3), abs=0.1)


# --- nested variance


def test_golden_variance_ratio_of_the_published_system() -> None:
    ratio = nested_variance(np.random.RandomState(1).rand(4, 6)[np.newaxis]).variance_ratio
    assert ratio == pytest.approx([-0.015430744927789841], rel=1e-9)


def test_nested_variance_equals_a_plain_loop_over_neuroids() -> None:
    responses = stabilised_counts(rates(4, 40, 15, 15) + 30 * rates(5, 40, 15, 1))
    expected = np.array([variance_of_one_neuroid(response) for response in responses])
    np.testing.assert_allclose(np.column_stack(nested_variance(responses)), expected, rtol=1e-9)


def test_nested_variance_agrees_with_a_one_way_analysis_of_variance() -> None:
    responses = rates(6, 1, 4, 6)
    result = nested_variance(responses)
    # F = MS_family / MS_sample, and the shares are those of MS_sample and (MS_family - MS_sample) / 6.
    expected = (f_oneway(*responses[0]).statistic - 1) / 6
    assert result.family_variance / result.sample_variance == pytest.approx([expected])


@given(seed=seeds, factor=st.floats(1e-2, 1e2), shift=st.floats(-10, 10))
@settings(max_examples=25)
def test_nested_variance_is_free_of_scale_and_offset(seed: int, factor: float, shift: float) -> None:
    responses = rates(seed, 6, 5, 4)
    result = np.column_stack(nested_variance(responses))
    changed = np.column_stack(nested_variance(factor * responses + shift))
    np.testing.assert_allclose(changed, result, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(result[:, 0] + result[:, 1], 1)
    assert ((result[:, 0] >= 0) & (result[:, 0] <= 4 / 3 + 1e-12)).all()


def test_nested_variance_of_special_neuroids() -> None:
    families_only = np.repeat([[1.0], [5.0], [9.0]], 4, axis=1)
    samples_only = np.tile([1.0, 5.0, 9.0, 2.0], (3, 1))
    constant = np.full((3, 4), 0.1)
    missing = families_only.copy()
    missing[1, 1] = np.nan
    infinite = families_only.copy()
    infinite[1, 1] = np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = nested_variance(np.stack([families_only, samples_only, constant, np.zeros((3, 4)), missing, infinite]))
    assert result.variance_ratio[0] == pytest.approx(1.02 / 0.02)
    assert (result.sample_variance[1], result.family_variance[1]) == pytest.approx((4 / 3, -1 / 3))
    assert np.isnan(np.column_stack(result)).all(axis=1).tolist() == [False, False, True, True, True, True]


# --- all


@given(seed=seeds, data=st.data())
@settings(max_examples=25)
def test_neuroids_are_independent_of_each_other(seed: int, data: st.DataObject) -> None:
    noise, texture, nested = rates(seed, 8, 15), rates(seed + 1, 8, 15), rates(seed, 8, 5, 4)
    noise[2, 3] = nested[2, 1, 1] = np.nan
    order = data.draw(st.permutations(range(8)))
    np.testing.assert_array_equal(
        texture_modulation_index(noise[order], texture[order]), texture_modulation_index(noise, texture)[order]
    )
    np.testing.assert_array_equal(sparseness(noise[order]), sparseness(noise)[order])
    np.testing.assert_allclose(
        np.column_stack(nested_variance(nested[order])), np.column_stack(nested_variance(nested))[order], rtol=1e-12
    )


def test_no_neuroids_give_empty_results() -> None:
    none = np.empty((0, 15))
    assert texture_modulation_index(none, none).shape == (0,)
    assert sparseness(none).shape == (0,)
    assert [member.shape for member in nested_variance(np.empty((0, 5, 4)))] == [(0,)] * 3


def test_bad_input_is_rejected() -> None:
    with pytest.raises(ValueError, match="same shape"):
        texture_modulation_index(np.ones((2, 15)), np.ones((2, 14)))
    with pytest.raises(ValueError, match="same shape"):
        texture_modulation_index(np.ones(15), np.ones(15))
    for responses in (np.ones(4), np.empty((3, 0))):
        with pytest.raises(ValueError, match="no sparseness"):
            sparseness(responses)
    for shape in ((4, 6), (2, 1, 6), (2, 4, 1)):
        with pytest.raises(ValueError, match="at least 2 families and 2 samples"):
            nested_variance(np.ones(shape))
