"""From a score and what it generalises over to bootstrap values of the score.

A score generalises over one kind of units (images) or over two (stimuli and neuroids, images and people). Each is a
`Level`: the units, and the score as a function of how often each of them counts. Where there are two, their deviations
are added.

That counts what belongs to neither alone twice, the noise of single responses: it makes units of both kinds differ.
Drawing both at once would count it three times (Owen 2007, doi 10.1214/07-AOAS122; Schütt et al. 2023,
doi 10.7554/eLife.82566). Between two models on the same units it can be most of what is left, so that intervals would
be far too wide. It shows in what draws of both at once have beyond the sum of both: their variance is that of what is
counted once too often. `Replicates.parts` keeps it for every model, since it must be known for each difference.

Where units are few, as people are, the error itself is not known well, and intervals have to be wider by it: those of
Student's t, with the degrees of freedom of Satterthwaite (1946, doi 10.2307/3002019). `Replicates.parts` keeps what
these units have in the deviation, too. With twelve people and normal intervals, the truth was covered .91 of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from pytest_brainscore.inference.draws import BLOCK, REPLICATES, FloatArray, Units
from pytest_brainscore.one_thread import one_thread

PART_DRAWS: Final = 250
"""Draws of parts of a deviation; those of what is counted twice are then known to 4.5 %."""
PARTS: Final = 3
"""What is counted twice, then the deviation of each of two kinds of units."""
_FEW: Final = 64
"""Units from which on intervals of Student's t are those of the normal distribution, to 2 %."""
_BITS: Final = 12
_FINEST: Final = 20
_INDEPENDENT_STEP: Final = 0.5
"""Of independent samples, draws go half the way. A full draw has twice the noise of the samples, in which the largest
distance of two distributions moves less with each of them: intervals were 3 % too narrow."""

Statistic = Callable[[FloatArray], FloatArray]
"""The raw score as a function of weights: shape (draw, row) to (draw,), rows in the order of the units."""


class Level(NamedTuple):
    """One kind of units that a score generalises over."""

    units: Units
    statistic: Statistic
    """Where all weights are 1, it is the raw score."""
    without: Callable[[], FloatArray] | None = None
    """The raw score without each unit in turn, shape (unit,), where there is a shorter way than weights; or, where the
    score jumps from unit to unit as a median does, that of a smooth one which stands for it."""
    sets_scale: bool = False
    """Whether what all other units count for depends on these, as on which people are better than a model: the whole
    error is then known as badly as few of them tell it."""
    by_stratum: bool = False
    """Whether the statistic divides by the sizes of strata, so that the others of its stratum have to stand in for a
    unit that is left out. Strata then contribute alike to a score."""


class Design(NamedTuple):
    """All kinds of units that a score generalises over."""

    levels: tuple[Level, ...]
    joint: Callable[[tuple[FloatArray, ...]], FloatArray] | None = None
    """The raw score where units of all levels are drawn at once: weights for each level to (draw,). None for one level
    on which nothing is counted twice."""
    crossed: bool = True
    """Whether every unit of one kind met every one of the other, as stimuli and neuroids do. Else, as for the units of
    a model and neurons, nothing is counted twice, and both are drawn at once."""
    times: float = 1.0
    """How often too often single responses are counted, for each time that `joint` has them more."""
    nested: tuple[Level, ...] = ()
    """Units that only one unit of `levels` met each, as images that one person saw. They are drawn with these; what
    they contribute can be told all the same."""
    indivisible: str = ""
    """Why no unit has a part in the score of its own, as a clause; empty where units have one."""


class Replicates(NamedTuple):
    """A score and its bootstrap values."""

    score: float
    """On its scale; what the bootstrap values are about."""
    values: FloatArray
    """Shape (replicate,); NaN where a draw has no number."""
    parts: FloatArray
    """Shape (part, draw), 0 where there is nothing. First the deviations of what is counted once too often, whose
    variance is to be taken from that of `values`. Then those of each kind of few units, n without strata, divided by
    (n - 1)^(1/4): the variance of their part in the error, divided by the root of its degrees of freedom."""


def grid(found: Replicates) -> float:
    """Return the step of the grid that bootstrap values are rounded to: a power of two.

    It is 1/4096 to 1/2048 of the largest deviation from the score, about a thousandth of the error, and at least 2^-20,
    so that float32 holds the values: a file that is read has the very ones of the run.
    """
    deviations = np.concatenate([found.values - found.score, found.parts.ravel()])
    largest = float(np.abs(deviations[np.isfinite(deviations)]).max(initial=0.0))
    exponent = int(np.ceil(np.log2(largest))) if largest > 0 else -_FINEST
    return float(2.0 ** max(exponent - _BITS, -_FINEST))


def rounded(found: Replicates) -> Replicates:
    """Return bootstrap values as files have them, so that those of the same model are equal to the last bit."""
    step = grid(found)
    if all((np.isnan(each) | (each % (step / 2) == 0)).all() for each in (found.values, found.parts)):
        return found  # rounded already, by which the largest deviation may have become that of the next step
    return found._replace(values=np.rint(found.values / step) * step, parts=np.rint(found.parts / step) * step)


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
    score = float(scale(np.array([value]))[0])
    parts = np.zeros((PARTS, PART_DRAWS))
    levels = [level for level in design.levels if len(level.units) > 1]
    complete = len(levels) == len(design.levels)
    if complete and not design.crossed and design.joint is not None:
        inflation = max(level.units.inflation for level in levels)
        deviation = inflation * (_together(design.joint, levels, count, _INDEPENDENT_STEP) - value) / _INDEPENDENT_STEP
        return Replicates(score, np.asarray(scale(value + deviation), dtype=np.float64), parts)
    deviations = [level.units.inflation * (resampled(level, count) - value) for level in levels]
    if complete and design.joint is not None:
        few = min(PART_DRAWS, count)
        inflation = float(np.prod([level.units.inflation for level in levels]))
        alone = sum((each[:few] / level.units.inflation for each, level in zip(deviations, levels, strict=True)), 0.0)
        more = np.sqrt(design.times) * inflation * (_together(design.joint, levels, few) - value - alone)
        parts[0, :few] = scale(value + np.nan_to_num(more)) - score
        parts *= np.sqrt(PART_DRAWS / few)  # their mean square is what counts, also of fewer draws
    for place, (level, each) in enumerate(zip(levels, deviations, strict=True)):
        freedom = len(level.units) - np.unique(level.units.strata).size
        if 0 < freedom < _FEW and place + 1 < PARTS:
            few = min(PART_DRAWS, count)
            uncertain = sum(deviations, np.zeros(count)) if level.sets_scale else each
            parts[place + 1, :few] = (scale(value + np.nan_to_num(uncertain[:few])) - score) / freedom**0.25
            parts[place + 1] *= np.sqrt(PART_DRAWS / few)
    values = scale(value + sum(deviations, np.zeros(count)))
    return Replicates(score, np.asarray(values, dtype=np.float64), parts)


def resampled(level: Level, count: int = REPLICATES) -> FloatArray:
    """Return the statistic of a level for every draw of its units, shape (count,)."""
    with one_thread():
        return np.concatenate([level.statistic(weights) for weights in level.units.blocks(count)])


def _together(
    joint: Callable[[tuple[FloatArray, ...]], FloatArray], levels: list[Level], count: int, step: float = 1.0
) -> FloatArray:
    """Return the raw score where units of all levels are drawn at once, a step away from all of them."""
    block = max(1, BLOCK // max(level.units.order.size for level in levels))

    def drawn(start: int) -> FloatArray:
        stop = min(start + block, count)
        return joint(tuple(1 + step * (level.units.weights(start, stop) - 1) for level in levels))

    with one_thread():
        return np.concatenate([drawn(start) for start in range(0, count, block)])


def without_each(level: Level) -> FloatArray:
    """Return the raw score without each unit of a level in turn, shape (unit,), in their order."""
    with one_thread():
        if level.without is not None:
            return level.without()
        left = level.units.without_one(within_strata=level.by_stratum)
        return np.concatenate([level.statistic(weights) for weights in left])
