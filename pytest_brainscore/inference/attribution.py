"""Which images, neuroids or categories carry a difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.inference.draws import FloatArray
from pytest_brainscore.inference.levels import Design, Level, unchanged, without_each

_MOST_LEFT_OUT: Final = 5000
"""Units that are left out one by one, where there is no shorter way."""


class Share(NamedTuple):
    """What a category contributes to a difference."""

    category: str
    units: int
    contribution: float
    """Sum over its units; over all categories it is the difference."""
    share: float
    """Of all contributions; above 1 or negative where categories pull apart. NaN where they sum to 0."""


class Contributions(NamedTuple):
    """What the units of one kind contribute to a score."""

    kind: str
    """Such as ``stimulus``."""
    names: NDArray[np.str_]
    """Identifier of each unit, shape (unit,)."""
    values: FloatArray
    """Shape (unit,); their sum is the score."""
    categories: NDArray[np.str_] | None = None
    """Category of each unit, shape (unit,), where they have some."""


class Attribution(NamedTuple):
    """Who contributes what to a score."""

    score: float
    parts: tuple[Contributions, ...] = ()
    """One for each kind of units; each of them accounts for the whole score."""
    reason: str = ""
    """Why there are none, as a clause; empty where there are some."""


def attribution(
    score: float,
    design: Design,
    *,
    scale: Callable[[FloatArray], FloatArray] = unchanged,
    categories: ArrayLike | None = None,
) -> Attribution:
    """Return what every unit that a score generalises over contributes to it.

    Parameters
    ----------
    score
        On its scale.
    design
        What it generalises over.
    scale
        From raw scores to scores; without limits, as units of a score that was cut would have no part in it.
    categories
        Label of each row of the first kind of units; of those that are nested, where there are some.

    """
    if design.indivisible:
        return Attribution(score, reason=design.indivisible)
    parts = []
    levels = (*design.nested, *design.levels)
    for place, level in enumerate(levels):
        if level.without is None and len(level.units) > _MOST_LEFT_OUT:
            continue
        labels = None
        if place == 0 and categories is not None:
            labels = level.units.label(np.asarray(categories).astype(np.str_))
        values = contributions(score, level, scale=scale)
        parts.append(Contributions(level.units.kind, level.units.names, values, labels))
    reason = "" if parts else f"its {len(levels[0].units)} units are too many to leave out each of them in turn"
    return Attribution(score, tuple(parts), reason)


def contributions(score: float, level: Level, *, scale: Callable[[FloatArray], FloatArray] = unchanged) -> FloatArray:
    """Return what each unit contributes to a score: how much it would fall without it (jackknife pseudo-values / n).

    Their sum is the score. Where the score is no mean over units, it would be so to first order only; what is missing
    then belongs to no unit, and all get the same part of it. Contributions to a difference are those to the second
    score minus those to the first, and their sum is the difference.

    Parameters
    ----------
    score
        On its scale.
    level
        The units, and the raw score as a function of their weights.
    scale
        From raw scores to scores.

    Returns
    -------
    Shape (unit,), in the order of the sorted units. A unit without which there is no score has an average one.

    """
    count = len(level.units)
    without = scale(without_each(level))
    sizes = np.bincount(level.units.strata)[level.units.strata] if level.by_stratum else np.full(count, count)
    deviation = (sizes - 1) / sizes * (score - without)
    defined = np.isfinite(deviation)
    centre = deviation[defined].mean() if defined.any() else 0.0
    return np.asarray(score / count + np.where(defined, deviation - centre, 0.0), dtype=np.float64)


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
