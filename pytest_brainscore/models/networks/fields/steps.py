"""The way from an image to a layer as steps along rows and columns, and which places a unit gets its number from.

Pure arithmetic: how the steps of a network are found out is told in ``tracing``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

Interval = tuple[int, int]
"""First and last place, both included."""


@dataclass(frozen=True)
class Along:
    """What a step does along rows, or along columns: place i is made of ``i stride - before + dilation k``."""

    kernel: int = 1
    stride: int = 1
    before: int = 0
    """Places of padding before the first one."""
    dilation: int = 1

    def seen(self, places: Interval) -> Interval:
        """Return the places that some places are made of, which may be padding."""
        first, last = places
        start = first * self.stride - self.before
        return start, start + (last - first) * self.stride + (self.kernel - 1) * self.dilation


STILL: Final = Along()
"""Every place is made of the same place only."""


@dataclass(frozen=True)
class Step:
    """One operation, or the image itself."""

    operation: str
    """What is done, with all that it is told besides sizes."""
    inputs: tuple[int, ...]
    """Numbers of the steps that it takes; none of the image."""
    along: tuple[Along, Along]
    """Rows and columns."""
    size: tuple[int, int]
    """Rows and columns of what comes out."""


Steps = Sequence[Step]
"""In the order in which they are taken; step 0 is the image."""


def scales(steps: Steps, axis: int) -> list[int]:
    """Return for each step how many places of the image lie between two neighbours."""
    found = [1]
    for step in steps[1:]:
        found.append(found[step.inputs[0]] * step.along[axis].stride)
    return found


def needed(steps: Steps, wanted: Mapping[int, Interval], axis: int) -> dict[int, Interval]:
    """Return for each step the places that wanted ones get their numbers from, directly or not.

    Parameters
    ----------
    steps
        All steps.
    wanted
        Places of some steps.
    axis
        0 for rows, 1 for columns.

    Returns
    -------
    dict
        By the number of the step. Of several stretches everything in between too; padding is left out.

    """
    found = dict(wanted)
    for number in range(len(steps) - 1, 0, -1):
        if number in found:
            seen = steps[number].along[axis].seen(found[number])
            for source in steps[number].inputs:
                last = steps[source].size[axis] - 1
                inside = min(max(seen[0], 0), last), max(min(seen[1], last), 0)
                found[source] = _both(found[source], inside) if source in found else inside
    return found


def fields(steps: Steps, target: int, axis: int) -> list[Interval]:
    """Return for each place of a step the pixels that it can depend on along an axis."""
    places = range(steps[target].size[axis])
    return [needed(steps, {target: (place, place)}, axis).get(0, (0, -1)) for place in places]


def same_way(steps: Steps, others: Steps) -> bool:
    """Tell whether two images of different sizes take the same steps."""
    return [(step.operation, step.inputs, step.along) for step in steps] == [
        (step.operation, step.inputs, step.along) for step in others
    ]


def window(steps: Steps, wanted: Mapping[int, Interval], axis: int) -> Interval | None:
    """Return the pixels along an axis that an image can be cut down to, for some places of some steps.

    It begins at a multiple of the distance that all steps have in common, so that strides fall on the same pixels; an
    edge of the image that matters is its edge too. Whether it gets the same numbers is to be checked with
    :func:`stands_for`. None where nothing depends on the image.
    """
    found = needed(steps, wanted, axis)
    if 0 not in found:
        return None
    distances = scales(steps, axis)
    together = math.lcm(*(distances[number] for number in found))
    size = steps[0].size[axis]
    start = found[0][0] // together * together
    stop = min(start + math.ceil((found[0][1] + 1 - start) / together) * together, size)
    return start, stop - 1


def stands_for(
    steps: Steps, cut: Steps, start: int, wanted: Mapping[int, Interval], axis: int
) -> dict[int, int] | None:
    """Return where the wanted steps begin in an image that is cut down, if that gets the same numbers along an axis.

    Parameters
    ----------
    steps, cut
        Steps of the whole image, and of what it is cut down to.
    start
        First pixel that is left.
    wanted
        Places of some steps of the whole image.
    axis
        0 for rows, 1 for columns.

    Returns
    -------
    dict or None
        For each wanted step the place of the whole image that its first place is. None where a place that matters is
        missing, or made of padding in one of the two only.

    """
    found = needed(steps, wanted, axis)
    distances = scales(steps, axis)
    for number, places in found.items():
        if start % distances[number]:
            return None
        if not _within(places, _kept(cut, number, start // distances[number], axis)):
            return None
        if number:
            seen = steps[number].along[axis].seen(places)
            for source in steps[number].inputs:
                first, last = _kept(cut, source, start // distances[source], axis)
                end = steps[source].size[axis] - 1
                if (seen[0] < first and first != 0) or (seen[1] > last and last != end):
                    return None
    return {number: start // distances[number] for number in wanted}


def overlapping(one: Interval, other: Interval) -> bool:
    """Tell whether two stretches have a place in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def on_the_way(steps: Steps, targets: Sequence[int]) -> tuple[list[Step], list[int]]:
    """Return the steps that lead to some steps, numbered anew, and the numbers that those have then."""
    leading = set(targets)
    for number in range(len(steps) - 1, -1, -1):
        if number in leading:
            leading.update(steps[number].inputs)
    numbers = {number: place for place, number in enumerate(sorted(leading | {0}))}
    kept = [
        replace(steps[number], inputs=tuple(numbers[source] for source in steps[number].inputs)) for number in numbers
    ]
    return kept, [numbers[target] for target in targets]


def _kept(cut: Steps, number: int, first: int, axis: int) -> Interval:
    return first, first + cut[number].size[axis] - 1


def _within(inner: Interval, outer: Interval) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _both(one: Interval, other: Interval) -> Interval:
    return min(one[0], other[0]), max(one[1], other[1])
