"""The ceiling of reverse predictivity: golden values of unequal numbers of repetitions."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.metrics.reliability.internal_consistency import predictor_consistency
from tests.support.repeated import ragged

NAN = float("nan")


@pytest.mark.parametrize(
    ("repeats", "value", "error", "first"),
    [
        (
            [2 + image % 5 for image in range(24)],
            *(0.624010971338, 0.024466544309),
            [0.5759809023, 0.4374813801, 0.3977084848, 0.7169840150, 0.5906577007],
        ),
        (
            [1 + image % 3 for image in range(24)],
            *(0.329682514190, 0.022685830292),
            [0.3258831577, -0.2095852179, 0.1521626763, 0.6298571592, 0.6033931808],
        ),
        ([4] * 9, NAN, NAN, [NAN] * 5),
        (
            [4] * 10,
            *(0.467799696927, 0.039721941772),
            [0.3836896885, 0.4989860078, -0.3022596074, 0.8137646387, -0.4116789791],
        ),
    ],
    ids=["two to six", "one to three", "nine stimuli", "ten stimuli"],
)
def test_golden_values(repeats: list[int], value: float, error: float, first: list[float]) -> None:
    found = predictor_consistency(ragged(repeats))
    np.testing.assert_allclose((found.value, found.error), (value, error), rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.values[0], first, rtol=0, atol=1e-9)


def test_a_silent_neuron_is_left_out() -> None:
    responses = ragged([5] * 24)
    responses[:, :, 2] = 0
    found = predictor_consistency(responses)
    np.testing.assert_allclose((found.value, found.error), (0.664477470493, 0.012974224676), rtol=0, atol=1e-10)
    first = [0.7290637453, 0.6698479872, NAN, 0.8526506210, 0.6830987347]
    np.testing.assert_allclose(found.values[0], first, rtol=0, atol=1e-9)
