"""Common random numbers: the same draws of stimuli, neuroids and people for every model.

A bootstrap value of one model is set against the same bootstrap value of another one. For what both have in common to
cancel, replicate k must draw the same units for both, on any machine, in any version of NumPy: draws are taken from
the raw stream of a counter-based generator (Philox), whose key says what is drawn and whose counter says k. NumPy
freezes these streams (NEP 19), but not what its `Generator` makes of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Value = TypeVar("Value", bound=np.generic)

REPLICATES: Final = 1000
"""Draws of every bootstrap; their deviation is then known to 2 %."""
BLOCK: Final = 2**20
"""Numbers in memory at a time: 8 MiB."""
_WORDS: Final = 4  # 64-bit numbers for each step of the counter of Philox


@dataclass(frozen=True, eq=False)
class Units:
    """Things of one kind that a score generalises over, and their draws with replacement; made by `units`.

    Everything is in the order of the sorted identifiers, so that no number depends on the order of rows: bring data
    into it with `sort`, and rows that were asked for with `place`.
    """

    key: int
    """Of the random stream: from what is drawn, never from the model."""
    order: NDArray[np.intp]
    """Rows in the order of their identifiers, shape (row,)."""
    unit_of_row: NDArray[np.intp]
    """Unit of each sorted row, ascending, shape (row,); several rows of one unit are drawn together."""
    strata: NDArray[np.intp]
    """Stratum of each unit, from 0, shape (unit,)."""
    kind: str
    """Such as ``stimulus``."""
    names: NDArray[np.str_]
    """Identifier of each unit, ascending, shape (unit,)."""

    def __len__(self) -> int:
        """Return the number of units."""
        return self.strata.size

    def sort(self, values: NDArray[Value], axis: int = 0) -> NDArray[Value]:
        """Bring an axis of rows into the order of the draws."""
        return np.take(values, self.order, axis=axis)

    def label(self, labels: NDArray[Value]) -> NDArray[Value]:
        """Return the label of each unit, that of its first row, from one label per row."""
        return self.sort(labels)[np.unique(self.unit_of_row, return_index=True)[1]]

    def place(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return where some rows are in the order of the draws."""
        places = np.empty(self.order.size, dtype=np.intp)
        places[self.order] = np.arange(self.order.size)
        return places[rows]

    @property
    def inflation(self) -> float:
        """What the deviation of a bootstrap is multiplied with.

        A draw of n from n varies by (n - 1) / n too little, which counts where units are few, as people are, or strata
        small. Averaged over units where strata differ; 1 where every unit is a stratum of its own.
        """
        sizes = np.bincount(self.strata)[self.strata].astype(np.float64)
        drawn = sizes[sizes > 1]
        return float(np.sqrt(np.mean(drawn / (drawn - 1)))) if drawn.size else 1.0

    def counts(self, start: int, stop: int) -> FloatArray:
        """Return how often each unit is drawn in replicates `start` to `stop`, shape (replicate, unit).

        As many of each stratum as it has.
        """
        units = len(self)
        members = np.argsort(self.strata, kind="stable")
        sizes = np.bincount(self.strata)
        first = (np.cumsum(sizes) - sizes)[self.strata[members]].astype(np.uint64)
        steps = -(-units // _WORDS)
        stream = np.random.Philox(key=self.key, counter=start * steps)
        raw = stream.random_raw((stop - start, steps * _WORDS))[:, :units]
        drawn = first + (((raw >> np.uint64(32)) * sizes[self.strata[members]].astype(np.uint64)) >> np.uint64(32))
        cells = members[drawn.astype(np.intp)] + units * np.arange(stop - start)[:, np.newaxis]
        counted = np.bincount(cells.ravel(), minlength=cells.shape[0] * units)
        return counted.reshape(-1, units).astype(np.float64)

    def weights(self, start: int, stop: int) -> FloatArray:
        """Return how often each sorted row is drawn in replicates `start` to `stop`, shape (replicate, row)."""
        counts = self.counts(start, stop)
        return counts if self.order.size == len(self) else counts[:, self.unit_of_row]

    def blocks(self, replicates: int = REPLICATES) -> Iterator[FloatArray]:
        """Yield the weights of all replicates, some at a time."""
        step = max(1, BLOCK // self.order.size)
        for start in range(0, replicates, step):
            yield self.weights(start, min(start + step, replicates))

    def without_one(self, *, within_strata: bool = False) -> Iterator[FloatArray]:
        """Yield weights that leave out each unit in turn, some at a time, shape (unit left out, row).

        All others, or those of its stratum, count more, so that the sum stays. A unit that is alone cannot be left out:
        it keeps its weight.
        """
        strata = self.strata if within_strata else np.zeros_like(self.strata)
        sizes = np.bincount(strata)
        step = max(1, BLOCK // self.order.size)
        for start in range(0, len(self), step):
            left_out = np.arange(start, min(start + step, len(self)))
            size = sizes[strata[left_out]].astype(np.float64)
            more = np.divide(size, size - 1, out=np.ones_like(size), where=size > 1)
            same = strata[left_out][:, np.newaxis] == strata
            weights = np.where(same, more[:, np.newaxis], 1.0)
            weights[np.arange(left_out.size), left_out] = np.where(size > 1, 0.0, 1.0)
            yield weights[:, self.unit_of_row]


def units(
    source: str, kind: str, identifiers: ArrayLike | int, *, strata: ArrayLike | None = None, version: int = 0
) -> Units:
    """Return things of one kind that a score generalises over.

    Parameters
    ----------
    source
        What is drawn from: the identifier of the benchmark; or, where benchmarks share stimuli or people, of what they
        share, for the errors of their parents to know it.
    kind
        For example ``stimulus``, ``neuroid``, ``subject``.
    identifiers
        One per row, shape (row,), compared as text; rows of one identifier are drawn together, as versions of one
        photograph are. Or a number of rows without names, which are then known by their place.
    strata
        One label per row, the same for all rows of a unit, within which units are drawn: conditions that the
        experiment fixed.
    version
        Of the source: draws of different versions are different.

    Raises
    ------
    ValueError
        If there is nothing to draw from, or labels do not fit.

    """
    names = _names(identifiers)
    if names.ndim != 1 or names.size == 0:
        raise ValueError(f"Identifiers of shape {names.shape} have nothing to draw from: give one for each row.")
    order = np.argsort(names, kind="stable")
    distinct, first, unit_of_row = np.unique(names[order], return_index=True, return_inverse=True)
    codes = np.zeros(names.size, dtype=np.intp) if strata is None else _codes(strata, names.size)
    by_row = codes[order]
    of_unit = by_row[first]
    if (of_unit[unit_of_row.ravel()] != by_row).any():
        raise ValueError(f"Rows of one {kind} have different strata: give every {kind} one label.")
    text = "\0".join([source, str(version), kind])
    key = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")
    return Units(key, order, unit_of_row.ravel(), of_unit, kind, distinct)


def _names(identifiers: ArrayLike | int) -> NDArray[np.str_]:
    if isinstance(identifiers, int):
        return np.array([f"{place:09d}" for place in range(identifiers)], dtype=np.str_)
    return np.asarray(identifiers).astype(np.str_)


def _codes(strata: ArrayLike, rows: int) -> NDArray[np.intp]:
    labels: NDArray[Any] = np.asarray(strata)
    if labels.shape != (rows,):
        raise ValueError(f"Strata of shape {labels.shape} do not fit {rows} rows: give one for each.")
    return np.asarray(np.unique(labels.astype(np.str_), return_inverse=True)[1].ravel(), dtype=np.intp)
