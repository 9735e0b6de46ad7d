"""Placement on the model's screen: the published system's sizes, offsets, grey and names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pytest_brainscore.data.stimuli.screen import GREY, PlacedImage, place, place_on_screen
from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusSet
from pytest_brainscore.errors import DataUnavailable
from tests.support.stimuli import NoiseImage


def image(width: int, height: int) -> Pixels:
    return np.random.RandomState(0).randint(0, 128, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "degrees", "new_size", "offset"),
    [
        ((256, 256), (8, 14), (448, 448), (96, 96)),
        ((256, 256), (4, 8), (512, 512), (128, 128)),
        ((255, 101), (8, 10), (319, 126), (32, 12)),
        ((223, 223), (4, 8), (446, 446), (112, 112)),  # 111.5 rounds to even
    ],
)
def test_a_larger_screen_is_grey_around_the_image(
    size: tuple[int, int], degrees: tuple[float, float], new_size: tuple[int, int], offset: tuple[int, int]
) -> None:
    original = image(*size)
    placed = place(original, degrees[1] / degrees[0])
    assert placed.shape == (new_size[1], new_size[0], 3)
    left, top = offset
    np.testing.assert_array_equal(placed[top : top + size[1], left : left + size[0]], original)
    assert (placed == GREY).all(axis=2).sum() == new_size[0] * new_size[1] - size[0] * size[1]


@pytest.mark.parametrize(
    ("size", "ratio", "new_size", "offset"),
    [
        ((256, 256), 6 / 8, (192, 192), (32, 32)),
        ((320, 240), 8 / 10, (256, 192), (32, 24)),
        ((255, 101), 6 / 8, (191, 76), (32, 12)),
        ((101, 77), 0.75, (76, 58), (12, 10)),
    ],
)
def test_a_smaller_screen_shows_the_centre(
    size: tuple[int, int], ratio: float, new_size: tuple[int, int], offset: tuple[int, int]
) -> None:
    original = image(*size)
    left, top = offset
    cropped = place(original, ratio)
    np.testing.assert_array_equal(cropped, original[top : top + new_size[1], left : left + new_size[0]])
    assert cropped.shape == (new_size[1], new_size[0], 3)


@pytest.mark.parametrize(("degrees", "side"), [(8, 1484), (12, 2226)])
def test_published_sides_of_a_1855_pixel_image(degrees: float, side: int) -> None:
    assert place(np.zeros((1855, 1855), np.uint8), degrees / 10).shape == (side, side)


@pytest.mark.parametrize("ratio", [0.5, 1.5])
def test_grey_images_stay_grey_and_equal_the_colour_ones(ratio: float) -> None:
    grey = image(40, 30)[:, :, 0]
    placed = place(grey, ratio)
    assert placed.ndim == 2
    np.testing.assert_array_equal(np.stack([placed] * 3, axis=2), place(np.stack([grey] * 3, axis=2), ratio))


class TestStimulusSet:
    """A whole set is placed when looked at."""

    def stimuli(self) -> StimulusSet:
        images = tuple(NoiseImage(seed, side=20) for seed in range(3))
        return StimulusSet("noise", pd.DataFrame({"stimulus_id": list("abc"), "degrees": 12.0}), images, 12.0)

    def test_names_and_degrees_tell_of_the_placement(self) -> None:
        placed = place_on_screen(self.stimuli(), 8)
        assert placed.identifier == "noise--target8.00--source12.00"
        assert placed.degrees == 8
        assert placed.table["degrees"].tolist() == [8, 8, 8]
        assert placed.table["stimulus_id"].tolist() == list("abc")
        assert placed.images[0].pixels().shape == (13, 13)

    def test_the_given_set_stays_as_it_was(self) -> None:
        stimuli = self.stimuli()
        place_on_screen(stimuli, 8)
        assert stimuli.table["degrees"].tolist() == [12, 12, 12]

    def test_equal_degrees_return_the_set_itself(self) -> None:
        stimuli = self.stimuli()
        assert place_on_screen(stimuli, 12.0) is stimuli

    def test_digests_depend_on_image_and_ratio_only(self) -> None:
        noise = NoiseImage(0)
        assert PlacedImage(noise, 1.5).digest() == PlacedImage(NoiseImage(0), 1.5).digest()
        different = {PlacedImage(noise, 1.5).digest(), PlacedImage(noise, 2.0).digest(), noise.digest()}
        assert len(different | {PlacedImage(NoiseImage(1), 1.5).digest()}) == 4


def test_a_screen_on_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="3 x 3 pixels nothing is left"):
        place(np.zeros((3, 3, 3), np.uint8), 0.1)
