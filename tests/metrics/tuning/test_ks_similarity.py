"""Specification of the bootstrapped similarity of two distributions."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from pytest_brainscore.metrics.tuning.ks_similarity import distribution_similarity, ks_similarity

Values = NDArray[np.float64]

TENTHS = np.linspace(0, 1, 11)
DATA = np.linspace(0, 1, 50)
MODEL = np.linspace(0, 1, 200) ** 2


def histograms(bins: int) -> st.SearchStrategy[Values]:
    counts = arrays(np.int64, bins, elements=st.integers(0, 20)).filter(lambda counts: counts.sum() > 0)
    return counts.map(lambda counts: counts / counts.sum())


def similarity_of_two_histograms(p: Values, q: Values) -> float:
    """Follow the definition, written out for one pair."""
    first, last = np.zeros(len(q)), np.zeros(len(q))
    first[0], last[-1] = 1, 1
    distances = [np.max(np.abs(np.cumsum(other) - np.cumsum(q))) for other in (p, first, last)]
    return float(1 - distances[0] / max(distances[1:]))


def bootstrap_in_a_loop(
    model: Values, data: Values, bins: Values, random_state: np.random.RandomState, bootstraps: int
) -> Values:
    """Follow the definition, one draw after the other, with the histograms of numpy."""
    data_counts = np.histogram(np.clip(data, bins[0], bins[-1]), bins=bins)[0]
    similarities = np.empty(bootstraps)
    with np.errstate(invalid="ignore"):
        for i in range(bootstraps):
            draw = random_state.choice(np.clip(model, bins[0], bins[-1]), len(data))
            counts = np.histogram(draw[~np.isnan(draw)], bins=bins)[0]
            similarities[i] = similarity_of_two_histograms(counts / counts.sum(), data_counts / data_counts.sum())
    return similarities


def test_similarity_of_given_histograms() -> None:
    data = [0.4, 0.3, 0.2, 0.1]
    similarity = distribution_similarity([[0.1, 0.2, 0.3, 0.4], [0.25] * 4, data], data)
    assert similarity == pytest.approx([5 / 9, 7 / 9, 1], rel=1e-12)
    assert distribution_similarity([0.1, 0.2, 0.3, 0.4], data).shape == ()


@given(p=histograms(6), q=histograms(6))
@settings(max_examples=50)
def test_similarity_follows_the_definition_and_lies_between_0_and_1(p: Values, q: Values) -> None:
    similarity = float(distribution_similarity(p, q))
    assert similarity == pytest.approx(similarity_of_two_histograms(p, q), abs=1e-12)
    assert -1e-12 <= similarity <= 1


@given(q=histograms(6))
@settings(max_examples=50)
def test_equal_histograms_are_fully_similar(q: Values) -> None:
    assert float(distribution_similarity(q, q)) == 1


@given(p=histograms(6), q=histograms(6))
@settings(max_examples=50)
def test_mirroring_the_bins_changes_nothing(p: Values, q: Values) -> None:
    mirrored = distribution_similarity(p[::-1], q[::-1])
    assert float(mirrored) == pytest.approx(float(distribution_similarity(p, q)), abs=1e-12)


def test_the_farther_extreme_has_no_similarity() -> None:
    assert float(distribution_similarity([0, 0, 0, 1], [0.7, 0.2, 0.1, 0])) == 0


def test_a_single_bin_has_no_similarity_to_speak_of() -> None:
    assert np.isnan(distribution_similarity([1.0], [1.0]))


def test_histograms_with_different_bins_are_rejected() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        distribution_similarity([0.5, 0.5], [0.2, 0.3, 0.5])


def test_golden_value_of_the_published_system() -> None:
    result = ks_similarity(MODEL, DATA, TENTHS, np.random.RandomState(0))
    assert result.value == pytest.approx(0.7001111111, abs=1e-9)
    assert result.error == pytest.approx(0.0712913514, abs=1e-9)
    assert result.samples.shape == (1000,)


def test_value_and_error_are_mean_and_population_deviation_of_the_samples() -> None:
    result = ks_similarity(MODEL, DATA, TENTHS, np.random.RandomState(3), bootstraps=40)
    assert (result.value, result.error) == pytest.approx((result.samples.mean(), result.samples.std(ddof=0)))


@given(seed=st.integers(0, 2**32 - 1), missing=st.sampled_from([0.0, 0.3, 0.95]))
@settings(max_examples=25, deadline=None)
def test_samples_equal_a_plain_loop_with_the_same_generator(seed: int, missing: float) -> None:
    generator = np.random.default_rng(seed)
    bins = np.array([-1, -0.4, 0, 0.1, 1.5])
    # Rounded, so that values fall on edges; a normal distribution also leaves the bins on both sides.
    model, data = generator.normal(size=37).round(1), generator.normal(size=13).round(1)
    model[generator.random(37) < missing] = np.nan
    data[1:][generator.random(12) < missing] = np.nan
    result = ks_similarity(model, data, bins, np.random.RandomState(seed), bootstraps=60)
    expected = bootstrap_in_a_loop(model, data, bins, np.random.RandomState(seed), 60)
    np.testing.assert_allclose(result.samples, expected, rtol=0, atol=1e-12)


def test_values_beyond_the_bins_count_in_the_end_bins() -> None:
    inside = ks_similarity([0.0, 0.0, 1.0], [0.05, 0.5, 0.95], TENTHS, np.random.RandomState(0))
    beyond = ks_similarity([-5.0, -np.inf, np.inf], [-2.0, 0.5, 7.0], TENTHS, np.random.RandomState(0))
    np.testing.assert_array_equal(beyond.samples, inside.samples)


def test_the_last_bin_includes_its_right_edge_and_no_other_bin_does() -> None:
    result = ks_similarity([1.0], [0.5, 1.0], [0, 0.5, 1], np.random.RandomState(0), bootstraps=2)
    assert result.samples.tolist() == [1, 1]


def test_neither_array_is_changed() -> None:
    model, data = np.array([-3.0, 0.5, np.nan, 9.0]), np.array([-3.0, 0.5, np.nan, 9.0])
    ks_similarity(model, data, TENTHS, np.random.RandomState(0), bootstraps=5)
    for values in (model, data):
        np.testing.assert_array_equal(values, [-3.0, 0.5, np.nan, 9.0])


def test_every_bootstrap_draws_as_many_values_as_there_are_data_rows_with_nan() -> None:
    """The NaN rows of the data widen no histogram but count in the size of the draw, which narrows the deviation."""
    few = ks_similarity(MODEL, DATA, TENTHS, np.random.RandomState(0))
    many = ks_similarity(MODEL, np.append(DATA, np.full(950, np.nan)), TENTHS, np.random.RandomState(0))
    assert many.error < few.error / 3
    draws = np.random.RandomState(0).randint(0, len(MODEL), size=(1000, 1000))
    counts = np.histogram(MODEL[draws[0]], bins=TENTHS)[0]
    data_counts = np.histogram(DATA, bins=TENTHS)[0]
    assert many.samples[0] == pytest.approx(similarity_of_two_histograms(counts / 1000, data_counts / 50), abs=1e-12)


def test_bootstraps_without_a_number_are_left_out_up_to_a_tenth() -> None:
    # With 3 data values and half of the model values NaN, one draw in eight has no value at all: too many.
    too_many = ks_similarity([0.1, np.nan], [0.1, 0.5, 0.9], TENTHS, np.random.RandomState(0))
    assert np.isnan(too_many.samples).sum() > 100
    assert (too_many.value, too_many.error) == (0, 0)
    # With 4 data values it is one in sixteen: these are left out.
    few = ks_similarity([0.1, np.nan], [0.1, 0.5, 0.7, 0.9], TENTHS, np.random.RandomState(0))
    assert 0 < np.isnan(few.samples).sum() <= 100
    assert few.value == pytest.approx(np.nanmean(few.samples))
    assert few.error == pytest.approx(np.nanstd(few.samples), abs=1e-12)


@pytest.mark.parametrize(
    ("model", "data"), [([np.nan, np.nan], [0.2, 0.4]), ([0.2, 0.4], [np.nan, np.nan]), ([np.nan], [np.nan])]
)
def test_only_nan_gives_zero_without_a_warning(model: list[float], data: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = ks_similarity(model, data, TENTHS, np.random.RandomState(0))
    assert (result.value, result.error) == (0, 0)


def test_a_single_model_value_is_drawn_every_time() -> None:
    result = ks_similarity([0.05], DATA, TENTHS, np.random.RandomState(0))
    assert result.error == pytest.approx(0, abs=1e-12)
    assert result.value == pytest.approx(float(distribution_similarity([1] + [0] * 9, [0.1] * 10)), abs=0.05)


def test_the_order_of_the_data_does_not_matter() -> None:
    shuffled = np.random.RandomState(1).permutation(DATA)
    result = ks_similarity(MODEL, shuffled, TENTHS, np.random.RandomState(0))
    np.testing.assert_array_equal(result.samples, ks_similarity(MODEL, DATA, TENTHS, np.random.RandomState(0)).samples)


@pytest.mark.parametrize(("model", "data"), [([], [1.0]), ([1.0], []), ([[1.0]], [1.0])])
def test_no_values_are_rejected(model: list[float], data: list[float]) -> None:
    with pytest.raises(ValueError, match="give at least one of each"):
        ks_similarity(model, data, TENTHS, np.random.RandomState(0))


@pytest.mark.parametrize("bins", [[0.0], [0, 0], [0, 2, 1], [0, np.nan, 1], [[0, 1]]])
def test_bins_that_do_not_ascend_are_rejected(bins: list[float]) -> None:
    with pytest.raises(ValueError, match="strictly ascending edges"):
        ks_similarity(MODEL, DATA, bins, np.random.RandomState(0))


def test_no_bootstraps_are_rejected() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        ks_similarity(MODEL, DATA, TENTHS, np.random.RandomState(0), bootstraps=0)


@pytest.mark.parametrize(
    ("counts", "missing", "ceiling"),
    [
        pytest.param([66, 44, 38, 23, 16, 3, 0, 0, 0, 0], 0, 0.958, id="surround_suppression_index"),
        pytest.param([0, 9, 30, 55, 42, 10, 2, 0], 42, 0.956, id="grating_summation_field"),
        pytest.param([0, 0, 2, 20, 33, 49, 40, 4], 42, 0.955, id="surround_diameter"),
        pytest.param([110, 83, 100, 92], 0, 0.962, id="preferred_orientation"),
        pytest.param([3, 10, 15, 31, 57, 62, 67, 63, 31, 15, 5, 4], 0, 0.967, id="peak_spatial_frequency"),
        pytest.param([14, 73], 0, 0.963, id="spatial_frequency_selective"),
        pytest.param([0, 3, 4, 16, 22, 16, 9, 3, 0, 0], 14, 0.933, id="spatial_frequency_bandwidth"),
    ],
)
def test_data_against_themselves_give_the_published_ceiling(counts: list[int], missing: int, ceiling: float) -> None:
    """Only the counts a bin enter, so that the published histograms suffice; the published tolerance is .005."""
    values = np.concatenate([np.full(missing, np.nan), np.repeat(np.arange(len(counts)) + 0.5, counts)])
    result = ks_similarity(values, values, np.arange(len(counts) + 1), np.random.RandomState(0))
    assert result.value == pytest.approx(ceiling, abs=0.005)
