"""Preprocessing: bitwise what torchvision's transforms give."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision import transforms
from torchvision.models import get_model_weights

from pytest_brainscore.data.stimuli.stimulus_set import Pixels
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment.commitment import PreprocessingCommitment, read_commitment
from pytest_brainscore.models.networks.preprocessing import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    Preprocessing,
    committed_preprocessing,
)
from pytest_brainscore.models.sources.build_network import torchvision_classifiers, torchvision_preprocessing
from pytest_brainscore.resources import resource_folder


def noise(height: int, width: int) -> Pixels:
    return np.random.RandomState(0).randint(0, 256, (height, width, 3)).astype(np.uint8)


def apply(preprocessing: Preprocessing, pixels: Pixels) -> NDArray[np.float32]:
    """Return channels x height x width."""
    out = np.empty((preprocessing.image_size, preprocessing.image_size, 3), np.float32)
    preprocessing(pixels, out)
    return out.transpose(2, 0, 1)


def published_transforms() -> dict[str, tuple[str, str]]:
    """Return each different transform of torchvision's classifiers, with a network and its weights."""
    return {
        repr(entry.transforms()): (name, entry.name)
        for name in torchvision_classifiers()
        for entry in get_model_weights(name)
    }


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
@pytest.mark.parametrize(("name", "weights"), published_transforms().values())
def test_weights_equals_the_transforms_of_torchvisions_weights(name: str, weights: str, size: tuple[int, int]) -> None:
    pixels = noise(*size)
    oracle = get_model_weights(name)[weights].transforms()
    preprocessing = torchvision_preprocessing(name, weights)
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
            (PreprocessingCommitment(crop="squash"), "takes no crop"),
            (PreprocessingCommitment(kind="weights", resize=200), "resized to 200 pixels cannot be cropped to 224"),
            (PreprocessingCommitment(kind="weights", image_size=384), "resized to 256 pixels cannot be cropped to 384"),
        ],
    )
    def test_contradictions_are_refused(self, committed: PreprocessingCommitment, reason: str) -> None:
        with pytest.raises(ModelError, match=reason):
            committed_preprocessing(committed, None, "net")

    def test_published_weights_may_want_a_margin(self) -> None:
        published = Preprocessing(kind="weights", image_size=448, resize=389)
        assert committed_preprocessing(PreprocessingCommitment(kind="weights"), published, "net") == published

    def test_the_crop_is_described_where_it_is_not_the_rule(self) -> None:
        assert "crop" not in Preprocessing(kind="weights").description()
        assert "crop" not in Preprocessing().description()
        squashed = committed_preprocessing(PreprocessingCommitment(kind="weights", crop="squash"), None, "net")
        assert squashed.description()["crop"] == "squash"


NAN, INFINITE = float("nan"), float("inf")
IMAGENET_255 = tuple(255 * value for value in IMAGENET_MEAN), tuple(255 * value for value in IMAGENET_STD)


class TestRange:
    """Black and white become what a network can have been trained on, or the commitment is refused."""

    def committed(self, mean: object, std: object, scale: float | None) -> Preprocessing:
        fields = {"mean": mean, "std": std, "scale": scale}
        given = {name: value for name, value in fields.items() if value is not None}
        return committed_preprocessing(PreprocessingCommitment(**given), None, "net")  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("mean", "std", "scale"),
        [
            (None, None, None),
            ((0.5,) * 3, (0.5,) * 3, None),
            ((0, 0, 0), (1, 1, 1), None),
            ((0.5,) * 3, (1, 1, 1), None),
            ((0.1307,) * 3, (0.3081,) * 3, None),
            ((0.43, 0.411, 0.296), (0.213, 0.156, 0.143), None),
            (*IMAGENET_255, 1),
            ((123.68, 116.78, 103.94), (1, 1, 1), 1),
            ((0, 0, 0), (1, 1, 1), 1),
            ((127, 127, 127), (128, 128, 128), 1),
            ((1, 1, 1), (1, 1, 1), 127.5),
            ((127.5,) * 3, (127.5,) * 3, 1),
        ],
    )
    def test_published_ways_are_taken(self, mean: object, std: object, scale: float | None) -> None:
        self.committed(mean, std, scale)

    @pytest.mark.parametrize(
        ("mean", "std", "scale"),
        [
            (*IMAGENET_255, None),
            (*IMAGENET_255, 255),
            ((123.675, 116.28, 103.53), None, None),
            (None, (58.395, 57.12, 57.375), None),
            (None, None, 1),
            ((0.5,) * 3, (0.5,) * 3, 1),
            ((0, 0, 0), (0.5,) * 3, 1),
            ((0.485, 0.456, 0.406), (1, 1, 1), 1),
            (None, None, 255**2),
            (None, None, 2.55),
            (None, None, 1e-9),
            (None, None, 1e300),
            ((0, 0, 0), (255, 255, 255), None),
            ((0.485, 0.456, 406), None, None),
            (None, (0.229, 0.224, 225), None),
            (None, (0.229, 0.224, 0.00225), None),
            (None, (1e-30,) * 3, None),
            (None, (1e30,) * 3, None),
            ((1e30,) * 3, None, None),
            ((1e-30,) * 3, None, None),
            (None, (5e-324,) * 3, None),
        ],
    )
    def test_numbers_that_do_not_belong_together(self, mean: object, std: object, scale: float | None) -> None:
        with pytest.raises(ModelError, match=r"net: with mean .*, black to white become .*scale = 255, or .*scale = 1"):
            self.committed(mean, std, scale)

    @pytest.mark.parametrize("where", range(3))
    @pytest.mark.parametrize("value", [NAN, INFINITE, -INFINITE])
    def test_what_is_not_finite(self, where: int, value: float) -> None:
        numbers = [0.5, 0.5, 0.5]
        numbers[where] = value
        for mean, std in ((tuple(numbers), None), (None, tuple(numbers))):
            with pytest.raises(ModelError, match="are not all finite"):
                self.committed(mean, std, None)
        with pytest.raises(ModelError, match="are not all finite"):
            self.committed(None, None, abs(value))

    @pytest.mark.parametrize(
        ("mean", "std"),
        [(None, (0.5, 0.5, 0)), (None, (0.5, -0.5, 0.5)), ((-0.5, 0.5, 0.5), None), (None, (-0.0,) * 3)],
    )
    def test_what_is_not_positive(self, mean: object, std: object) -> None:
        with pytest.raises(ModelError, match="are not positive; give a positive scale and std"):
            self.committed(mean, std, None)

    @pytest.mark.parametrize("name", ["efficientnet_lite0", "squeezenet1_1", "alexnet"])
    def test_shipped_commitments_are_taken(self, name: str) -> None:
        committed = read_commitment(resource_folder("fixtures/models") / f"{name}.toml").preprocessing
        committed_preprocessing(committed, None, name)
