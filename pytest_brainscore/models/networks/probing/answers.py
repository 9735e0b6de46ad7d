"""Answers to the probe: a digest that tells networks apart, and how far two answers are from each other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLED_UNITS: Final = 4096
"""Units of a layer that answers are compared by, where they are not the same bit for bit."""
REPEAT_TOLERANCE: Final = 1e-6
"""Allowed difference between two passes over the same batch, relative to the responses: some kernels of GPUs add in
any order. Other passes are the same bit for bit."""
COMPANY_TOLERANCE: Final = 1e-4
"""Allowed difference between the answers to an image in two batches of one size. Kernels gave none in 5 of 5
architectures tried, and 1e-6 with another size of batch; batch statistics give .01 to 1."""
COARSE_COMPANY_TOLERANCE: Final = 2e-2
"""The same for numbers of 16 bits or fewer, whose rounding is that much coarser."""
COARSE_SIZE_TOLERANCE: Final = 5e-2
"""Allowed norm of the difference between the answers to an image in batches of two sizes, relative to that of the
answers, where numbers have 16 bits or fewer: single units, where large numbers cancel, differ by more."""
_PROJECTIONS: Final = 4
"""Random projections in a sketch."""
_SKETCH_DIGITS: Final = 6


@dataclass(frozen=True)
class Answer:
    """What one layer answered to a batch of the probe."""

    digest: str
    """Of every bit."""
    sample: NDArray[np.float32]
    """Responses of up to 4096 units: images x units."""
    sketch: tuple[float, ...]
    """A few numbers that are about the same on every machine, to compare networks of several processes by."""


def answer(responses: NDArray[np.float32]) -> Answer:
    """Return what identifies responses: images x units."""
    contiguous = np.ascontiguousarray(responses)
    units = contiguous.shape[1]
    # With replacement: takes no time for any number of units, and few are drawn twice.
    few = np.unique(np.random.RandomState(0).randint(0, units, SAMPLED_UNITS)) if units > SAMPLED_UNITS else slice(None)
    sample = contiguous[:, few].copy()
    return Answer(hashlib.blake2b(contiguous.data, digest_size=32).hexdigest(), sample, sketch(sample))


def sketch(responses: NDArray[np.floating]) -> tuple[float, ...]:
    """Reduce responses to a few numbers that are about the same on every machine: their norm and random projections."""
    values = np.nan_to_num(responses.astype(np.float64), posinf=0.0, neginf=0.0).ravel()
    signs = np.random.RandomState(1).randint(0, 2, (len(values), _PROJECTIONS)) * 2 - 1
    reduced = [np.linalg.norm(values), *(values @ signs)]
    return tuple(float(f"{number:.{_SKETCH_DIGITS}g}") for number in reduced)


def difference(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the largest difference between two answers, each relative to what its unit answers at most.

    A unit that answers less than the root mean square of all counts as if it answered that much: where large numbers
    cancel, rounding stays. Infinite where only one of the two is finite.
    """
    if one.tobytes() == other.tobytes():
        return 0.0
    a, b = one.astype(np.float64), other.astype(np.float64)
    known = np.isfinite(a) & np.isfinite(b)
    if not ((a == b) | known | (np.isnan(a) & np.isnan(b))).all():
        return float("inf")
    a, b = np.where(known, a, 0.0), np.where(known, b, 0.0)
    largest = np.maximum(np.abs(a), np.abs(b)).max(axis=0, initial=0.0)
    scale = np.maximum(largest, np.sqrt(np.mean(a**2)))
    return float((np.abs(a - b) / np.where(scale > 0, scale, 1.0)).max(initial=0.0))


def same_rounded(one: NDArray[np.float32], other: NDArray[np.float32], *, coarse: bool) -> bool:
    """Tell whether answers in batches of two sizes differ by no more than the rounding of their kernels.

    Parameters
    ----------
    one, other
        Images x units.
    coarse
        Whether the network computes with numbers of 16 bits or fewer.

    """
    if not coarse or not (np.isfinite(one).all() and np.isfinite(other).all()):
        return difference(one, other) <= COMPANY_TOLERANCE
    a, b = one.astype(np.float64), other.astype(np.float64)
    return bool(np.linalg.norm(a - b) <= COARSE_SIZE_TOLERANCE * np.linalg.norm(a))
