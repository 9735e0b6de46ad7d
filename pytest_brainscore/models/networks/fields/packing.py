"""Small stimuli, several on one image: so far apart that no unit sees two of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.drawing import Box, Drawing, Spots, drawing_of
from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet
from pytest_brainscore.models.networks.fields.input_parts import shown
from pytest_brainscore.models.networks.fields.steps import Interval, fields
from pytest_brainscore.models.networks.fields.tracing import Route
from pytest_brainscore.models.networks.preprocessing import Preprocessing

FEWER: Final = 2
"""Packed images are worth it where there are so many times fewer of them."""

_Boxes = NDArray[np.int64]
"""First and last row, first and last column, of the input: stimuli x 2 x 2."""


@dataclass(frozen=True)
class Packing:
    """Which images show what was to be shown one by one, and who sees what of it."""

    stimuli: StimulusSet
    """The images, run by run; the last run shows the ground alone."""
    groups: NDArray[np.intp]
    """Run of the images that shows each run of stimuli."""
    sees: Mapping[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]]
    """For each layer: runs of stimuli x its rows, and x its columns, that anything of a run can have an effect on."""
    route: Route

    def unpacked(
        self,
        responses: NDArray[np.float32],
        units: NDArray[np.intp],
        runs: NDArray[np.intp],
        groups: NDArray[np.intp],
    ) -> NDArray[np.float32]:
        """Return responses to runs of stimuli one by one.

        Parameters
        ----------
        responses
            To runs of the images: runs x all units of the layers; the last one to the ground alone.
        units
            Units to return, by their number.
        runs
            Runs of stimuli to return.
        groups
            For each of them the row of `responses` that shows it.

        """
        found = np.empty((len(runs), len(units)), np.float32)
        start = 0
        for layer, target in self.route.targets.items():
            stop = start + math.prod(target.shape)
            which = np.flatnonzero((units >= start) & (units < stop))
            if which.size:
                places = np.unravel_index(units[which] - start, target.shape)
                rows, columns = (
                    mask[runs][:, places[axis]] for mask, axis in zip(self.sees[layer], target.axes, strict=True)
                )
                chosen = responses[:, units[which]]
                found[:, which] = np.where(rows & columns, chosen[groups], chosen[-1])
            start = stop
        return found


def pack(stimuli: StimulusSet, maximum_over: int, preprocessing: Preprocessing, route: Route) -> Packing | None:
    """Put small stimuli together on images.

    Parameters
    ----------
    stimuli
        Their number is a multiple of `maximum_over`.
    maximum_over
        Consecutive stimuli that belong together: a run.
    preprocessing
        From pixels to the input of the network.
    route
        From images to the layers that are to be read.

    Returns
    -------
    Packing or None
        None where images are no spots on one ground, or too few would be saved.

    """
    drawings = _spots(stimuli.images)
    if drawings is None:
        return None
    boxes = _shown(drawings, maximum_over, preprocessing)
    if boxes is None:
        return None
    seen = {
        layer: [fields(route.steps, target.step, axis) for axis in (0, 1)] for layer, target in route.targets.items()
    }
    widest = [max(last - first + 1 for sides in seen.values() for first, last in sides[axis]) for axis in (0, 1)]
    groups = _groups(boxes, widest, len(boxes) // FEWER)
    if groups is None:
        return None
    images: list[StimulusImage] = []
    for group in [*range(int(groups.max()) + 1), -1]:
        members = np.flatnonzero(groups == group)
        for place in range(maximum_over):
            shown_there = tuple(stimuli.images[run * maximum_over + place] for run in members.tolist())
            images.append(Spots(drawings[0].shape, drawings[0].ground, shown_there))
    table = stimuli.table.iloc[np.arange(len(images)) % len(stimuli)].assign(stimulus_id=range(len(images)))
    together = replace(stimuli, identifier=f"{stimuli.identifier}, several on an image", table=table, images=images)
    sees = {layer: (_effects(boxes[:, 0], sides[0]), _effects(boxes[:, 1], sides[1])) for layer, sides in seen.items()}
    return Packing(together, groups, sees, route)


def _spots(images: Sequence[StimulusImage]) -> list[Drawing] | None:
    """Return how images are drawn; None unless all are spots on the same ground."""
    found: list[Drawing] = []
    for image in images:
        drawing = drawing_of(image)
        alike = drawing is not None and (
            not found or (drawing.shape, drawing.ground) == (found[0].shape, found[0].ground)
        )
        if drawing is None or drawing.spot is None or not alike:
            return None
        found.append(drawing)
    return found or None


def _shown(drawings: Sequence[Drawing], maximum_over: int, preprocessing: Preprocessing) -> _Boxes | None:
    """Return what of the input each run of spots can have an effect on."""
    boxes = []
    for start in range(0, len(drawings), maximum_over):
        spots = [each.spot for each in drawings[start : start + maximum_over] if each.spot is not None]
        sides = [
            slice(min(spot[axis].start for spot in spots), max(spot[axis].stop for spot in spots)) for axis in (0, 1)
        ]
        box: Box = sides[0], sides[1]
        seen = shown(preprocessing, drawings[0].shape, box)
        if seen is None:
            return None
        boxes.append(seen)
    return np.array(boxes, np.int64)


def _groups(boxes: _Boxes, widest: Sequence[int], most: int) -> NDArray[np.intp] | None:
    """Put each box into the first group of boxes that no field reaches from; None if there are more than `most`."""
    groups = np.zeros(len(boxes), np.intp)
    count = 0
    for number, box in enumerate(boxes):
        earlier = boxes[:number]
        apart = [
            (box[axis, 0] - earlier[:, axis, 1] >= widest[axis]) | (earlier[:, axis, 0] - box[axis, 1] >= widest[axis])
            for axis in (0, 1)
        ]
        near = set(groups[:number][~(apart[0] | apart[1])].tolist())
        groups[number] = next(group for group in range(count + 1) if group not in near)
        count = max(count, int(groups[number]) + 1)
        if count > most:
            return None
    return groups


def _effects(stretches: NDArray[np.int64], seen: Sequence[Interval]) -> NDArray[np.bool_]:
    """Tell for each stretch of the input, and each place of a layer, whether the place sees anything of it."""
    first, last = np.array(seen).T
    effects: NDArray[np.bool_] = (first <= stretches[:, 1:]) & (stretches[:, :1] <= last)
    return effects
