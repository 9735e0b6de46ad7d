"""What units see of an image: at least every pixel that changes them, and of what is not understood, all of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from pytest_brainscore.models.networks.extraction import LayerExtractor
from pytest_brainscore.models.networks.fields.steps import fields, scales
from pytest_brainscore.models.networks.fields.tracing import NoRoute, Route
from pytest_brainscore.models.networks.preprocessing import Preprocessing

SIDE = 24


class Doing(nn.Module):
    """A network of one function between two convolutions; its last module is called ``last``."""

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.function = function
        self.last = nn.Identity()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        last: torch.Tensor = self.last(self.function(self.first(images)))
        return last


class ChannelsLast(nn.Module):
    """A block of ConvNeXt: depthwise convolution, then layer norm and linear layers on the last axis."""

    def __init__(self) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(4, 4, 5, padding=2, groups=4)
        self.norm, self.wide, self.narrow = nn.LayerNorm(4), nn.Linear(4, 8), nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.depthwise(x).permute(0, 2, 3, 1)
        y = self.narrow(functional.gelu(self.wide(self.norm(y))))
        added: torch.Tensor = x + y.permute(0, 3, 1, 2)
        return added


def shuffled(x: torch.Tensor) -> torch.Tensor:
    images, channels, rows, columns = x.shape
    return x.view(images, 2, channels // 2, rows, columns).transpose(1, 2).reshape(images, channels, rows, columns)


def sequence(*parts: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), *parts)


UNDERSTOOD: dict[str, Callable[[], nn.Module]] = {
    "convolutions": lambda: sequence(nn.ReLU(inplace=True), nn.Conv2d(4, 4, 3, stride=2, dilation=2)),
    "no_padding": lambda: sequence(nn.Conv2d(4, 4, 5, stride=3), nn.Conv2d(4, 4, (1, 3), padding=(0, 1))),
    "max_pool": lambda: sequence(nn.MaxPool2d(3, 2, ceil_mode=True), nn.Conv2d(4, 2, 3, padding=1)),
    "mean_pool": lambda: sequence(nn.AvgPool2d(3, 2, padding=1), nn.BatchNorm2d(4), nn.Hardswish()),
    "padding": lambda: sequence(nn.ZeroPad2d((2, 1, 0, 3)), nn.Conv2d(4, 4, 3)),
    "residual": lambda: Doing(lambda x: x + functional.max_pool2d(x, 5, 1, 2)),
    "joined": lambda: Doing(lambda x: torch.cat([x[:, 1:], functional.avg_pool2d(x, 3, 1, 1)], 1)),
    "in_place": lambda: Doing(lambda x: x.mul_(2).add_(functional.avg_pool2d(x, 3, 1, 1))),
    "split": lambda: Doing(lambda x: torch.cat(x.chunk(2, 1)[::-1], 1)),
    "every_other": lambda: Doing(lambda x: x[:, :, ::2, ::2]),
    "shuffle": lambda: Doing(shuffled),
    "softmax_of_channels": lambda: Doing(lambda x: x.softmax(1) * x.mean(1, keepdim=True)),
    "channels_last": lambda: sequence(ChannelsLast(), nn.Conv2d(4, 4, 2, stride=2)),
}

NOT_UNDERSTOOD: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], str]] = {
    "global_pooling": (lambda x: functional.adaptive_avg_pool2d(x, 1), "may see all"),
    "squeeze_and_excitation": (lambda x: x * x.mean((2, 3), keepdim=True).sigmoid(), "mean may see all"),
    "attention": (lambda x: functional.softmax(x.flatten(2), -1).view_as(x), "may see all"),
    "tokens": (lambda x: x.flatten(2).transpose(1, 2), "may see all"),
    "interpolation": (lambda x: functional.interpolate(x, scale_factor=2), "may see all"),
    "roll": (lambda x: x.roll(1, 2), "roll may see all"),
    "flip": (lambda x: x.flip(3), "flip may see all"),
    "reflection": (lambda x: functional.pad(x, (1, 1, 1, 1), mode="reflect"), "may see all"),
    "crop": (lambda x: x[:, :, 2:], "slice may see all"),
    "group_norm": (lambda x: functional.group_norm(x, 2), "may see all"),
    "instance_norm": (lambda x: functional.instance_norm(x), "may see all"),
    "batch_statistics": (lambda x: functional.batch_norm(x, None, None, training=True), "may see all"),
    "transposed": (lambda x: functional.conv_transpose2d(x, torch.ones(4, 4, 2, 2), stride=2), "may see all"),
    "dynamic_weights": (lambda x: functional.conv2d(x, x[:1, :, :3, :3]), "may see all"),
    "places": (lambda x: x + torch.linspace(0, 1, x.shape[-1]), "add may see all"),
    "mask": (lambda x: x * torch.ones(x.shape[-2:]), "mul may see all"),
    "written_into_zeros": (lambda x: torch.zeros_like(x).index_copy_(1, torch.arange(2), x[:, :2]), "may see all"),
    "part_of_zeros": (lambda x: _first_channels_of_zeros(x), "may see all"),
    "decides": (lambda x: x * 2 if x.mean() > 0 else x, "looks at numbers"),
    "like_the_image": (lambda x: torch.zeros_like(x), "may see all"),
    "constant": (lambda x: torch.zeros(len(x), 1, 4, 4), "does not depend"),
    "matrix": (lambda x: x @ torch.ones(x.shape[-1], x.shape[-1]), "may see all"),
}


def _first_channels_of_zeros(x: torch.Tensor) -> torch.Tensor:
    out = torch.zeros(x.shape)
    out[:, :2] = x[:, :2]
    return out + 1


def extractor(network: nn.Module) -> LayerExtractor:
    torch.manual_seed(0)
    for parameter in network.parameters():
        nn.init.uniform_(parameter, 0.5, 1.0)  # nothing cancels
    return LayerExtractor(network.eval(), Preprocessing(image_size=SIDE), torch.device("cpu"), "tiny")


def route_of(network: nn.Module, layer: str) -> Route:
    made = extractor(network)
    made.shapes((layer,))
    return made.route((layer,))


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_no_pixel_outside_of_the_field_changes_a_unit(name: str) -> None:
    network = UNDERSTOOD[name]()
    layer = next(reversed(dict(network.named_children())))
    route = route_of(network, layer)
    target = route.targets[layer]
    image = torch.rand(1, 3, SIDE, SIDE) * 0.1
    found: list[torch.Tensor] = []
    network.get_submodule(layer).register_forward_hook(lambda _module, _inputs, output: found.append(output.clone()))
    with torch.inference_mode():
        network(image)
        seen = [np.zeros((target.shape[axis], SIDE), bool) for axis in target.axes]
        for place in range(SIDE):
            for axis in (0, 1):
                changed = image.clone()
                changed.select(2 + axis, place).add_(3)  # a row, or a column
                network(changed)
                others = tuple(other for other in range(3) if other != target.axes[axis])
                seen[axis][:, place] = (found[-1] != found[0])[0].numpy().any(axis=others)
    for axis in (0, 1):
        claimed = np.zeros_like(seen[axis])
        for place, (first, last) in enumerate(fields(route.steps, target.step, axis)):
            claimed[place, first : last + 1] = True
        assert not (seen[axis] & ~claimed).any()
        reach = [np.flatnonzero(row) for row in seen[axis]]
        assert (
            sum(row[-1] - row[0] + 1 for row in reach if row.size) >= 0.7 * claimed.sum()
        )  # and hardly more is claimed


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
def test_what_is_not_understood_may_see_everything(name: str) -> None:
    function, reason = NOT_UNDERSTOOD[name]
    with pytest.raises(NoRoute, match=reason):
        route_of(Doing(function), "last")


def test_a_hook_that_changes_what_a_layer_returns_is_part_of_the_way() -> None:
    plain, hooked, blind = (sequence(nn.ReLU()) for _ in range(3))
    hooked[1].register_forward_hook(lambda _module, _inputs, output: functional.max_pool2d(output, 3, 1, 1))
    blind[1].register_forward_hook(lambda _module, _inputs, output: output - output.mean((2, 3), keepdim=True))
    route = route_of(plain, "1")
    assert fields(route.steps, route.targets["1"].step, 0)[10] == (9, 11)
    route = route_of(hooked, "1")
    assert fields(route.steps, route.targets["1"].step, 0)[10] == (8, 12)
    with pytest.raises(NoRoute):
        route_of(blind, "1")


def test_each_use_of_a_module_is_a_layer_of_its_own() -> None:
    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.again = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 3, padding=1)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            x = self.first(images)
            for _ in range(3):
                x = self.again(x)
            last: torch.Tensor = x
            return last

    for step, width in (("again@0", 3), ("again@1", 5), ("again", 7)):
        route = route_of(Recurrent(), step)
        first, last = fields(route.steps, route.targets[step].step, 1)[12]
        assert last - first + 1 == width


def test_distances_between_units_multiply() -> None:
    route = route_of(sequence(nn.MaxPool2d(2), nn.Conv2d(4, 4, 3, stride=3, padding=1)), "2")
    assert scales(route.steps, 0)[route.targets["2"].step] == 6
