"""Preprocessing: bitwise what torchvision's transforms give."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision import transforms
from torchvision.models import get_model_weights

from pytest_brainscore.data.stimulus_set import Pixels
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment import PreprocessingCommitment
from pytest_brainscore.models.networks import torchvision_preprocessing
from pytest_brainscore.models.preprocessing import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    Preprocessing,
    committed_preprocessing,
)


def noise(height: int, width: int) -> Pixels:
    return np.random.RandomState(0).randint(0, 256, (height, width, 3)).astype(np.uint8)


def apply(preprocessing: Preprocessing, pixels: Pixels) -> NDArray[np.float32]:
    """Return channels x height x width."""
    out = np.empty((preprocessing.image_size, preprocessing.image_size, 3), np.float32)
    preprocessing(pixels, out)
    return out.transpose(2, 0, 1)


SIZES = [(224, 224), (448, 448), (61, 97), (300, 200), (17, 9)]


@pytest.mark.parametrize("size", SIZES)
def test_imagenet_equals_torchvision(size: tuple[int, int]) -> None:
    pixels = noise(*size)
    oracle = transforms.Compose(
        [
            transforms.Resize((224, 224)),
            transforms.ToTensor(),
            transforms.Normalize(IMAGENET_MEAN, IMAGENET_STD),
        ]
    )
    np.testing.assert_array_equal(apply(Preprocessing(), pixels), oracle(Image.fromarray(pixels)).numpy())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["squeezenet1_1", "efficientnet_b0", "efficientnet_b1", "inception_v3", "vit_b_16"])
def test_weights_equals_the_transforms_of_torchvisions_weights(name: str, size: tuple[int, int]) -> None:
    pixels = noise(*size)
    oracle = get_model_weights(name)["DEFAULT"].transforms()
    preprocessing = torchvision_preprocessing(name, "DEFAULT")
    np.testing.assert_array_equal(apply(preprocessing, pixels), oracle(Image.fromarray(pixels)).numpy())


def test_every_8_bit_value_is_normalised_as_torchvision_does() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    oracle = transforms.Normalize(IMAGENET_MEAN, IMAGENET_STD)(transforms.ToTensor()(np.stack([ramp] * 3, axis=2)))
    assert torch.equal(torch.from_numpy(apply(Preprocessing(image_size=16), ramp).copy()), oracle)


@pytest.mark.parametrize("kind", ["imagenet", "weights"])
@pytest.mark.parametrize("size", SIZES)
def test_grey_images_give_what_their_colour_copies_give(kind: str, size: tuple[int, int]) -> None:
    preprocessing = Preprocessing(kind=kind)  # type: ignore[arg-type]
    grey = noise(*size)[:, :, 0]
    np.testing.assert_array_equal(apply(preprocessing, grey), apply(preprocessing, np.stack([grey] * 3, axis=2)))


def test_resampling_equals_published_values() -> None:
    """Golden values of the published system: 10 x 10 x 3 pixels, 0 to 299 modulo 256, resized."""
    pixels = (np.arange(300) % 256).astype(np.uint8).reshape(10, 10, 3)

    def plain(size: int) -> NDArray[np.float32]:
        preprocessing = Preprocessing(image_size=size, scale=1, mean=(0, 0, 0), std=(1, 1, 1))
        first: NDArray[np.float32] = apply(preprocessing, pixels)[0]
        return first

    assert plain(4).tolist() == [[33, 40, 47, 54], [100, 107, 114, 121], [176, 183, 184, 187], [162, 169, 113, 78]]
    assert plain(16)[0].tolist() == [0, 1, 3, 5, 7, 9, 11, 13, 14, 16, 18, 20, 22, 24, 26, 27]


def test_scale_mean_and_std_of_efficientnet_lite_are_exact() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    preprocessing = Preprocessing(image_size=16, scale=1, mean=(127, 127, 127), std=(128, 128, 128))
    np.testing.assert_array_equal(apply(preprocessing, ramp)[0], (ramp.astype(np.float64) - 127) / 128)


class TestCommitted:
    """What a commitment leaves open comes from the weights, or from the standard."""

    def test_standard(self) -> None:
        assert committed_preprocessing(PreprocessingCommitment(), None, "net") == Preprocessing()

    def test_given_fields_win(self) -> None:
        published = Preprocessing(kind="weights", image_size=240, resize=255, interpolation="bicubic")
        committed = PreprocessingCommitment(kind="weights", resize=300)
        preprocessing = committed_preprocessing(committed, published, "net")
        assert (preprocessing.image_size, preprocessing.resize, preprocessing.interpolation) == (240, 300, "bicubic")

    def test_the_published_kind_is_not_mixed_with_imagenet(self) -> None:
        published = Preprocessing(kind="weights", interpolation="bicubic")
        assert committed_preprocessing(PreprocessingCommitment(), published, "net") == Preprocessing()

    @pytest.mark.parametrize(
        ("committed", "reason"),
        [
            (PreprocessingCommitment(kind="pixels"), "imagenet or weights"),
            (PreprocessingCommitment(resize=256), "takes no resize"),
            (PreprocessingCommitment(kind="weights", image_size=384), "resized to 256 pixels cannot be cropped to 384"),
        ],
    )
    def test_contradictions_are_refused(self, committed: PreprocessingCommitment, reason: str) -> None:
        with pytest.raises(ModelError, match=reason):
            committed_preprocessing(committed, None, "net")
