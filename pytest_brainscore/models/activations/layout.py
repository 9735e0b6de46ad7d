"""Where in a layer's output each unit is: its channel, its row and column, its token, its frame."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

CHANNEL: Final = "channel"
ROW: Final = "channel_x"
"""Vertical place; the name is the published system's."""
COLUMN: Final = "channel_y"
"""Horizontal place."""
TOKEN: Final = "token"  # noqa: S105 - of a transformer
FRAME: Final = "channel_temporal"
"""Place in time."""
EMBEDDING: Final = "embedding"
"""The published system's name of the channels of tokens, which are told under both names."""
ALWAYS: Final = (CHANNEL, ROW, COLUMN)
"""Coordinates that every unit has, NaN where its layer has no such axis."""

MOST_BEFORE: Final = 8
"""Tokens before those of the patches, at most: class, distillation and register tokens of networks are up to 5."""
SMALLEST_GRID: Final = 2
"""Patches along a side, at least, that tell a grid from a few tokens."""


@dataclass(frozen=True)
class Coordinate:
    """One coordinate along one axis."""

    name: str
    axis: int
    values: NDArray[np.float64]
    """One for each place on the axis."""


@dataclass(frozen=True)
class Layout:
    """The shape of what a layer answers to one stimulus, and what its axes are."""

    shape: tuple[int, ...]
    coordinates: tuple[Coordinate, ...] = ()

    @property
    def size(self) -> int:
        """Number of units."""
        return math.prod(self.shape)

    def axes(self, *names: str) -> tuple[int, ...]:
        """Return the axes that have one of some coordinates, in order."""
        return tuple(sorted({each.axis for each in self.coordinates if each.name in names}))

    def along(self, name: str) -> NDArray[np.float64] | None:
        """Return the values of a coordinate along its axis; None where there is no such axis."""
        return next((each.values for each in self.coordinates if each.name == name), None)

    def without(self, axes: Sequence[int]) -> Layout:
        """Return the layout without some axes, which were averaged over, for example."""
        kept = [axis for axis in range(len(self.shape)) if axis not in axes]
        return Layout(
            tuple(self.shape[axis] for axis in kept),
            tuple(replace(each, axis=kept.index(each.axis)) for each in self.coordinates if each.axis in kept),
        )

    def taking(self, axis: int, places: slice) -> Layout:
        """Return the layout of some places on an axis."""
        length = len(range(*places.indices(self.shape[axis])))
        return Layout(
            (*self.shape[:axis], length, *self.shape[axis + 1 :]),
            tuple(
                replace(each, values=each.values[places]) if each.axis == axis else each for each in self.coordinates
            ),
        )

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Return each coordinate for each unit, in C order."""
        found = {}
        for each in self.coordinates:
            along = each.values.reshape([-1 if axis == each.axis else 1 for axis in range(len(self.shape))])
            found[each.name] = np.broadcast_to(along, self.shape).ravel()
        return found


LayerLayouts = Mapping[str, Layout]
"""What is known of the units of each layer, by the name of the layer."""


def layout_of(shape: tuple[int, ...], declared: Mapping[int, tuple[str, ...]] | None = None) -> Layout:
    """Return the layout of what a layer returns for one stimulus.

    Parameters
    ----------
    shape
        Without the axis of the stimuli.
    declared
        Coordinate for each axis, by number of axes, where it is known; found from the shape where not, because inputs
        are square: the two equal axes are rows and columns. So a convolution's (64, 56, 56) has its channels first and
        a Swin transformer's (56, 56, 96) last; where all are equal, channels come first, as in PyTorch. Two axes are
        tokens and channels; four are those of a video, (channels, frames, rows, columns) or (frames, rows, columns,
        channels).

    """
    names = (declared or {}).get(len(shape)) or _axis_names(shape)
    if names == (TOKEN, CHANNEL):
        return Layout(shape, (*_token_coordinates(shape[0]), *_named(CHANNEL, 1, shape), *_named(EMBEDDING, 1, shape)))
    return Layout(shape, tuple(each for axis, name in enumerate(names) for each in _named(name, axis, shape)))


def tokens_before(count: int) -> int | None:
    """Return how many tokens come before those of the patches; None where the others are no square.

    Parameters
    ----------
    count
        All tokens: 197 are 1 and 14 x 14, 261 are 5 and 16 x 16.

    """
    side = math.isqrt(count)
    before = count - side * side
    return before if side >= SMALLEST_GRID and before <= MOST_BEFORE else None


def _axis_names(shape: tuple[int, ...]) -> tuple[str, ...]:
    channels_last = len(shape) > 2 and shape[-1] != shape[-2] and shape[-2] == shape[-3]
    by_number = {
        1: (CHANNEL,),
        2: (TOKEN, CHANNEL),
        3: (ROW, COLUMN, CHANNEL) if channels_last else (CHANNEL, ROW, COLUMN),
        4: (FRAME, ROW, COLUMN, CHANNEL) if channels_last else (CHANNEL, FRAME, ROW, COLUMN),
    }
    return by_number.get(len(shape), ())


def _named(name: str, axis: int, shape: tuple[int, ...]) -> tuple[Coordinate, ...]:
    return (Coordinate(name, axis, np.arange(shape[axis], dtype=float)),)


def _token_coordinates(count: int) -> tuple[Coordinate, ...]:
    tokens = np.arange(count, dtype=float)
    before = tokens_before(count)
    if before is None:
        return (Coordinate(TOKEN, 0, tokens),)
    places = np.where(tokens >= before, tokens - before, np.nan)
    side = math.isqrt(count)
    return tuple(
        Coordinate(name, 0, values)
        for name, values in ((TOKEN, tokens), (ROW, places // side), (COLUMN, places % side))
    )
