"""Specification of the mean and the modulation over the phases of a grating."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.metrics.tuning.response_modulation import first_harmonic, mean_response

PHASES = np.arange(8) * np.pi / 4


@given(
    mean=st.floats(-50, 50),
    amplitude=st.floats(0, 50),
    phase=st.floats(0, 2 * np.pi),
    second=st.floats(0, 50),
)
@settings(max_examples=50)
def test_mean_and_amplitude_of_a_modulated_response(mean: float, amplitude: float, phase: float, second: float) -> None:
    """The second harmonic, as complex cells show it, changes neither."""
    responses = mean + amplitude * np.cos(PHASES + phase) + second * np.cos(2 * PHASES)
    assert mean_response(responses) == pytest.approx(mean, abs=1e-9)
    assert first_harmonic(responses) == pytest.approx(amplitude, abs=1e-9)


def test_both_equal_a_plain_loop_with_the_full_fourier_transform() -> None:
    responses = np.random.default_rng(0).gamma(1, 20, (5, 3, 4, 8))
    means, amplitudes = mean_response(responses), first_harmonic(responses)
    assert means.shape == amplitudes.shape == (5, 3, 4)
    for place in np.ndindex(5, 3, 4):
        assert means[place] == pytest.approx(responses[place].sum() / 8, rel=1e-12)
        assert amplitudes[place] == pytest.approx(2 * abs(np.fft.fft(responses[place])[1]) / 8, rel=1e-12)


def test_a_half_rectified_simple_cell_has_a_modulation_ratio_of_pi_over_2() -> None:
    phases = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)
    responses = np.maximum(np.cos(phases), 0)
    assert first_harmonic(responses) / mean_response(responses) == pytest.approx(np.pi / 2, rel=1e-6)


@given(seed=st.integers(0, 2**32 - 1), steps=st.integers(0, 7), factor=st.floats(1e-3, 1e3))
@settings(max_examples=25)
def test_the_phase_at_which_a_cell_responds_does_not_matter_and_scale_passes_through(
    seed: int, steps: int, factor: float
) -> None:
    responses = np.random.default_rng(seed).gamma(1, 20, (6, 8))
    for measure in (mean_response, first_harmonic):
        np.testing.assert_allclose(
            measure(np.roll(responses, steps, axis=1)), measure(responses), rtol=1e-9, atol=1e-12
        )
        np.testing.assert_allclose(measure(factor * responses), factor * measure(responses), rtol=1e-9)
        np.testing.assert_array_equal(measure(responses[::-1]), measure(responses)[::-1])


def test_constant_zero_negative_and_missing_responses() -> None:
    responses = [[7.3] * 8, [0.0] * 8, [-2.0] * 8, [1.0] * 7 + [np.nan]]
    np.testing.assert_allclose(mean_response(responses), [7.3, 0, -2, np.nan])
    np.testing.assert_allclose(first_harmonic(responses), [0, 0, 0, np.nan], atol=1e-12)


def test_single_precision_is_averaged_in_double_precision() -> None:
    responses = np.random.default_rng(0).random((4, 8)).astype(np.float32)
    assert mean_response(responses).dtype == first_harmonic(responses).dtype == np.float64
    np.testing.assert_array_equal(mean_response(responses), mean_response(responses.astype(np.float64)))


def test_no_neuroids_give_empty_results() -> None:
    assert mean_response(np.empty((0, 3, 8))).shape == first_harmonic(np.empty((0, 3, 8))).shape == (0, 3)


@pytest.mark.parametrize("shape", [(), (4, 0), (4, 2)])
def test_a_modulation_needs_three_phases(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at least 3 phases"):
        first_harmonic(np.ones(shape))
