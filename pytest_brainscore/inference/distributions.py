"""Bootstrap values of the similarity of two distributions: by the units of a model, and by the neurons."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.inference.draws import FloatArray, Units
from pytest_brainscore.inference.levels import Design, Level

_INNER: Final = 100
"""Published draws that are repeated for each draw of units. All draws see the same ones, so that few do."""
_TOLERATED_NAN_FRACTION: Final = 0.1
_BLOCK: Final = 2**21


def distribution_design(
    value: float,
    model_values: ArrayLike,
    data_values: ArrayLike,
    bins: ArrayLike,
    published_draws: NDArray[np.intp],
    model_units: Units,
    neurons: Units,
) -> Design:
    """Return what a Kolmogorov-Smirnov similarity generalises over.

    The neurons are the same for all models, and paired. The units are not: each model has its own.

    Parameters
    ----------
    value
        The raw score, over all published draws. It is what the statistics are where all weights are 1: they take
        the first hundred published draws, and add what the score has more or less over all of them.
    model_values, data_values
        The property of every unit, shape (unit,), and of every neuron, shape (neuron,); NaN where undefined.
    bins
        Edges, shape (bin + 1,); what is outside counts in the first and the last bin.
    published_draws
        Numbers of the units of each published draw, as many as neurons, shape (draw, neuron).
    model_units
        By their place, which no order of rows may change, as the published draws depend on it.
    neurons
        Those of the recording.

    """
    edges = np.asarray(bins, dtype=np.float64)
    model = np.asarray(model_values, dtype=np.float64)
    drawn = published_draws[:_INNER]
    in_bin = _bin_numbers(model, edges)
    by_bin = np.argsort(in_bin, kind="stable")
    place = np.empty(model.size, dtype=np.intp)
    place[by_bin] = np.arange(model.size)
    cells = place[drawn] + model.size * np.arange(len(drawn))[:, np.newaxis]
    counts = np.bincount(cells.ravel(), minlength=len(drawn) * model.size).reshape(len(drawn), -1)
    # Units stand in the order of their bins. Of a published draw, so many fall below each place:
    below = np.concatenate([np.zeros((len(drawn), 1), dtype=np.int32), np.cumsum(counts, axis=1, dtype=np.int32)], 1)
    members = _members(in_bin, edges.size - 1)
    data = _members(_bin_numbers(neurons.sort(np.asarray(data_values, dtype=np.float64)), edges), edges.size - 1)
    model_cumulative = _cumulative(below, np.cumsum(members.sum(axis=0)).astype(np.intp)[np.newaxis])
    data_cumulative = np.cumsum(_shares(np.ones((1, len(data))) @ data), axis=1)
    more = value - _similarity(model_cumulative, data_cumulative)[0]

    def by_units(weights: FloatArray) -> FloatArray:
        # A draw of units is a list of as many, of which the published draws take the same places.
        return by_both((weights, np.ones((1, len(data)))))

    def by_both(weights: tuple[FloatArray, ...]) -> FloatArray:
        of_units, of_neurons = weights
        reached = np.rint(np.cumsum(of_units @ members, axis=1)).astype(np.intp)
        cumulative = np.broadcast_to(np.cumsum(_shares(of_neurons @ data), axis=1), reached.shape)
        step = max(1, _BLOCK // (len(drawn) * edges.size))
        blocks = [slice(start, start + step) for start in range(0, len(reached), step)]
        found = [_similarity(_cumulative(below, reached[block]), cumulative[block]) for block in blocks]
        return np.asarray(np.concatenate(found) + more)

    def by_neurons(weights: FloatArray) -> FloatArray:
        return np.asarray(_similarity(model_cumulative, np.cumsum(_shares(weights @ data), axis=1)) + more)

    return Design(
        (Level(model_units, by_units), Level(neurons, by_neurons)),
        by_both,
        crossed=False,
        indivisible="it is the largest distance of two distributions, in which single neurons have no part",
    )


def _bin_numbers(values: FloatArray, edges: FloatArray) -> NDArray[np.intp]:
    """Return the bin of every value, from 0; NaN get the number behind the last bin."""
    bins = edges.size - 1
    numbers = np.searchsorted(edges, np.clip(values, edges[0], edges[-1]), side="right") - 1
    return np.where(np.isnan(values), bins, np.minimum(numbers, bins - 1))


def _members(in_bin: NDArray[np.intp], bins: int) -> FloatArray:
    """Return in which bin each value is, (value,) to (value, bin)."""
    return np.equal.outer(in_bin, np.arange(bins)).astype(np.float64)


def _shares(counts: FloatArray) -> FloatArray:
    total = counts.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0))


def _cumulative(below: NDArray[np.int32], ends: NDArray[np.intp]) -> FloatArray:
    """Return cumulative histograms of the published draws, shape (draw, published draw, bin)."""
    reached = below[:, ends].transpose(1, 0, 2).astype(np.float64)
    last = reached[..., -1:]
    return np.asarray(np.divide(reached, last, out=np.full(reached.shape, np.nan), where=last > 0))


def _similarity(model: FloatArray, data: FloatArray) -> FloatArray:
    """Average over published draws: (draw, published draw, bin) and (draw, bin) to (draw,), one of them broadcast.

    0 where more than a tenth of the published draws have no number, as published.
    """
    distance = np.abs(model - data[:, np.newaxis]).max(axis=-1)
    largest = np.maximum(np.abs(1 - data).max(axis=-1), np.abs(data[:, :-1]).max(axis=-1, initial=0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        values = 1 - distance / largest[:, np.newaxis]
    defined = ~np.isnan(values)
    mean = np.zeros(len(values))
    some = (~defined).mean(axis=1) <= _TOLERATED_NAN_FRACTION
    np.divide(np.where(defined, values, 0.0).sum(axis=1), defined.sum(axis=1), out=mean, where=some)
    return mean
