"""Windows: the part of an image that some units see, instead of all of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.models.networks.fields.input_parts import InputPart
from pytest_brainscore.models.networks.fields.steps import Interval, same_way, stands_for, window
from pytest_brainscore.models.networks.fields.tracing import NoRoute, Route, Target, trace
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.execution import Execution
from pytest_brainscore.models.networks.probing.survey import Reading, Survey

LARGEST: Final = 0.7
"""Part of an image that a window is, at most: checking it takes some images, too."""


@dataclass(frozen=True)
class Window:
    """A part of the network's input, and what layers answer to it."""

    prepare: InputPart
    """Writes it for an image."""
    readings: Mapping[str, Reading]
    """What is to be read of each layer."""
    units: NDArray[np.intp]
    """Where the units that it is for are among those that layers have for it."""


def find_window(
    survey: Survey,
    execution: Execution,
    preprocessing: Preprocessing,
    route: Route,
    neuroids: NDArray[np.intp],
) -> Window:
    """Return the window that some units see.

    Parameters
    ----------
    survey, execution, preprocessing
        The network.
    route
        From whole images to layers.
    neuroids
        Units, by their number among those of all layers of the route in their order.

    Raises
    ------
    NoRoute
        They see most of the image, or the network does something else with a smaller one.

    """
    chosen = _by_layer(route, neuroids)
    wanted = [_hulls(route, chosen, axis) for axis in (0, 1)]
    sides = [window(route.steps, hulls, axis) for axis, hulls in enumerate(wanted)]
    rows, columns = sides
    if rows is None or columns is None:
        raise NoRoute("its units do not depend on the image")
    size = route.steps[0].size
    if (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) > LARGEST * size[0] * size[1]:
        raise NoRoute("its units see most of the image")
    cut = _trace_part(survey, execution, route, rows, columns)
    down = stands_for(route.steps, cut.steps, rows[0], wanted[0], 0)
    across = stands_for(route.steps, cut.steps, columns[0], wanted[1], 1)
    if down is None or across is None or not same_way(route.steps, cut.steps):
        raise NoRoute("it does something else with a part of an image")
    units = np.empty(len(neuroids), np.intp)
    start = 0
    for layer, (which, places) in chosen.items():
        target, part = route.targets[layer], cut.targets[layer]
        if part.axes != target.axes:
            raise NoRoute("it does something else with a part of an image")
        for axis, begin in zip(target.axes, (down, across), strict=True):
            places[axis] -= begin[target.step] if which.size else 0
        units[which] = start + np.ravel_multi_index(tuple(places), part.shape)
        start += math.prod(part.shape)
    readings = {layer: replace(survey.reading(layer), shape=part.shape) for layer, part in cut.targets.items()}
    return Window(InputPart(preprocessing, rows, columns), readings, units)


def _by_layer(route: Route, neuroids: NDArray[np.intp]) -> dict[str, tuple[NDArray[np.intp], list[NDArray[np.intp]]]]:
    """Return for each layer which of the units are its, and their places along its axes."""
    found = {}
    start = 0
    for layer, target in route.targets.items():
        stop = start + math.prod(target.shape)
        which = np.flatnonzero((neuroids >= start) & (neuroids < stop))
        found[layer] = which, list(np.unravel_index(neuroids[which] - start, target.shape))
        start = stop
    return found


def _hulls(
    route: Route, chosen: Mapping[str, tuple[NDArray[np.intp], list[NDArray[np.intp]]]], axis: int
) -> dict[int, Interval]:
    """Return for each step that units are chosen of the stretch that they lie in."""
    hulls: dict[int, Interval] = {}
    for layer, (which, places) in chosen.items():
        if which.size:
            target: Target = route.targets[layer]
            along = places[target.axes[axis]]
            known = hulls.get(target.step, (int(along[0]), int(along[0])))
            hulls[target.step] = min(known[0], int(along.min())), max(known[1], int(along.max()))
    return hulls


def _trace_part(survey: Survey, execution: Execution, route: Route, rows: Interval, columns: Interval) -> Route:
    pixels = survey.input("mixed")[[0, -1], rows[0] : rows[1] + 1, columns[0] : columns[1] + 1]
    try:
        return trace(survey, execution, tuple(route.targets), np.ascontiguousarray(pixels))
    except NoRoute:
        raise
    except Exception as error:  # the network takes in whole images only
        raise NoRoute(f"a part of an image does not go through ({type(error).__name__})") from error
