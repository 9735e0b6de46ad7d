"""Microsaccades: shifts and interpolation of the published system, and images that stay with their stimuli."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pytest_brainscore.data.stimuli.microsaccades import microsaccade_shifts, shift_image, with_microsaccades
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from tests.support.stimuli import NoiseImage

X = [0, -0.17895397, -0.59197722, -0.73259714, -0.59609364, -0.26357934, 0.16692818, 0.60673569, 0.98666196, 1.25971335]
Y = [
    0,
    0.40493885,
    0.20386999,
    -0.22649819,
    -0.65473077,
    -0.95421482,
    -1.07151061,
    -1.00193403,
    -0.77103707,
    -0.42085896,
]


def test_ten_shifts_of_224_pixels_at_8_degrees_are_the_published_ones() -> None:
    shifts = microsaccade_shifts(10, 8, 224)
    np.testing.assert_allclose(shifts[:, 0], X, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(shifts[:, 1], Y, rtol=1e-5, atol=1e-8)


def test_three_shifts_and_one() -> None:
    expected = [(0, 0), (-0.7146947653, -0.3775509580), (0.4638224544, -1.0447657142)]
    np.testing.assert_allclose(microsaccade_shifts(3, 8, 224), expected, atol=1e-9)
    np.testing.assert_array_equal(microsaccade_shifts(1, 8, 224), [(0, 0)])


def test_shifts_are_the_same_in_degrees_whatever_the_size_of_the_image() -> None:
    np.testing.assert_allclose(microsaccade_shifts(5, 2.0, 100) * 2.0 / 100, microsaccade_shifts(5, 8.0, 640) * 8 / 640)


def test_an_image_is_interpolated_as_in_the_published_system() -> None:
    image = np.random.RandomState(0).rand(6, 6, 3).astype(np.float32)
    shifted = shift_image(image, (-0.7146947653, -0.3775509580))
    expected = [
        [0.6387123, 0.40851754, 0.51626074],
        [0.7441112, 0.4535523, 0.6994896],
        [0.5041814, 0.50280184, 0.4779045],
    ]
    np.testing.assert_allclose(shifted[:3, :3, 0], expected, atol=1e-7)


def test_whole_pixels_move_and_the_border_is_repeated() -> None:
    image = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(shift_image(image, (1, 0)), image[:, [0, 0, 1, 2]])
    np.testing.assert_array_equal(shift_image(image, (0, -2)), image[[2, 2, 2]])


def test_every_trial_stays_with_its_stimulus() -> None:
    table = pd.DataFrame({"stimulus_id": ["a", "b", "c"], "offset": [1, 2, 3]})
    stimuli = StimulusSet("three", table, tuple(NoiseImage(seed, side=32) for seed in range(3)), 8.0)
    shown = with_microsaccades(stimuli, 4)
    assert shown.table["stimulus_id"].tolist() == [name for name in "abc" for _ in range(4)]
    assert shown.table.index.tolist() == list(range(12))
    for place, image in enumerate(shown.images):
        own = stimuli.images[place // 4].pixels()
        expected = np.rint(shift_image(own, microsaccade_shifts(4, 8.0, 32)[place % 4]))
        np.testing.assert_array_equal(image.pixels(), expected)
    np.testing.assert_array_equal(shown.images[4].pixels(), stimuli.images[1].pixels())
    assert len({image.digest() for image in shown.images}) == 12
    assert shown.images[8].digest() == stimuli.images[2].digest()


def test_no_trials_are_refused() -> None:
    with pytest.raises(ValueError, match="0 trials show nothing"):
        microsaccade_shifts(0, 8, 224)
