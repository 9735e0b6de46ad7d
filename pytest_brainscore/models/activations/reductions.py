"""What of a layer is answered with: some tokens, a mean or maximum over places, random projections."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.layout import CHANNEL, COLUMN, FRAME, ROW, TOKEN, Layout, tokens_before
from pytest_brainscore.models.commitment.layer_name import MARK, Word, parse_layer

if TYPE_CHECKING:
    from sklearn.random_projection import SparseRandomProjection

REDUCTIONS_VERSION: Final = 1
"""Raise it whenever the same responses are reduced to other ones."""
Responses = NDArray[np.float32]
Reduce = Callable[[Responses], Responses]
"""From images x the shape of a layout to images x the shape of another."""


@dataclass(frozen=True)
class Reduced:
    """What is left of a layer."""

    layout: Layout
    """Of what is left."""
    steps: tuple[Reduce, ...] = ()
    ingredients: Mapping[str, object] | None = None
    """What it depends on besides its name, as plain JSON values."""

    def __call__(self, responses: Responses) -> Responses:
        """Return images x units of what the layer answers: images x its own shape."""
        for step in self.steps:
            responses = step(responses)
        return np.asarray(responses, np.float32).reshape(len(responses), -1)


def reduce_layer(layout: Layout, words: tuple[Word, ...], layer: str) -> Reduced:
    """Return what the reductions of a layer's name leave of it.

    Parameters
    ----------
    layout
        Of the whole layer.
    words
        Reductions, carried out in this order. ``cls`` is the first of the tokens before those of the patches; ``patch``
        are the tokens of the patches, or all but the first N; ``token:N`` is one token, from 0. ``mean`` and
        ``maxpool`` are over all places: rows and columns, or tokens. ``channels`` is the mean over everything but
        channels, frames too. ``frame:N`` is one frame, from 0. ``srp:N`` or ``srp:N:SEED`` are N sparse random
        projections of all units (Li, Hastie & Church 2006, as ``sklearn.random_projection`` draws them).
    layer
        Names layer and model, to begin a sentence.

    Raises
    ------
    ModelError
        A reduction does not fit the shape.

    """
    reduced = Reduced(layout)
    for word in words:
        before = reduced.layout
        left, step = _KINDS[word.name](before, word, f"{MARK}{word} does not fit {layer}, which answers {before.shape}")
        projected = word.name == "srp"
        reduced = Reduced(
            left,
            (*reduced.steps, step),
            {"version": REDUCTIONS_VERSION, **({"scikit-learn": _sklearn_version()} if projected else {})},
        )
    return reduced


def projection_error(projections: int) -> float:
    """Return how far random projections change squared distances between responses.

    Parameters
    ----------
    projections
        Number of them, k.

    Returns
    -------
    float
        Standard deviation over draws, relative to the squared distance: sqrt(2 / k), for responses that are spread
        over many units. With density 1 / sqrt(units) of the projections, a difference in few units has up to
        sqrt(sqrt(units) / k). An inner product of two responses changes by 1 / sqrt(k) of the product of their
        lengths. So much of a similarity of responses is noise of the projection.

    """
    return math.sqrt(2 / projections)


def reduction_remarks(layer: str) -> list[str]:
    """Return sentences about what a reader should know of the reductions in a layer's name."""
    return [
        f"{layer}: {word.numbers[0]} random projections (seed {_seed(word)}) change squared distances of responses "
        f"by about {projection_error(word.numbers[0]):.2g} of them (standard deviation)"
        for word in parse_layer(layer).reductions
        if word.name == "srp"
    ]


def _cls(layout: Layout, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    axis = _token_axis(layout, unfit)
    count = layout.shape[axis]
    before = tokens_before(count)
    if not before or layout.along(TOKEN) is None or not _whole(layout, axis):
        raise ModelError(
            f"{unfit}: {count} tokens are {_told(count)} and no class token before them; name another layer, "
            f"or the token itself, {MARK}token:0."
        )
    return _one(layout, axis, 0)


def _patch(layout: Layout, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    axis = _token_axis(layout, unfit)
    count = layout.shape[axis]
    before = word.numbers[0] if word.numbers else tokens_before(count)
    if before is None:
        raise ModelError(
            f"{unfit}: {count} tokens are {_told(count)}; say how many tokens come before those of the patches, for "
            f"example {MARK}patch:1."
        )
    if before >= count:
        raise ModelError(f"{unfit}: without {before} tokens nothing is left of {count}; leave out fewer.")
    places = slice(before, None)
    return layout.taking(axis, places), lambda responses: responses[(slice(None),) * (axis + 1) + (places,)]


def _token(layout: Layout, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    return _one_of(layout, _token_axis(layout, unfit), word, unfit)


def _frame(layout: Layout, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    axes = layout.axes(FRAME)
    if not axes:
        raise ModelError(f"{unfit}: it has no axis of time; name a layer of a network of videos.")
    return _one_of(layout, axes[0], word, unfit)


def _mean(layout: Layout, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    axes = _places(layout, unfit)
    return layout.without(axes), _mean_over(axes)


def _channels(layout: Layout, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    axes = layout.axes(ROW, COLUMN, TOKEN, FRAME)
    if not axes or not layout.axes(CHANNEL):
        raise ModelError(f"{unfit}: there is nothing but channels to take a mean over; name the layer without it.")
    return layout.without(axes), _mean_over(axes)


def _maxpool(layout: Layout, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    axes = _places(layout, unfit)
    over = tuple(axis + 1 for axis in axes)
    return layout.without(axes), lambda responses: responses.max(axis=over)


def _srp(layout: Layout, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    count, units = word.numbers[0], layout.size
    if count > units:
        raise ModelError(
            f"{unfit}: {units} units cannot be reduced to {count}; project to fewer, or name the layer without it."
        )

    def project(responses: Responses) -> Responses:
        flat = responses.reshape(len(responses), -1).astype(np.float64)
        return np.asarray(_projection(units, count, _seed(word)).transform(flat), np.float32)

    return Layout((count,)), project


_KINDS: Final[Mapping[str, Callable[[Layout, Word, str], tuple[Layout, Reduce]]]] = {
    "cls": _cls,
    "patch": _patch,
    "token": _token,
    "mean": _mean,
    "maxpool": _maxpool,
    "channels": _channels,
    "frame": _frame,
    "srp": _srp,
}


@lru_cache(maxsize=4)
def _projection(units: int, count: int, seed: int) -> SparseRandomProjection:
    from sklearn.random_projection import SparseRandomProjection

    # What is drawn depends on the number of units only.
    return SparseRandomProjection(n_components=count, random_state=seed).fit(np.zeros((1, units)))


def _seed(word: Word) -> int:
    return word.numbers[1] if len(word.numbers) > 1 else 0


def _sklearn_version() -> str:
    from importlib.metadata import version

    return version("scikit-learn")


def _mean_over(axes: tuple[int, ...]) -> Reduce:
    over = tuple(axis + 1 for axis in axes)
    return lambda responses: responses.mean(axis=over, dtype=np.float64).astype(np.float32)


def _one_of(layout: Layout, axis: int, word: Word, unfit: str) -> tuple[Layout, Reduce]:
    number, count = word.numbers[0], layout.shape[axis]
    if number >= count:
        raise ModelError(f"{unfit}: there are {count} of {word.name}, counted from 0; give {count - 1} or less.")
    return _one(layout, axis, number)


def _one(layout: Layout, axis: int, number: int) -> tuple[Layout, Reduce]:
    return layout.without((axis,)), lambda responses: responses.take(number, axis=axis + 1)


def _token_axis(layout: Layout, unfit: str) -> int:
    axes = layout.axes(TOKEN)
    if not axes:
        raise ModelError(f"{unfit}: it has no tokens; name a layer of a transformer, which answers tokens x channels.")
    return axes[0]


def _places(layout: Layout, unfit: str) -> tuple[int, ...]:
    axes = layout.axes(ROW, COLUMN, TOKEN)
    if not axes:
        raise ModelError(f"{unfit}: it has no rows and columns and no tokens; name the layer without it.")
    return axes


def _whole(layout: Layout, axis: int) -> bool:
    tokens = layout.along(TOKEN)
    return tokens is not None and tokens[0] == 0 and len(tokens) == layout.shape[axis]


def _told(count: int) -> str:
    side = math.isqrt(count)
    return f"a grid of {side} x {side}" if side * side == count else "no grid of patches"


def reduced_batches(
    batches: Iterator[Responses], shapes: Mapping[str, tuple[int, ...]], parts: Mapping[str, tuple[str, Reduced]]
) -> Iterator[Responses]:
    """Yield what is left of layers, joined.

    Parameters
    ----------
    batches
        Responses of whole layers: some images x all units, joined in the order of `shapes`.
    shapes
        Of each layer that was read.
    parts
        What was read, and what is left of it, by the name of the layer, in the order in which they are joined.

    """
    stops = np.cumsum([math.prod(shape) for shape in shapes.values()]).tolist()
    places = {
        layer: slice(stop - math.prod(shape), stop) for (layer, shape), stop in zip(shapes.items(), stops, strict=True)
    }
    for batch in batches:
        yield np.concatenate(
            [left(batch[:, places[read]].reshape(len(batch), *shapes[read])) for read, left in parts.values()], axis=1
        )
