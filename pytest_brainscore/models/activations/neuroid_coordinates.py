"""What is known of each unit of a region: its layer, its number in it, and its place in the layer's output."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

LayerShapes = Mapping[str, tuple[int, ...]]
"""Shape of the output of each layer for one stimulus, by the name of the layer."""

AXIS_NAMES: Final = {
    1: ("channel",),
    2: ("channel", "embedding"),
    3: ("channel", "channel_x", "channel_y"),
    4: ("channel_temporal", "channel_x", "channel_y", "channel"),
}
"""Coordinate for each axis of a layer's output, by number of axes: fully connected, transformer, convolution, video.
As published, channel_x is the vertical index and channel_y the horizontal one."""


def neuroid_coordinates(
    model: str, region: str, shapes: LayerShapes, axis_names: Mapping[int, tuple[str, ...]] = AXIS_NAMES
) -> dict[str, NDArray[np.generic]]:
    """Return the coordinates of the units of a region.

    Parameters
    ----------
    model, region
        Names, for the coordinates of these names and for ``neuroid_id``, which is model.layer.number.
    shapes
        Shape of the output of each layer of the region, in the order in which their units are joined.
    axis_names
        Coordinate for each axis of a layer's output, by number of axes.

    Returns
    -------
    dict
        Coordinate name -> one value per unit. ``channel``, ``channel_x`` and ``channel_y`` are always there, NaN for
        layers without such an axis, so that layers of different kinds can be joined.

    """
    axes = {layer: axis_names.get(len(shape), ()) for layer, shape in shapes.items()}
    named = dict.fromkeys(("channel", "channel_x", "channel_y")) | dict.fromkeys(
        name for names in axes.values() for name in names
    )
    columns: dict[str, list[NDArray[np.generic]]] = {"layer": [], "neuroid_num": [], **{name: [] for name in named}}
    for layer, shape in shapes.items():
        size = math.prod(shape)
        columns["layer"].append(np.full(size, layer))
        columns["neuroid_num"].append(np.arange(size))
        indices = dict(zip(axes[layer], np.indices(shape).reshape(len(shape), size), strict=False))
        for name in named:
            columns[name].append(indices[name].astype(float) if name in indices else np.full(size, np.nan))
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    identifiers = [
        f"{model}.{layer}.{number}"
        for layer, number in zip(joined["layer"].tolist(), joined["neuroid_num"].tolist(), strict=True)
    ]
    constant = {"region": region, "model": model}
    return {
        "neuroid_id": np.array(identifiers),
        **joined,
        **{name: np.full(len(identifiers), value) for name, value in constant.items()},
    }
