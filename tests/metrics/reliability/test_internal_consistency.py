"""The ceiling of a recording from its repetitions, complete or not."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from pytest_brainscore.metrics.reliability.internal_consistency import (
    by_repetition,
    internal_consistency,
    predictor_consistency,
)
from pytest_brainscore.metrics.reliability.split_half import spearman_brown, split_half_correlation
from pytest_brainscore.metrics.shared.splits import shuffle_splits

Matrix = NDArray[np.float64]


def published_example() -> Matrix:
    base = np.random.RandomState(3).standard_normal((40, 6))
    return np.stack([base + 1.5 * np.random.RandomState(10 + r).standard_normal((40, 6)) for r in range(6)])


def simulated(repetitions: int, stimuli: int, neuroids: int, missing: float = 0, seed: int = 0) -> Matrix:
    """Noisy repetitions; each stimulus keeps its first repetitions only, at least two."""
    generator = np.random.default_rng(seed)
    responses = generator.standard_normal((stimuli, neuroids)) + 3
    repeated = responses + generator.standard_normal((repetitions, stimuli, neuroids))
    kept = generator.integers(max(2, int((1 - missing) * repetitions)), repetitions + 1, stimuli)
    repeated[np.arange(repetitions)[:, None] >= kept] = np.nan
    return repeated


def per_neuroid(responses: Matrix, splits: int = 10) -> Matrix:
    """Average and correlate in a loop over splits and neuroids."""
    reliabilities = []
    for first, second in shuffle_splits(len(responses), splits=splits, train_size=0.5):
        row = []
        for neuroid in range(responses.shape[2]):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                one = np.nanmean(responses[first, :, neuroid], axis=0)
                other = np.nanmean(responses[second, :, neuroid], axis=0)
            both = ~np.isnan(one) & ~np.isnan(other)
            correlation = stats.pearsonr(one[both], other[both])[0]
            row.append(2 * correlation / (1 + correlation))
        reliabilities.append(row)
    return np.array(reliabilities)


def test_published_ceiling() -> None:
    ceiling = internal_consistency(published_example())
    assert ceiling.value == pytest.approx(0.7116646992288894, abs=1e-12)
    assert ceiling.error == pytest.approx(0.0134540615992223, abs=1e-12)
    first = [0.7986079683, 0.7670078216, 0.5320129103, 0.5215906354, 0.4495982560, 0.7672641569]
    np.testing.assert_allclose(ceiling.values[0], first, rtol=0, atol=1e-10)
    medians = [0.649510366, 0.6713264754, 0.746798188, 0.7077001351, 0.7425121153]
    medians += [0.6713264754, 0.6633620679, 0.7425121153, 0.7425121153, 0.7790869388]
    np.testing.assert_allclose(ceiling.medians, medians, rtol=0, atol=1e-9)


def test_published_ceiling_of_a_predictor() -> None:
    ceiling = predictor_consistency(published_example())
    assert ceiling.value == pytest.approx(0.7250321931822264, abs=1e-12)
    assert ceiling.error == pytest.approx(0.0089983382463389, abs=1e-12)
    first = [0.822686355, 0.7660383928, 0.4912511073, 0.6135847507, 0.7157392986, 0.7298552684]
    np.testing.assert_allclose(ceiling.values[0], first, rtol=0, atol=1e-9)


def test_identical_repetitions_are_perfectly_consistent() -> None:
    responses = np.tile(np.random.default_rng(0).standard_normal((10, 10)), (5, 1, 1))
    assert internal_consistency(responses).value == pytest.approx(1, abs=1e-12)
    assert predictor_consistency(responses).value == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("repetitions", "stimuli", "neuroids"), [(2, 30, 5), (7, 64, 3), (30, 150, 4), (6, 65, 1)], ids=str
)
def test_equals_the_loop_over_neuroids(repetitions: int, stimuli: int, neuroids: int) -> None:
    responses = simulated(repetitions, stimuli, neuroids)
    responses[np.isnan(responses)] = 1
    np.testing.assert_allclose(internal_consistency(responses).values, per_neuroid(responses), rtol=0, atol=1e-12)


def test_equals_the_loop_where_stimuli_have_different_numbers_of_repetitions() -> None:
    responses = simulated(12, 150, 4, missing=0.4)
    assert np.isnan(responses).any()
    np.testing.assert_allclose(internal_consistency(responses).values, per_neuroid(responses), rtol=0, atol=1e-12)


def test_equals_the_loop_where_single_responses_are_missing() -> None:
    responses = simulated(9, 100, 4)
    responses[np.random.default_rng(1).random(responses.shape) < 0.3] = np.nan
    np.testing.assert_allclose(internal_consistency(responses).values, per_neuroid(responses), rtol=0, atol=1e-12)


@pytest.mark.parametrize("neuroid", [0, 2])
def test_equals_the_loop_where_one_neuroid_is_missing_alone(neuroid: int) -> None:
    responses = np.nan_to_num(simulated(9, 100, 4), nan=1.0)
    responses[[2, 5], 70, neuroid] = np.nan
    np.testing.assert_allclose(internal_consistency(responses).values, per_neuroid(responses), rtol=0, atol=1e-12)


def test_an_infinite_response_leaves_its_neuroid_without_a_number() -> None:
    responses = np.nan_to_num(simulated(6, 30, 3), nan=1.0)
    responses[1, 4, 2] = np.inf
    with np.errstate(invalid="ignore"):
        assert np.isnan(internal_consistency(responses).values).all(axis=0).tolist() == [False, False, True]


def test_a_large_common_response_costs_no_digits() -> None:
    responses = simulated(8, 100, 4)
    responses[np.isnan(responses)] = 2
    np.testing.assert_allclose(
        internal_consistency(responses + 1e4).values, internal_consistency(responses).values, rtol=0, atol=1e-9
    )


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_counts_and_single_precision_are_averaged_in_double_precision(dtype: type) -> None:
    responses: NDArray[np.generic] = np.random.default_rng(0).poisson(5, (6, 50, 3)).astype(dtype)
    np.testing.assert_array_equal(
        internal_consistency(responses).values, internal_consistency(responses.astype(np.float64)).values
    )


def test_any_layout_in_memory_will_do() -> None:
    responses = simulated(6, 70, 4)
    by_neuroid = np.ascontiguousarray(responses.transpose(2, 1, 0))
    np.testing.assert_allclose(
        internal_consistency(by_neuroid.transpose(2, 1, 0)).values, internal_consistency(responses).values, atol=1e-13
    )


@given(seed=st.integers(0, 1000), repetitions=st.integers(2, 8), stimuli=st.integers(6, 80))
@settings(max_examples=25, deadline=None)
def test_units_and_the_order_of_stimuli_and_neuroids_do_not_matter(seed: int, repetitions: int, stimuli: int) -> None:
    responses = simulated(repetitions, stimuli, 3, missing=0.3, seed=seed)
    generator = np.random.default_rng(seed)
    stimulus_order, neuroid_order = generator.permutation(stimuli), generator.permutation(3)
    halves = generator.permuted(np.tile(np.arange(repetitions) % 2 == 0, (5, 1)), axis=1)
    correlation = split_half_correlation(responses, halves)
    assert (np.isnan(correlation) | (np.abs(correlation) <= 1)).all()
    changed = split_half_correlation(2.5 * responses[:, stimulus_order][:, :, neuroid_order] - 7, halves)
    np.testing.assert_allclose(changed, correlation[:, neuroid_order], rtol=0, atol=1e-11)
    np.testing.assert_allclose(split_half_correlation(responses, ~halves), correlation, rtol=0, atol=1e-11)


def test_a_silent_or_constant_neuroid_is_left_out_of_the_median() -> None:
    responses = simulated(6, 50, 5)
    expected = internal_consistency(responses)
    with_constant = np.concatenate([responses, np.full((6, 50, 1), 0.3), np.zeros((6, 50, 1))], axis=2)
    ceiling = internal_consistency(with_constant)
    assert np.isnan(ceiling.values[:, 5:]).all()
    assert ceiling.value == pytest.approx(expected.value, abs=1e-13)


def test_a_stimulus_that_lacks_a_half_is_left_out_of_that_split() -> None:
    responses = np.random.default_rng(0).standard_normal((4, 30, 2)) + np.linspace(0, 3, 30)[:, None]
    responses[[0, 1], 3] = np.nan
    halves = np.array([[True, True, False, False], [True, False, True, False]])
    correlation = split_half_correlation(responses, halves)
    np.testing.assert_allclose(
        correlation[0], split_half_correlation(np.delete(responses, 3, 1), halves)[0], atol=1e-12
    )
    assert (np.abs(correlation[1] - split_half_correlation(np.delete(responses, 3, 1), halves)[1]) > 1e-6).all()


def test_stimuli_shown_once_are_left_out_of_a_predictors_ceiling() -> None:
    responses = published_example()
    once = np.full((6, 3, 6), np.nan)
    once[2] = 5
    ceiling = predictor_consistency(np.concatenate([responses, once], axis=1))
    assert ceiling.value == pytest.approx(predictor_consistency(responses).value, abs=1e-12)


def test_a_predictor_needs_ten_repeated_stimuli() -> None:
    assert np.isnan(predictor_consistency(published_example()[:, :9]).value)


def test_one_repetition_gives_no_ceiling() -> None:
    with pytest.raises(ValueError, match="one repetition has no ceiling"):
        internal_consistency(np.ones((1, 5, 2)))


def test_one_stimulus_gives_no_ceiling() -> None:
    with pytest.raises(ValueError, match="two or more stimuli"):
        internal_consistency(np.ones((5, 1, 2)))


def test_presentations_are_arranged_by_sorted_repetition_and_stimulus() -> None:
    responses = published_example()
    generator = np.random.default_rng(0)
    order = generator.permutation(240)
    stimulus_ids = np.tile([f"s{number:03d}" for number in range(40)], 6)[order]
    repetitions = np.repeat(np.arange(6), 40)[order]
    arranged = by_repetition(responses.reshape(240, 6)[order], stimulus_ids, repetitions)
    np.testing.assert_array_equal(arranged, responses)
    arranged = by_repetition(responses.reshape(240, 6)[order][1:], stimulus_ids[1:], repetitions[1:])
    assert np.isnan(arranged).sum() == 6


def test_a_repetition_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="Stimulus b has repetition 0 twice"):
        by_repetition(np.ones((3, 2)), ["a", "b", "b"], [0, 0, 0])


def test_presentations_without_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="one of each per presentation"):
        by_repetition(np.ones((3, 2)), ["a", "b"], [0, 0, 0])


def test_the_correction_extrapolates_from_half_to_all_repetitions() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        corrected = spearman_brown([0, 0.5, 1, -0.5, -1, np.nan])
    np.testing.assert_array_equal(corrected, [0, 2 / 3, 1, -2, -np.inf, np.nan])


def loop(responses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate the halves as the published system does: with SciPy, and no number where a half is constant."""
    reliabilities = []
    for first, second in shuffle_splits(len(responses), train_size=0.5):
        shown = [~np.isnan(responses[half]).all(axis=(0, 2)) for half in (first, second)]
        halves = [np.nanmean(responses[half][:, shown[0] & shown[1]], axis=0) for half in (first, second)]
        reliabilities.append(
            [
                np.nan if np.ptp(one) == 0 or np.ptp(other) == 0 else 2 * (r := stats.pearsonr(one, other)[0]) / (1 + r)
                for one, other in zip(halves[0].T, halves[1].T, strict=True)
            ]
        )
    return np.array(reliabilities)


def test_a_neuroid_that_is_silent_in_one_half_has_no_reliability_there() -> None:
    responses = np.zeros((5, 30, 1))
    responses[0, 0, 0] = 1
    assert np.isnan(internal_consistency(responses).value)


@pytest.mark.parametrize(("repetitions", "stimuli"), [(6, 300), (4, 400), (10, 300)])
def test_rare_spikes(repetitions: int, stimuli: int) -> None:
    generator = np.random.default_rng(0)
    rates = 0.003 * generator.gamma(0.05, 20, (stimuli, 40))
    spikes = generator.poisson(np.broadcast_to(rates, (repetitions, stimuli, 40))).astype(np.float64)
    expected = loop(spikes)
    assert np.isnan(expected).any()
    np.testing.assert_allclose(internal_consistency(spikes).values, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("offset", [0, 1, 1e4, 1e8, -3e12])
@pytest.mark.parametrize("lacking", [False, True])
def test_an_offset_neither_hides_variation_nor_makes_it_up(offset: float, lacking: bool) -> None:
    generator = np.random.default_rng(0)
    unit = 2.0 ** np.ceil(np.log2(max(1, abs(offset)))) * 2.0**-40  # small, and exact beside the offset
    responses = np.float64(1) * (generator.integers(-8, 8, (6, 50, 4)) + generator.integers(-8, 8, (50, 4)))
    responses[0, :, 1] = 1000  # nothing like the others
    responses[:, :, 2] = 3
    if lacking:
        responses[generator.random((6, 50)) < 0.2] = np.nan
    expected = loop(responses)
    assert np.isnan(expected[:, 2]).all()
    np.testing.assert_allclose(
        internal_consistency(offset + unit * responses).values, expected, rtol=0, atol=1e-10, equal_nan=True
    )


def test_mean_responses_that_are_equal_but_for_rounding_do_not_vary() -> None:
    responses = np.random.default_rng(0).standard_normal((6, 40, 1))
    responses[:3] = np.array([0.1, 0.2, 0.3])[np.argsort(np.random.default_rng(1).random((3, 40, 1)), axis=0)]
    halves = np.array([[True] * 3 + [False] * 3])
    assert np.isnan(split_half_correlation(responses, halves)).all()
