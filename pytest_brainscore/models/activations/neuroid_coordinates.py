"""What is known of each unit of a region: its layer, its number in it, and its place in the layer's output."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.models.activations.layout import ALWAYS, LayerLayouts

LayerShapes = Mapping[str, tuple[int, ...]]
"""Shape of the output of each whole layer for one stimulus, by the name of the layer."""


def neuroid_coordinates(model: str, region: str, layouts: LayerLayouts) -> dict[str, NDArray[np.generic]]:
    """Return the coordinates of the units of a region.

    Parameters
    ----------
    model, region
        Names, for the coordinates of these names and for ``neuroid_id``, which is model.layer.number.
    layouts
        Of each layer of the region, in the order in which their units are joined.

    Returns
    -------
    dict
        Coordinate name -> one value per unit. ``channel``, ``channel_x`` (vertical) and ``channel_y`` (horizontal) are
        always there, NaN for layers without such an axis, so that layers of different kinds can be joined. Patch tokens
        have the row and column of their patch; ``token`` is the number of any token.

    """
    columns = {layer: layout.columns() for layer, layout in layouts.items()}
    names = dict.fromkeys([*ALWAYS, *(name for of_layer in columns.values() for name in of_layer)])
    sizes = {layer: layout.size for layer, layout in layouts.items()}
    joined: dict[str, NDArray[np.generic]] = {
        "layer": np.concatenate([np.full(size, layer) for layer, size in sizes.items()]),
        "neuroid_num": np.concatenate([np.arange(size) for size in sizes.values()]),
    }
    for name in names:
        joined[name] = np.concatenate(
            [columns[layer].get(name, np.full(size, np.nan)) for layer, size in sizes.items()]
        )
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
