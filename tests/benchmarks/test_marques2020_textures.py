"""Textures: the canvas, the window, and the order of the stimuli."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from fixtures.stimuli import NoiseImage
from pytest_brainscore.benchmarks.marques2020 import textures
from pytest_brainscore.benchmarks.marques2020.textures import FAMILIES, WindowedTexture, load_textures, texture_set
from pytest_brainscore.data.stimulus_set import Pixels, StimulusSet
from pytest_brainscore.errors import DataUnavailable


@dataclass(frozen=True)
class UniformImage:
    level: int
    shape: tuple[int, ...] = (320, 320)

    def pixels(self) -> Pixels:
        return np.full(self.shape, self.level, dtype=np.uint8)

    def digest(self) -> str:
        return f"uniform {self.level} {self.shape}"


def test_texture_is_seen_through_a_raised_cosine_window_half_a_degree_below_and_right_of_the_centre() -> None:
    image = WindowedTexture(UniformImage(228)).pixels()
    assert image.shape == (640, 640)
    assert image.dtype == np.uint8
    # 80 pixels a degree: half a degree from the centre (320) is 360; the window falls to zero two degrees (160) away.
    assert image[360, 360] == 228
    assert image[360, 360 + 80] == image[360 - 80, 360] == 128 + 50
    assert image[360, 360 + 40] == int(128 + 100 * (1 + np.cos(np.pi / 4)) / 2)
    row, column = np.mgrid[:640, :640] - 360
    assert (image[np.hypot(row, column) >= 160] == 128).all()


def test_a_grey_texture_leaves_a_grey_canvas() -> None:
    assert (WindowedTexture(UniformImage(128)).pixels() == 128).all()


def test_a_texture_darker_than_grey_stays_darker() -> None:
    image = WindowedTexture(UniformImage(0)).pixels()
    assert image[360, 360] == 0
    assert image.max() == 128


def test_a_colour_file_of_a_grey_texture_gives_the_same_image() -> None:
    in_colour = WindowedTexture(UniformImage(200, (320, 320, 3)))
    assert np.array_equal(in_colour.pixels(), WindowedTexture(UniformImage(200)).pixels())


def test_a_source_of_another_size_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="640 x 640 pixels; use the images of 320 x 320"):
        WindowedTexture(UniformImage(0, (640, 640))).pixels()


def test_digest_follows_the_source_image(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = WindowedTexture(NoiseImage(1)).digest()
    assert digest == WindowedTexture(NoiseImage(1)).digest()
    assert digest != WindowedTexture(NoiseImage(2)).digest()
    monkeypatch.setattr(textures, "GENERATOR_VERSION", textures.GENERATOR_VERSION + 1)
    assert digest != WindowedTexture(NoiseImage(1)).digest()


def test_textures_are_ordered_by_type_family_and_sample(texture_stimuli: StimulusSet) -> None:
    table = texture_stimuli.table
    assert (len(texture_stimuli), texture_stimuli.degrees) == (450, 8.0)
    order = table[["type", "family", "sample"]].to_numpy().reshape(2, 15, 15, 3)
    assert np.array_equal(order[..., 0], np.broadcast_to(np.array([1, 2])[:, None, None], (2, 15, 15)))
    assert np.array_equal(order[..., 1], np.broadcast_to(np.arange(1, 16)[:, None], (2, 15, 15)))
    assert np.array_equal(order[..., 2], np.broadcast_to(np.arange(1, 16), (2, 15, 15)))
    assert set(table["position_y"]) == set(table["position_x"]) == {0.5}


def test_families_have_the_published_index_order() -> None:
    assert FAMILIES == (60, 56, 13, 48, 71, 18, 327, 336, 402, 38, 23, 52, 99, 393, 30)
    sources = {
        (kind, family, sample): UniformImage(family % 256)
        for kind in ("noise", "texture")
        for family in FAMILIES
        for sample in range(1, 16)
    }
    images = texture_set(sources).images
    assert images[0] == WindowedTexture(UniformImage(60))
    assert images[225 + 15 * 14] == WindowedTexture(UniformImage(30))


def test_a_missing_source_image_is_named() -> None:
    with pytest.raises(DataUnavailable, match="noise image of family 60, sample 1"):
        texture_set({})


def test_textures_cannot_be_loaded_in_this_version() -> None:
    with pytest.raises(DataUnavailable, match="FreemanZiemba2013_V1_properties are not on this machine"):
        load_textures()
