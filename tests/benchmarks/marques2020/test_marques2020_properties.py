"""Properties of single units, on made-up firing rates whose answers can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.benchmarks.marques2020 import (
    cavanaugh2002,
    devalois1982,
    freemanziemba2013,
    ringach2002,
    schiller1976,
)
from pytest_brainscore.benchmarks.marques2020.stimuli import ORIENTATIONS, RADII, SPATIAL_FREQUENCIES
from pytest_brainscore.errors import NoNumber

Rates = NDArray[np.float64]

ORIENTATION_SHAPE = (3, 4, 12, 8)
SPATIAL_FREQUENCY_SHAPE = (2, 22, 6, 8)
SIZE_SHAPE = (12, 4, 6, 8)
TEXTURE_SHAPE = (2, 15, 15)
PHASE = np.deg2rad(np.arange(0, 360, 45))


def oriented_unit(preferred: float, width: float = 25.0, floor: float = 10.0, gain: float = 30.0) -> Rates:
    """Return rates to the orientation gratings: best at 3 cycles and the second spatial frequency, steady in phase."""
    rates = np.full(ORIENTATION_SHAPE, 1.0)
    distance = (np.asarray(ORIENTATIONS) - preferred + 90) % 180 - 90
    rates[1, 1] = (floor + gain * np.exp(-((distance / width) ** 2)))[:, np.newaxis]
    return rates


def spatial_frequency_unit(curve: ArrayLike, modulation: float = 0.0) -> Rates:
    """Return rates to the spatial-frequency gratings: the curve at the larger radius and the third orientation."""
    rates = np.ones(SPATIAL_FREQUENCY_SHAPE)
    rates[1, :, 2] = np.asarray(curve)[:, np.newaxis] * (1 + modulation * np.cos(PHASE))
    return rates


def size_unit(curve: ArrayLike, modulation: float = 0.0, baseline: float = 0.0) -> Rates:
    """Return rates to the size gratings: the curve at the second spatial frequency and the fourth orientation."""
    rates = np.full(SIZE_SHAPE, baseline)
    rates[:, 1, 3] = baseline + np.asarray(curve)[:, np.newaxis] * (1 + modulation * np.cos(PHASE))
    return rates


def test_ringach2002_measures_the_curve_at_the_preferred_grating() -> None:
    """The reference values belong to 10 + 30 exp(-((orientation - 60) / 25)^2)."""
    measured = ringach2002.properties(oriented_unit(60.0)[np.newaxis], np.array([1.0]))
    distance = (np.asarray(ORIENTATIONS) - 60 + 90) % 180 - 90
    curve = 10 + 30 * np.exp(-((distance / 25) ** 2))
    resultant = np.abs(np.sum(curve * np.exp(2j * np.deg2rad(ORIENTATIONS))))
    assert measured["circular_variance"] == pytest.approx([1 - resultant / curve.sum()])
    assert measured["bandwidth"].tolist() == [21.0]
    assert measured["orientation_selective"].tolist() == [1.0]
    assert measured["orthogonal_preferred_ratio"] == pytest.approx([curve[10] / curve[4]])
    assert measured["max_dc"] == pytest.approx([40.0])
    assert measured["min_dc"] == pytest.approx([curve.min()])
    assert measured["baseline"].tolist() == [1.0]
    variance, ratio = measured["circular_variance"], measured["orthogonal_preferred_ratio"]
    assert measured["circular_variance_bandwidth_ratio"] == pytest.approx(variance / 21)
    assert measured["orthogonal_preferred_ratio_bandwidth_ratio"] == pytest.approx(ratio / 21)
    assert measured["orthogonal_preferred_ratio_circular_variance_difference"] == pytest.approx(ratio - variance)


def test_ringach2002_gives_the_modulation_at_the_preferred_grating() -> None:
    rates = oriented_unit(60.0)
    rates[1, 1, 4] = 40 + 10 * np.cos(PHASE + 1)
    rates[0, 0, 0] = 20 + 20 * np.cos(PHASE)  # more modulated, but a smaller mean
    measured = ringach2002.properties(rates[np.newaxis], np.zeros(1))
    assert measured["max_ac"] == pytest.approx([10.0])
    assert measured["modulation_ratio"] == pytest.approx([0.25])


def test_ringach2002_unit_without_orientation_preference_has_no_bandwidth() -> None:
    measured = ringach2002.properties(np.full((1, *ORIENTATION_SHAPE), 20.0), np.zeros(1))
    assert measured["circular_variance"] == pytest.approx([1.0])
    assert measured["orthogonal_preferred_ratio"].tolist() == [1.0]
    assert np.isnan(measured["bandwidth"]).all()
    assert np.isnan(measured["circular_variance_bandwidth_ratio"]).all()
    assert measured["orientation_selective"].tolist() == [0.0]


@pytest.mark.parametrize(
    ("preferred", "expected"), [(0, 0), (60, 60), (90, 90), (135, 135), (156, 156), (165, -15), (150, 150)]
)
def test_devalois1982_orientations_beyond_the_last_bin_wrap_around(preferred: float, expected: float) -> None:
    measured = devalois1982.preferred_orientation(oriented_unit(preferred)[np.newaxis], np.zeros(1))
    assert measured["preferred_orientation"] == pytest.approx([expected], abs=2)


def test_devalois1982_peak_is_that_of_the_smoothed_curve_at_the_preferred_radius_and_orientation() -> None:
    curve = 2 + 30 * np.exp(-((np.log2(SPATIAL_FREQUENCIES) - 1.3) ** 2) / (2 * 0.8**2))
    measured = devalois1982.peak_spatial_frequency(spatial_frequency_unit(curve)[np.newaxis], np.ones(1))
    assert np.log2(measured["peak_spatial_frequency"]) == pytest.approx([1.3], abs=5.25 / 99)


def test_devalois1982_takes_the_larger_of_mean_and_modulation() -> None:
    """A simple cell is driven around its mean: its first harmonic exceeds its mean above baseline."""
    low = 10 + 10 * np.exp(-((np.log2(SPATIAL_FREQUENCIES) + 0.5) ** 2))
    high = 30 * np.exp(-((np.log2(SPATIAL_FREQUENCIES) - 2) ** 2))
    rates = np.full(SPATIAL_FREQUENCY_SHAPE, 10.0)
    rates[0, :, 1] = low[:, np.newaxis]  # mean above baseline up to 10
    rates[1, :, 4] = 10 + high[:, np.newaxis] * np.cos(PHASE)  # mean at baseline, modulation up to 30
    measured = devalois1982.peak_spatial_frequency(rates[np.newaxis], np.array([10.0]))
    assert np.log2(measured["peak_spatial_frequency"]) == pytest.approx([2.0], abs=5.25 / 99)


def test_schiller1976_bandwidth_is_the_low_cut_in_per_cent_of_the_high_cut() -> None:
    # A wide plateau with steep flanks: the cuts lie near the flanks, at 2 ** 0 and 2 ** 2 cycles per degree.
    octaves = np.log2(SPATIAL_FREQUENCIES)
    curve = np.where((octaves > 0) & (octaves < 2), 40.0, 1.0)
    measured = schiller1976.properties(spatial_frequency_unit(curve)[np.newaxis], np.zeros(1))
    assert measured["spatial_frequency_bandwidth"] == pytest.approx([25.0], abs=5)
    assert measured["spatial_frequency_selective"].tolist() == [1.0]


def test_schiller1976_low_pass_unit_is_not_selective() -> None:
    curve = 40 / (1 + np.asarray(SPATIAL_FREQUENCIES) ** 2)
    measured = schiller1976.properties(spatial_frequency_unit(curve)[np.newaxis], np.zeros(1))
    assert np.isnan(measured["spatial_frequency_bandwidth"]).all()
    assert measured["spatial_frequency_selective"].tolist() == [0.0]


def test_schiller1976_ignores_modulation_and_keeps_the_baseline() -> None:
    curve = 10 + 30 * np.exp(-((np.log2(SPATIAL_FREQUENCIES) - 1) ** 2))
    steady = schiller1976.properties(spatial_frequency_unit(curve)[np.newaxis], np.zeros(1))
    modulated = schiller1976.properties(spatial_frequency_unit(curve, modulation=1.0)[np.newaxis], np.full(1, 9.0))
    assert modulated["spatial_frequency_bandwidth"] == pytest.approx(steady["spatial_frequency_bandwidth"])


SUPPRESSED = [0, 2, 8, 20, 39, 40, 30, 20, 12, 10.2, 10.1, 10]


def test_cavanaugh2002_size_tuning_of_a_suppressed_unit() -> None:
    measured = cavanaugh2002.properties(size_unit(SUPPRESSED, baseline=3.0)[np.newaxis], np.array([3.0]))
    assert measured["surround_suppression_index"] == pytest.approx([0.75])
    assert measured["grating_summation_field"] == pytest.approx([2 * RADII[4]])  # 39 is the first of at least 38
    assert measured["surround_diameter"] == pytest.approx([2 * RADII[9]])  # 10.2 is the first of at most 10.5
    assert measured["surround_grating_summation_field_ratio"] == pytest.approx([RADII[9] / RADII[4]])
    assert measured["strongly_suppressed"].tolist() == [1.0]


def test_cavanaugh2002_unit_without_suppression_has_no_sizes() -> None:
    measured = cavanaugh2002.properties(size_unit(np.linspace(1, 40, 12))[np.newaxis], np.zeros(1))
    assert measured["surround_suppression_index"] == pytest.approx([0.0], abs=1e-12)
    assert measured["strongly_suppressed"].tolist() == [0.0]
    assert np.isnan(measured["grating_summation_field"]).all()
    assert np.isnan(measured["surround_diameter"]).all()


def test_cavanaugh2002_measures_a_simple_cell_by_its_modulation() -> None:
    """With a modulation of twice the mean the first harmonic is twice as large, and has the same relative tuning."""
    measured = cavanaugh2002.properties(size_unit(SUPPRESSED, modulation=2.0)[np.newaxis], np.zeros(1))
    assert measured["surround_suppression_index"] == pytest.approx([0.75])


def test_freemanziemba2013_separates_noise_from_texture() -> None:
    rates = np.empty((1, *TEXTURE_SHAPE))
    rates[:, 0], rates[:, 1] = 12.0, 32.0
    rates[0, 1, 3, 3] = 42.0
    rates[0, 0, 5, 5] = 22.0
    measured = freemanziemba2013.properties(rates, np.array([2.0]))
    assert measured["max_noise"] == pytest.approx([20.0])
    assert measured["max_texture"] == pytest.approx([40.0])
    index = np.full(15, (30 - 10) / (30 + 10))
    index[3] = (30 + 10 / 15 - 10) / (30 + 10 / 15 + 10)
    index[5] = (30 - 10 - 10 / 15) / (30 + 10 + 10 / 15)
    assert measured["texture_modulation_index"] == pytest.approx([index.mean()])


def test_freemanziemba2013_absolute_index_is_that_of_the_mean_over_families() -> None:
    rates = np.full((1, *TEXTURE_SHAPE), 10.0)
    rates[0, 1, 0] = 30.0  # +.5 in one family
    rates[0, 0, 1:3] = 30.0  # -.5 in two
    measured = freemanziemba2013.properties(rates, np.zeros(1))
    assert measured["texture_modulation_index"] == pytest.approx([-0.5 / 15])
    assert measured["absolute_texture_modulation_index"] == pytest.approx([0.5 / 15])


def test_freemanziemba2013_response_to_one_family_is_selective_and_to_one_image_sparse() -> None:
    rates = np.zeros((1, *TEXTURE_SHAPE))
    rates[0, 1, 7, 2] = 60.0
    rates[0, 0, 4] = 60.0
    measured = freemanziemba2013.properties(rates, np.zeros(1))
    assert measured["texture_selectivity"] == pytest.approx([1.0])
    assert measured["texture_sparseness"] == pytest.approx([1.0])
    assert measured["noise_selectivity"] == pytest.approx([1.0])
    assert measured["noise_sparseness"] == pytest.approx([(1 - 15 / 225) / (1 - 1 / 225)])


def test_freemanziemba2013_variance_between_families_only_has_the_largest_ratio() -> None:
    rates = np.full((1, *TEXTURE_SHAPE), 10.0)
    rates[0, 1] = np.linspace(10, 50, 15)[:, np.newaxis]
    measured = freemanziemba2013.properties(rates, np.full(1, 8.0))
    assert measured["family_variance"] == pytest.approx([1.0])
    assert measured["sample_variance"] == pytest.approx([0.0])
    assert measured["variance_ratio"] == pytest.approx([1.02 / 0.02])


def test_freemanziemba2013_variance_is_that_of_counts_before_the_baseline_is_subtracted() -> None:
    rates = np.random.RandomState(0).uniform(10, 60, (1, *TEXTURE_SHAPE))
    low, high = (freemanziemba2013.properties(rates, np.full(1, baseline)) for baseline in (0.0, 9.0))
    assert np.array_equal(low["variance_ratio"], high["variance_ratio"])
    assert not np.array_equal(low["texture_sparseness"], high["texture_sparseness"])


def test_freemanziemba2013_responses_below_baseline_are_not_rectified() -> None:
    """A defect of the protocol that is matched: the index of this unit lies beyond 1."""
    rates = np.full((1, *TEXTURE_SHAPE), 10.0)
    rates[0, 1], rates[0, 0] = 20.0, 4.0
    measured = freemanziemba2013.properties(rates, np.full(1, 5.0))
    assert measured["texture_modulation_index"] == pytest.approx([16 / 14])


ANALYSES: dict[str, tuple[Callable[[Rates, Rates], dict[str, Rates]], tuple[int, ...]]] = {
    "ringach2002": (ringach2002.properties, ORIENTATION_SHAPE),
    "devalois1982a": (devalois1982.preferred_orientation, ORIENTATION_SHAPE),
    "devalois1982b": (devalois1982.peak_spatial_frequency, SPATIAL_FREQUENCY_SHAPE),
    "schiller1976": (schiller1976.properties, SPATIAL_FREQUENCY_SHAPE),
    "cavanaugh2002": (cavanaugh2002.properties, SIZE_SHAPE),
    "freemanziemba2013": (freemanziemba2013.properties, TEXTURE_SHAPE),
}


@pytest.mark.parametrize("name", ANALYSES)
def test_units_are_kept_from_five_spikes_a_second_above_baseline_on(name: str) -> None:
    measure, shape = ANALYSES[name]
    rates = np.full((4, *shape), 3.0)
    rates.reshape(4, -1)[:, : shape[-1]] = np.array([8.5, 7.9, 40.0, 3.0])[:, np.newaxis]
    measured = measure(rates, np.full(4, 3.0))
    assert {values.shape for values in measured.values()} == {(2,)}


@pytest.mark.parametrize("name", ANALYSES)
def test_no_responsive_unit_has_no_number(name: str) -> None:
    measure, shape = ANALYSES[name]
    with pytest.raises(NoNumber, match=r"None of the 3 V1 units .* more than 5 spikes per second above baseline"):
        measure(np.full((3, *shape), 20.0), np.full(3, 20.0))


@pytest.mark.parametrize("name", ANALYSES)
def test_units_are_measured_independently(name: str) -> None:
    """The values of a population are those of its units one by one, in any order."""
    measure, shape = ANALYSES[name]
    draw = np.random.RandomState(3)
    rates, baseline = draw.gamma(2.0, 20.0, (6, *shape)), draw.uniform(0, 2, 6)
    together = measure(rates, baseline)
    for unit in (5, 0, 3):
        alone = measure(rates[[unit]], baseline[[unit]])
        for neuronal_property, values in together.items():
            assert alone[neuronal_property] == pytest.approx(values[[unit]], rel=1e-12, abs=1e-12, nan_ok=True)
