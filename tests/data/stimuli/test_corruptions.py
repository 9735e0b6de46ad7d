"""Corrupted images: always the same, whatever else is drawn or corrupted."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.data.publishers.imagenet_c import LEVELS, TYPES
from pytest_brainscore.data.stimuli import corruptions
from pytest_brainscore.data.stimuli.corruptions import CorruptedImage, corrupt, corrupted
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable
from tests.support.stimuli import NoiseImage

IMAGE = NoiseImage(0, side=256, colour=True)
ALL_TYPES = [kind for kinds in TYPES.values() for kind in kinds]


def test_without_the_library_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(corruptions, "import_module", absent)
    with pytest.raises(DataUnavailable, match=r"pip install \"pytest-brainscore\[corruptions\]\""):
        corrupt(IMAGE.pixels(), "fog", 1, 0)


class TestWithTheLibrary:
    @pytest.fixture(autouse=True)
    def library(self) -> None:
        pytest.importorskip("imagecorruptions")

    @pytest.mark.parametrize("kind", ALL_TYPES)
    def test_the_same_seed_gives_the_same_pixels_and_numpy_is_left_alone(self, kind: str) -> None:
        np.random.seed(3)  # noqa: NPY002
        expected = np.random.rand()  # noqa: NPY002
        np.random.seed(3)  # noqa: NPY002
        first, second = (corrupt(IMAGE.pixels(), kind, 2, 7) for _ in range(2))
        assert np.random.rand() == expected  # noqa: NPY002
        assert first.shape == (224, 224, 3)
        assert first.dtype == np.uint8
        np.testing.assert_array_equal(first, second)
        assert (first != IMAGE.pixels()[16:240, 16:240]).any()

    def test_a_higher_level_changes_more(self) -> None:
        clean = IMAGE.pixels()[16:240, 16:240].astype(int)
        changes = [np.abs(corrupt(IMAGE.pixels(), "gaussian_noise", level, 0) - clean).mean() for level in LEVELS]
        assert changes == sorted(changes)

    def test_images_type_and_level_draw_differently(self) -> None:
        images = [CorruptedImage(IMAGE, source, "fog", level) for source in "ab" for level in (1, 2)]
        assert len({image.digest() for image in images}) == 4
        assert len({image.pixels().tobytes() for image in images}) == 4

    def test_grey_and_oblong_images_are_cropped_to_a_square(self) -> None:
        for shape in ((300, 500), (500, 100, 3)):
            assert corrupt(np.full(shape, 90, np.uint8), "brightness", 1, 0).shape == (224, 224, 3)

    def test_a_set_has_every_type_and_level_in_order(self, noise_stimuli: StimulusSet) -> None:
        result = corrupted(noise_stimuli.rows(slice(2)), ("fog", "frost"), (1, 2))
        assert result.table["noise_type"].tolist() == ["fog"] * 4 + ["frost"] * 4
        assert result.table["noise_level"].tolist() == [1, 1, 2, 2] * 2
        assert result.table["stimulus_id"].is_unique
        assert result.table["seed"].tolist() == [0, 1] * 4
