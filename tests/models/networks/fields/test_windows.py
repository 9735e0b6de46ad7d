"""Some units, read from the part of images that they see: what whole images give, bit for bit, or whole images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.ways import STORED, noting_ways
from pytest_brainscore.models.networks.network_reader import NetworkReader
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from tests.models.networks.fields.test_tracing import UNDERSTOOD, Doing, sequence
from tests.support.stimuli import NoiseImage

SIDE = 48


def noise(count: int = 17) -> StimulusSet:
    images = tuple(NoiseImage(seed, side=2 * SIDE, square=4, colour=bool(seed % 2)) for seed in range(count))
    return StimulusSet("noise", pd.DataFrame({"stimulus_id": range(count)}), images, degrees=8.0)


def reader_of(network: nn.Module, store: ActivationStore | None = None, *, size: int = SIDE) -> NetworkReader:
    torch.manual_seed(0)
    for parameter in network.parameters():
        nn.init.normal_(parameter)
    return NetworkReader(
        "tiny",
        network.eval(),
        preprocessing=Preprocessing(image_size=size),
        device=torch.device("cpu"),
        store=store or ActivationStore("off"),
    )


def units_near(shape: tuple[int, ...], axes: tuple[int, int], row: float, column: float) -> NDArray[np.intp]:
    """Return all units of 2 x 2 neighbouring places; from 0 for the first ones to 1 for the last ones."""
    places = np.indices(shape).reshape(3, -1)
    keep = np.ones(places.shape[1], bool)
    for axis, at in zip(axes, (row, column), strict=True):
        first = round(at * (shape[axis] - 2))
        keep &= (places[axis] >= first) & (places[axis] <= first + 1)
    return np.flatnonzero(keep)


def way_and_responses(
    reader: NetworkReader, layers: tuple[str, ...], stimuli: StimulusSet, neuroids: NDArray[np.intp]
) -> tuple[str, NDArray[np.float32]]:
    with noting_ways() as ways:
        responses = reader.read(layers, stimuli, neuroids=neuroids)
    (way,) = ways.values()
    return way, responses


# The softmax over channels of the last few places of a row is another kernel: there, the check finds other bits.
@pytest.mark.parametrize("name", sorted(UNDERSTOOD.keys() - {"softmax_of_channels"}))
def test_a_window_gives_what_the_whole_gives(name: str) -> None:
    network = UNDERSTOOD[name]()
    layer = next(reversed(dict(network.named_children())))
    reader = reader_of(network)
    stimuli, shape = noise(), reader.shapes((layer,))[layer]
    whole = reader.read((layer,), stimuli)
    for row, column in ((0, 0.6), (0.4, 0.5), (1, 1)):
        neuroids = units_near(shape, (1, 2), row, column)[::-1]
        way, found = way_and_responses(reader, (layer,), stimuli, neuroids)
        assert way.startswith("windows of ")
        assert found.tobytes() == np.ascontiguousarray(whole[:, neuroids]).tobytes()


def test_units_of_several_layers_share_a_window_and_axes_may_come_in_any_order() -> None:
    network = sequence(nn.MaxPool2d(2), nn.Conv2d(4, 5, 3, padding=1), nn.Conv2d(5, 5, 1), nn.Flatten())
    network[3].register_forward_hook(lambda _module, _inputs, output: output.permute(0, 2, 3, 1))
    network[4] = nn.Identity()
    reader = reader_of(network)
    layers = ("1", "3")
    shapes = reader.shapes(layers)
    first = units_near(shapes["1"], (1, 2), 0.3, 0.3)
    second = units_near(shapes["3"], (0, 1), 0.4, 0.3) + int(np.prod(shapes["1"]))
    stimuli = noise()
    whole = reader.read(layers, stimuli)
    for neuroids in (np.concatenate([second, first]), second):
        way, found = way_and_responses(reader, layers, stimuli, neuroids)
        assert way.startswith("windows of ")
        assert np.array_equal(found, whole[:, neuroids])


def _by_size(x: torch.Tensor) -> torch.Tensor:
    """Scale by a number that only the size decides on, and that no operation is told."""
    return x * torch.tensor([1.0, 1.5])[int(x.shape[-1] == SIDE)]


def _means(x: torch.Tensor) -> torch.Tensor:
    """Return the mean of each image, computed where PyTorch does not see it."""
    return torch.from_numpy(x.detach().numpy().mean((1, 2, 3), keepdims=True))


WHOLE: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], str]] = {
    "global": (lambda x: x - x.mean((2, 3), keepdim=True), "mean may see all of the image"),
    "other_numbers": (_by_size, "give other numbers"),
    "other_steps": (lambda x: x.relu() if x.shape[-1] == SIDE else x.sigmoid(), "something else"),
    "other_settings": (lambda x: x * (2.0 if x.shape[-1] == SIDE else 3.0), "something else"),
    "numbers_by_another_way": (lambda x: x * _means(x), "give other numbers"),
    "refused": (lambda x: x.view(-1, 4, SIDE, SIDE), "does not go through"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_images_are_shown_where_a_part_is_not_the_same(name: str) -> None:
    function, reason = WHOLE[name]
    reader = reader_of(Doing(function))
    stimuli = noise()
    neuroids = units_near((4, SIDE, SIDE), (1, 2), 0.5, 0.5)
    way, found = way_and_responses(reader, ("last",), stimuli, neuroids)
    assert way.startswith("whole images: ")
    assert reason in way
    assert np.array_equal(found, reader.read(("last",), stimuli)[:, neuroids])


def test_units_that_see_most_of_the_image_are_shown_all_of_it() -> None:
    reader = reader_of(sequence(nn.ReLU()))
    stimuli = noise()
    far_apart = np.array([0, SIDE * SIDE - 1])
    way, found = way_and_responses(reader, ("1",), stimuli, far_apart)
    assert way == "whole images: its units see most of the image"
    assert np.array_equal(found, reader.read(("1",), stimuli)[:, far_apart])


def test_means_of_places_and_other_reductions_are_read_from_whole_images() -> None:
    reader = reader_of(sequence(nn.ReLU()))
    way, _ = way_and_responses(reader, ("1#mean",), noise(), np.array([1]))
    assert way == "whole images"


def test_a_network_that_changes_is_refused_in_windows_too() -> None:
    class Forgetful(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = nn.Conv2d(3, 4, 3, padding=1), nn.Identity()
            self.passes = 0

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            self.passes += 1
            x: torch.Tensor = self.last(self.first(images) * (2.0 if self.passes > 30 else 1.0))
            return x

    with pytest.raises(ModelError, match="differently"):
        reader_of(Forgetful()).read(("last",), noise(400), neuroids=units_near((4, SIDE, SIDE), (1, 2), 0.5, 0.5))


def test_a_window_fills_the_store_as_whole_images_do(tmp_path: pytest.TempPathFactory) -> None:
    network, stimuli = sequence(nn.ReLU()), noise()
    neuroids = units_near((4, SIDE, SIDE), (1, 2), 0.5, 0.5)
    reader = reader_of(network, ActivationStore(folder=str(tmp_path)))
    first, found = way_and_responses(reader, ("1",), stimuli, neuroids)
    second, again = way_and_responses(reader, ("1",), stimuli, neuroids)
    assert first.startswith("windows of ")
    assert second == STORED
    assert found.tobytes() == again.tobytes()
