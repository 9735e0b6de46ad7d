"""From a score and what it generalises over to bootstrap values of the score.

A score generalises over one kind of units (images) or over two (stimuli and neuroids, images and people). Each is a
`Level`: the units, and the score as a function of how often each of them counts. Where there are two, their deviations
are added.

That counts what belongs to neither alone twice, the noise of single responses: it makes units of both kinds differ.
Drawing both at once would count it three times (Owen 2007, doi 10.1214/07-AOAS122; Schütt et al. 2023,
doi 10.7554/eLife.82566). Between two models on the same units it can be most of what is left, so that intervals would
be far too wide. It shows in what draws of both at once have beyond the sum of both: their variance is that of what is
counted once too often. `Replicates.excess` keeps it for every model, since it must be known for each difference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from pytest_brainscore.inference.draws import REPLICATES, FloatArray, Units
from pytest_brainscore.one_thread import one_thread

EXCESS_DRAWS: Final = 250
"""Draws of what is counted twice; its deviation is then known to 4.5 %, and it is a part of the whole."""

Statistic = Callable[[FloatArray], FloatArray]
"""The raw score as a function of weights: shape (draw, row) to (draw,), rows in the order of the units."""


class Level(NamedTuple):
    """One kind of units that a score generalises over."""

    units: Units
    statistic: Statistic
    """Where all weights are 1, it is the raw score."""


class Design(NamedTuple):
    """All kinds of units that a score generalises over."""

    levels: tuple[Level, ...]
    joint: Callable[[tuple[FloatArray, ...]], FloatArray] | None = None
    """The raw score where units of all levels are drawn at once: weights for each level to (draw,). None where nothing
    is counted twice."""
    times: float = 1.0
    """How often too often single responses are counted, for each time that `joint` has them more."""


class Replicates(NamedTuple):
    """A score and its bootstrap values."""

    score: float
    """On its scale; what the bootstrap values are about."""
    values: FloatArray
    """Shape (replicate,); NaN where a draw has no number."""
    excess: FloatArray
    """Deviations whose variance is to be taken from that of `values`, shape (draw,); all 0 where there is none."""


def unchanged(values: FloatArray) -> FloatArray:
    """Return values as they are: the scale of a score that is its raw score."""
    return values


def replicates(
    value: float,
    design: Design,
    *,
    scale: Callable[[FloatArray], FloatArray] = unchanged,
    count: int = REPLICATES,
) -> Replicates:
    """Return bootstrap values of a score, the same draws of units for every model.

    Parameters
    ----------
    value
        The raw score, with its sign.
    design
        What it generalises over.
    scale
        From raw scores to scores, at a fixed ceiling: the interval of a difference says how well it is known on this
        recording, whose reliability is taken as given.
    count
        Number of bootstrap values.

    Returns
    -------
    The `Replicates`. They depend neither on threads nor on the order of rows.

    """
    levels = [level for level in design.levels if len(level.units) > 1]
    deviations = [level.units.inflation * (resampled(level, count) - value) for level in levels]
    values = scale(value + sum(deviations, np.zeros(count)))
    excess = np.zeros(EXCESS_DRAWS)
    if design.joint is not None and len(levels) == len(design.levels):
        few = min(EXCESS_DRAWS, count)
        with one_thread():
            drawn = design.joint(tuple(level.units.weights(0, few) for level in levels)) - value
        inflation = float(np.prod([level.units.inflation for level in levels]))
        alone = sum((each[:few] / level.units.inflation for each, level in zip(deviations, levels, strict=True)), 0.0)
        more = np.sqrt(design.times) * inflation * (drawn - alone)
        excess[:few] = scale(value + np.nan_to_num(more)) - scale(np.full(few, value))
    return Replicates(float(scale(np.array([value]))[0]), np.asarray(values, dtype=np.float64), excess)


def resampled(level: Level, count: int = REPLICATES) -> FloatArray:
    """Return the statistic of a level for every draw of its units, shape (count,)."""
    with one_thread():
        return np.concatenate([level.statistic(weights) for weights in level.units.blocks(count)])


def without_each(level: Level, *, within_strata: bool = False) -> FloatArray:
    """Return the statistic of a level without each of its units in turn, shape (unit,), in their order."""
    with one_thread():
        return np.concatenate(
            [level.statistic(weights) for weights in level.units.without_one(within_strata=within_strata)]
        )
