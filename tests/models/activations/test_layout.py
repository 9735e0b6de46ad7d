"""Which axis of a layer's output is what, told by its shape; and the coordinates of units."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.models.activations.layout import layout_of, tokens_before
from pytest_brainscore.models.activations.neuroid_coordinates import neuroid_coordinates

# Shape of a layer of a published network with square input, and the place of its unit number `unit`.
PLACES: dict[str, tuple[tuple[int, ...], int, dict[str, int | None]]] = {
    "fully connected, 1000": ((1000,), 7, {"channel": 7}),
    "convolution, 64 x 56 x 56": (
        (64, 56, 56),
        2 * 56 * 56 + 3 * 56 + 4,
        {"channel": 2, "channel_x": 3, "channel_y": 4},
    ),
    "Swin stage, 56 x 56 x 96": ((56, 56, 96), (3 * 56 + 4) * 96 + 2, {"channel": 2, "channel_x": 3, "channel_y": 4}),
    "pooled convolution, 512 x 1 x 1": ((512, 1, 1), 5, {"channel": 5, "channel_x": 0, "channel_y": 0}),
    "all alike, 8 x 8 x 8": ((8, 8, 8), 64 + 8 * 2 + 3, {"channel": 1, "channel_x": 2, "channel_y": 3}),
    "attention, 12 x 197 x 197": ((12, 197, 197), 197 * 197, {"channel": 1, "channel_x": 0, "channel_y": 0}),
    "class token of ViT, 197 x 768": ((197, 768), 3, {"token": 0, "channel": 3, "channel_x": None, "channel_y": None}),
    "patch of ViT, 197 x 768": ((197, 768), 768 * 16, {"token": 16, "channel": 0, "channel_x": 1, "channel_y": 1}),
    "register of DINOv2, 261 x 384": ((261, 384), 384 * 4, {"token": 4, "channel_x": None}),
    "patch of DINOv2, 261 x 384": ((261, 384), 384 * 5, {"token": 5, "channel_x": 0, "channel_y": 0}),
    "patch of SigLIP, 196 x 768": (
        (196, 768),
        768 * 15 + 1,
        {"token": 15, "channel": 1, "channel_x": 1, "channel_y": 1},
    ),
    "words, 77 x 512": ((77, 512), 512 * 76, {"token": 76, "channel": 0, "channel_x": None}),
    "video, 64 x 8 x 28 x 28": ((64, 8, 28, 28), 28 * 28 * 9, {"channel": 1, "channel_temporal": 1, "channel_x": 0}),
    "video Swin, 8 x 28 x 28 x 64": ((8, 28, 28, 64), 64 * 28 * 28, {"channel": 0, "channel_temporal": 1}),
    "more axes than are known": ((2, 2, 2, 2, 2), 3, {"channel": None, "channel_x": None, "channel_y": None}),
}


@pytest.mark.parametrize("name", PLACES)
def test_where_a_unit_is(name: str) -> None:
    shape, unit, place = PLACES[name]
    coordinates = neuroid_coordinates("model", "V4", {"layer": layout_of(shape)})
    assert len(coordinates["neuroid_id"]) == np.prod(shape)
    for axis, expected in place.items():
        value = float(coordinates[axis][unit])
        assert np.isnan(value) if expected is None else value == expected, axis


def test_axes_that_are_declared_are_not_guessed() -> None:
    declared = {3: ("channel_x", "channel_y", "channel")}
    columns = layout_of((2, 2, 2), declared).columns()
    assert columns["channel"].tolist() == [0, 1] * 4
    assert columns["channel_x"].tolist() == [0] * 4 + [1] * 4


@pytest.mark.parametrize(
    ("count", "before"),
    [
        (197, 1),
        (198, 2),
        (50, 1),
        (257, 1),
        (261, 5),
        (196, 0),
        (49, 0),
        (5, 1),
        (4, 0),
        (77, None),
        (3, None),
        (1, None),
    ],
)
def test_tokens_before_those_of_the_patches(count: int, before: int | None) -> None:
    assert tokens_before(count) == before


def test_layers_of_all_kinds_are_joined() -> None:
    layouts = {"conv": layout_of((2, 3, 3)), "block": layout_of((5, 4)), "head": layout_of((6,))}
    units = neuroid_coordinates("model", "IT", layouts)
    assert {len(values) for values in units.values()} == {18 + 20 + 6}
    assert np.isnan(units["token"]).tolist() == [True] * 18 + [False] * 20 + [True] * 6
    assert not np.isnan(units["channel"]).any()
    assert units["neuroid_id"][18] == "model.block.0"
