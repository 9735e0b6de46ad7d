"""Extraction: the right numbers of the right modules, whatever the network does around them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.layer_reader import some_of
from pytest_brainscore.models.networks.extraction import LayerExtractor
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.images import COUNT as BATCH_SIZE
from tests.support.networks import IMAGE_SIZE, make_tiny_network
from tests.support.stimuli import NoiseImage

IMAGES = tuple(NoiseImage(seed, side=40, colour=True) for seed in range(2 * BATCH_SIZE + 5))


def extractor(network: nn.Module) -> LayerExtractor:
    return LayerExtractor(network, Preprocessing(image_size=IMAGE_SIZE), torch.device("cpu"), "tiny")


def extract(network: nn.Module, *layers: str, images: Sequence[NoiseImage] = IMAGES) -> NDArray[np.float32]:
    return np.concatenate([batch.copy() for batch in extractor(network).batches(images, layers)])


def inputs(images: Sequence[NoiseImage] = IMAGES) -> torch.Tensor:
    pixels = np.empty((len(images), IMAGE_SIZE, IMAGE_SIZE, 3), np.float32)
    for row, image in enumerate(images):
        Preprocessing(image_size=IMAGE_SIZE)(image.pixels(), pixels[row])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()


class Counted(nn.Module):
    """Counts its forward passes."""

    def __init__(self) -> None:
        super().__init__()
        self.passes = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.passes += 1
        return x


class TestValues:
    """What the network itself computes."""

    def test_activations_are_the_modules_output_in_channel_row_column_order(self) -> None:
        network = make_tiny_network()
        with torch.inference_mode():
            expected = network.get_submodule("first")(inputs()).numpy()
        assert expected.shape == (len(IMAGES), 6, 16, 16)
        flat = extract(network, "first.relu")
        np.testing.assert_allclose(flat, expected.reshape(len(IMAGES), -1), rtol=1e-5, atol=1e-6)

    def test_layers_are_joined_in_the_order_given(self) -> None:
        network = make_tiny_network()
        joined = extract(network, "readout", "first.relu")
        assert joined.shape == (len(IMAGES), 10 + 6 * 16 * 16)
        np.testing.assert_array_equal(joined[:, :10], extract(network, "readout"))
        np.testing.assert_array_equal(joined[:, 10:], extract(network, "first.relu"))

    def test_what_follows_in_place_does_not_reach_back(self) -> None:
        before = extract(make_tiny_network(), "first.conv")
        assert (before < 0).any()
        np.testing.assert_array_equal(np.maximum(before, 0), extract(make_tiny_network(), "first.relu"))

    def test_a_module_used_twice_is_read_at_its_last_use(self) -> None:
        class Twice(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.relu = nn.ReLU()
                self.pool = nn.AvgPool2d(8)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.relu(1 - self.pool(self.relu(x)))  # type: ignore[no-any-return]

        with torch.inference_mode():
            expected = Twice()(inputs()).flatten(1).numpy()
        np.testing.assert_allclose(extract(Twice(), "relu"), expected, rtol=1e-5, atol=1e-6)
        assert extract(Twice(), "relu", "pool").shape == (len(IMAGES), 2 * 3 * 4 * 4)

    def test_a_dead_layer_gives_zeros(self) -> None:
        network = make_tiny_network()
        network.get_parameter("first.conv.weight").data.zero_()
        network.get_parameter("first.conv.bias").data.fill_(-1)
        assert not extract(network, "first.relu").any()

    def test_half_precision_networks_get_half_precision_input(self) -> None:
        half = extract(make_tiny_network().to(torch.bfloat16), "second")
        assert half.dtype == np.float32
        np.testing.assert_allclose(half, extract(make_tiny_network(), "second"), atol=0.05)

    def test_dropout_and_batch_statistics_are_off(self) -> None:
        network = nn.Sequential(nn.BatchNorm2d(3), nn.Dropout(0.5)).train()
        np.testing.assert_array_equal(extract(network, "1"), extract(network, "1", images=IMAGES))

    def test_one_number_an_image_is_one_unit(self) -> None:
        class Mean(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x.flatten(1).mean(1)

        assert extract(nn.Sequential(Mean()), "0").shape == (len(IMAGES), 1)


class TestIndependence:
    """Bitwise the same, whatever else is computed along."""

    LAYERS = ("first.relu", "readout")

    def test_of_the_order_of_images(self) -> None:
        order = np.random.RandomState(0).permutation(len(IMAGES))
        shuffled = extract(make_tiny_network(), *self.LAYERS, images=[IMAGES[index] for index in order])
        np.testing.assert_array_equal(shuffled, extract(make_tiny_network(), *self.LAYERS)[order])

    def test_of_the_number_of_images(self) -> None:
        everything = extract(make_tiny_network(), *self.LAYERS)
        for count in (1, BATCH_SIZE, BATCH_SIZE + 1):
            some = extract(make_tiny_network(), *self.LAYERS, images=IMAGES[:count])
            np.testing.assert_array_equal(some, everything[:count])

    def test_of_the_number_of_threads(self) -> None:
        threads = torch.get_num_threads()
        try:
            results = []
            for count in (1, 2):
                torch.set_num_threads(count)
                results.append(extract(make_tiny_network(), *self.LAYERS))
        finally:
            torch.set_num_threads(threads)
        np.testing.assert_array_equal(results[0], results[1])


class TestEconomy:
    """No more of the network is run than needed."""

    def test_the_pass_ends_with_the_last_layer_asked_for(self) -> None:
        after = Counted()
        network = nn.Sequential(make_tiny_network(), after)
        reader = extractor(network)
        reader.shapes(("0.first",))
        whole = after.passes
        assert list(reader.batches(IMAGES, ("0.first",)))
        assert after.passes == whole, "only finding out the shapes takes whole passes"

    def test_shapes_are_found_out_once(self) -> None:
        counted = Counted()
        reader = extractor(nn.Sequential(counted, nn.ReLU()))
        passes = set()
        for _ in range(3):
            assert reader.shapes(("1",)) == {"1": (3, IMAGE_SIZE, IMAGE_SIZE)}
            passes.add(counted.passes)
        assert len(passes) == 1

    def test_no_hook_stays_behind(self) -> None:
        network = make_tiny_network()
        extract(network, "first.relu")
        assert not any(module._forward_hooks for module in network.modules())

    def test_images_are_read_batch_by_batch(self) -> None:
        read = []

        class Watched(NoiseImage):
            def pixels(self) -> NDArray[np.uint8]:
                read.append(self.seed)
                return super().pixels()

        images = [Watched(seed, side=8) for seed in range(3 * BATCH_SIZE)]
        next(extractor(make_tiny_network()).batches(images, ("second",)))
        assert read == list(range(BATCH_SIZE))


class TestErrors:
    """One sentence that names the layer."""

    def refused(self, network: nn.Module, layer: str, reason: str) -> None:
        with pytest.raises(ModelError, match=reason) as caught:
            extractor(network).shapes((layer,))
        assert "\n" not in str(caught.value)

    def test_an_unknown_layer_suggests_near_ones(self) -> None:
        self.refused(make_tiny_network(), "first.rellu", r"no layer 'first\.rellu'; did you mean first\.relu")

    def test_a_layer_unlike_any_other_still_shows_some(self) -> None:
        self.refused(make_tiny_network(), "zzz", "did you mean first")

    def test_a_layer_that_is_never_run(self) -> None:
        network = make_tiny_network()
        network.get_submodule("first").add_module("unused", nn.Sequential())
        network.get_submodule("first").forward = lambda x: network.get_submodule("first.conv")(x)
        self.refused(network, "first.unused", r"first\.unused of tiny takes no part")

    def test_a_layer_that_only_some_images_reach(self) -> None:
        class Early(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.late = nn.ReLU()

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.late(x) if x.mean() > 1 else x

        with pytest.raises(ModelError, match="late of tiny is used more often for some images"):
            extract(Early(), "late")

    def test_an_output_without_the_images_as_first_axis(self) -> None:
        class Transposed(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x.transpose(0, 1)

        self.refused(nn.Sequential(Transposed()), "0", "first axis is not the images")

    def test_a_network_for_another_image_size(self) -> None:
        network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 64, 2))
        self.refused(network, "1", "cannot process an image of 32 x 32 pixels .*image_size")


def test_some_of_spreads_over_the_depth() -> None:
    layers = [str(number) for number in range(100)]
    assert some_of(layers) == ["0", "25", "50", "74", "99"]
    assert some_of(layers[:2]) == ["0", "1"]
    assert some_of([]) == []


def test_units_of_squeezenet(reference_data: Path) -> None:
    from torchvision.models import squeezenet1_1

    reader = LayerExtractor(squeezenet1_1(), Preprocessing(), torch.device("cpu"), "squeezenet1_1")
    layers = ("features.2", "features.6.expand3x3_activation", "features.9.expand3x3_activation", "features.12")
    units = {layer: int(np.prod(shape)) for layer, shape in reader.shapes(layers).items()}
    assert list(units.values()) == [193_600, 93_312, 32_448, 2 * 43_264]
