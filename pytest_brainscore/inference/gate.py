"""The decision of a gate: which scores of a run are worse than their baseline, with one chance of error for all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

from pytest_brainscore.inference.differences import Difference, quantile, tail
from pytest_brainscore.inference.families import holm

Decision = Literal["unchanged", "improved", "regressed"]


class Judged(NamedTuple):
    """What became of a score."""

    decision: Decision
    difference: Difference
    p: float
    """Of having fallen by no more than the margin, one-sided, adjusted for all leaves of the run (Holm)."""
    bound: float
    """How much the difference is at most, with the confidence that the run needs here: below the margin exactly where
    the score regressed."""


def judge(differences: Mapping[str, Difference], *, margin: float = 0.0, level: float = 0.05) -> dict[str, Judged]:
    """Decide which leaves of a run regressed.

    A leaf regressed when its difference is below -margin beyond doubt. The chance that any leaf of a run is called
    so, whose model is not worse than by the margin, is at most `level` for the whole run, however leaves depend on each
    other; a run of the same weights has differences of exactly 0, and never is. Improvements are told likewise.

    Parameters
    ----------
    differences
        Score minus baseline by leaf, from `paired_difference`.
    margin
        What may be lost; 0 or more.
    level
        Chance of a false alarm in a run.

    Returns
    -------
    One for every leaf, in their order. Where a difference has no error, any difference beyond the margin counts; where
    it cannot be told (NaN), the leaf is unchanged, and the caller says what that means.

    Raises
    ------
    ValueError
        If the margin is negative or not finite, or the level is not between 0 and 0.5.

    """
    if not 0 <= margin < math.inf or not 0 < level < 0.5:
        raise ValueError(f"A margin of {margin} at the level {level} decides nothing: give 0 or more, and below 0.5.")
    fallen = {leaf: _p_below(each.centre + margin, each) for leaf, each in differences.items()}
    risen = {leaf: _p_below(margin - each.centre, each) for leaf, each in differences.items()}
    worse, better = (dict(zip(p, holm(list(p.values())).tolist(), strict=True)) for p in (fallen, risen))
    # Holm goes through p values from the least, with a level shared by those that are left.
    ranks = {
        leaf: place
        for place, leaf in enumerate(sorted(fallen, key=lambda leaf: (math.isnan(fallen[leaf]), fallen[leaf])))
    }
    comparisons = sum(not math.isnan(p) for p in fallen.values())
    judged = {}
    for leaf, each in differences.items():
        decision: Decision = (
            "regressed" if worse[leaf] <= level else "improved" if better[leaf] <= level else "unchanged"
        )
        share = level / max(comparisons - ranks[leaf], 1)
        judged[leaf] = Judged(decision, each, worse[leaf], each.centre + quantile(1 - share, each.freedom) * each.error)
    return judged


def _p_below(value: float, difference: Difference) -> float:
    error = difference.error
    return float("nan") if math.isnan(value) or math.isnan(error) else tail(value, error, difference.freedom)
