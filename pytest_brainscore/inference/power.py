"""How many stimuli, repetitions or neurons tell two models apart: errors of parts of a recording, and a law beyond."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls
from scipy.special import ndtri

from pytest_brainscore.inference.draws import FloatArray, units


class ErrorLaw(NamedTuple):
    """Squared standard error as a function of how many there are: floor² + slope / n."""

    floor: float
    """Standard error that stays however many there are, as what is not varied makes it."""
    slope: float
    """Variance that one of them adds, 0 or more."""

    def error(self, count: float) -> float:
        """Return the expected standard error with so many."""
        return math.sqrt(self.floor**2 + self.slope / count)

    def needed(self, difference: float, *, power: float = 0.8, level: float = 0.05) -> float:
        """Return how many tell a difference apart: the least whole number, or infinity where none does.

        Parameters
        ----------
        difference
            True difference, not 0; the law is that of the paired difference.
        power
            Chance to find it.
        level
            Of the two-sided test.

        Raises
        ------
        ValueError
            If the difference is 0 or not finite, or power or level are none.

        """
        if not 0 < abs(difference) < math.inf or not 0 < level < power < 1:
            raise ValueError(
                f"A difference of {difference} with power {power} at the level {level} needs no number that can be "
                "given: give a difference other than 0, and a power between level and 1."
            )
        allowed = (abs(difference) / float(ndtri(power) - ndtri(level / 2))) ** 2 - self.floor**2
        if self.slope == 0:
            return 1 if allowed >= 0 else math.inf
        return math.ceil(self.slope / allowed) if allowed > 0 else math.inf


def fit_error_law(counts: ArrayLike, errors: ArrayLike, *, floor: bool = True) -> ErrorLaw:
    """Fit the law to standard errors at some numbers, by least relative squares of variances.

    Parameters
    ----------
    counts
        Numbers of stimuli, repetitions or neurons, shape (size,), above 0.
    errors
        Standard errors there, shape (size,), above 0.
    floor
        Whether there may be an error that stays.

    Raises
    ------
    ValueError
        If there are fewer than two different numbers, or numbers or errors are not above 0.

    """
    n, e = np.asarray(counts, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if n.ndim != 1 or n.shape != e.shape or np.unique(n).size < 2 or not (n > 0).all() or not (e > 0).all():
        raise ValueError(
            f"No law follows from {e.size} errors at {np.unique(n).size} different numbers: give two or more, above 0."
        )
    columns = np.stack([np.ones_like(n) if floor else np.zeros_like(n), 1 / n], axis=1) / e[:, np.newaxis] ** 2
    scale = np.where(columns.any(axis=0), np.abs(columns).max(axis=0), 1.0)
    found = nnls(columns / scale, np.ones_like(e))[0] / scale
    return ErrorLaw(float(np.sqrt(found[0])), float(found[1]))


def subsampled_errors(
    score: Callable[[NDArray[np.intp]], float],
    count: int,
    sizes: Sequence[int],
    *,
    source: str,
    repeats: int = 30,
) -> FloatArray:
    """Return the standard errors of a score, or of a difference of two, on parts of what was recorded.

    Parameters
    ----------
    score
        Called with the rows of a part, ascending; fits and scores anew.
    count
        Number of rows: stimuli, or neurons.
    sizes
        Rows of the parts. At most half of all, as parts that share most of their rows differ for little else but
        chance.
    source
        Names the draws.
    repeats
        Parts of each size.

    Returns
    -------
    Shape (size,): the deviation (ddof 1) over parts, without what they are alike for sharing rows of a finite whole
    (divided by the root of 1 - size / count).

    Raises
    ------
    ValueError
        If a size is below 2 or more than half of all, or there are fewer than two parts.

    """
    if repeats < 2 or any(not 2 <= size <= count / 2 for size in sizes):
        raise ValueError(
            f"Parts of {list(sizes)} of {count} rows say no error: take two or more parts of 2 to {count // 2}."
        )
    found = []
    for size in sizes:
        values = [score(rows) for rows in _parts(source, count, size, repeats)]
        found.append(np.std(values, ddof=1) / math.sqrt(1 - size / count))
    return np.asarray(found, dtype=np.float64)


def _parts(source: str, count: int, size: int, repeats: int) -> list[NDArray[np.intp]]:
    """Draw parts without replacement: the smallest of random numbers of all rows."""
    key = units(source, f"part of {size}", 1).key
    raw = np.random.Philox(key=key).random_raw((repeats, count))
    return [np.sort(np.argsort(row, kind="stable")[:size]) for row in raw]
