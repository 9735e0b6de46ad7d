"""Which images, neuroids or categories carry a difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.inference.draws import FloatArray
from pytest_brainscore.inference.levels import Level, unchanged, without_each


class Share(NamedTuple):
    """What a category contributes to a difference."""

    category: str
    units: int
    contribution: float
    """Sum over its units; over all categories it is the difference, to first order."""
    share: float
    """Of all contributions; above 1 or negative where categories pull apart. NaN where they sum to 0."""


def contributions(
    score: float,
    level: Level,
    *,
    scale: Callable[[FloatArray], FloatArray] = unchanged,
    within_strata: bool = False,
) -> FloatArray:
    """Return what each unit contributes to a score: how much it would fall without it (jackknife pseudo-values / n).

    Their sum is the score, exactly where it is a mean over units, and to first order elsewhere. The contributions to
    a difference are those to the second score minus those to the first.

    Parameters
    ----------
    score
        On its scale.
    level
        The units, and the raw score as a function of their weights.
    scale
        From raw scores to scores.
    within_strata
        Whether the others of its stratum stand in for what is left out; for statistics that divide by the size of
        strata. Contributions of strata are then all alike.

    Returns
    -------
    Shape (unit,), in the order of the sorted units; NaN where there is no score without a unit.

    """
    count = len(level.units)
    without = scale(without_each(level, within_strata=within_strata))
    sizes = np.bincount(level.units.strata)[level.units.strata] if within_strata else np.full(count, count)
    return np.asarray(score / count + (sizes - 1) / sizes * (score - without), dtype=np.float64)


def most_influential(of_units: ArrayLike, count: int = 10) -> NDArray[np.intp]:
    """Return the units with the largest contributions beyond the average one, of either sign, largest first."""
    values = np.asarray(of_units, dtype=np.float64)
    beyond = np.abs(values - np.nanmean(values))
    order = np.argsort(-np.where(np.isnan(beyond), -1.0, beyond), kind="stable")
    return order[: min(count, int(np.count_nonzero(~np.isnan(values))))]


def shares(of_units: ArrayLike, categories: ArrayLike) -> list[Share]:
    """Sum contributions by category, the largest first.

    Parameters
    ----------
    of_units
        Contributions to a difference, shape (unit,).
    categories
        Label of each unit, shape (unit,).

    """
    values, labels = np.asarray(of_units, dtype=np.float64), np.asarray(categories).astype(np.str_)
    if values.shape != labels.shape:
        raise ValueError(f"{labels.size} categories do not fit {values.size} units: give one for each.")
    names, codes = np.unique(labels, return_inverse=True)
    sums = np.bincount(codes.ravel(), weights=np.nan_to_num(values), minlength=names.size)
    total = sums.sum()
    counts = np.bincount(codes.ravel(), minlength=names.size)
    order = np.argsort(-np.abs(sums), kind="stable")
    return [
        Share(
            str(names[place]),
            int(counts[place]),
            float(sums[place]),
            float(sums[place] / total) if total else float("nan"),
        )
        for place in order
    ]
