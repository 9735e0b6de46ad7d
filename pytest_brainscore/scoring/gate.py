"""Whether a score fell from its baseline by more than chance: the two compared on the same draws.

A run with many scores must not be red more often than one with few. The chance of a false alarm is therefore shared by
all scores of the run that are compared in this way, in equal parts (Bonferroni): how many these are is known before the
first is computed, so that a worker decides about each as it comes, and the test that fails is the one to blame. A run
is red in exactly those cases in which Holm's method, which would have to wait for all, makes it red, since both begin
with the smallest p value and the same part; only further scores of a run that is red already could differ.
"""

from __future__ import annotations

import math
from typing import Final

from pytest_brainscore.inference.differences import paired_difference
from pytest_brainscore.inference.gate import judge
from pytest_brainscore.inference.levels import Replicates, rounded
from pytest_brainscore.scoring.comparison import PairedInterval, PairedVerdict

LEVEL: Final = 0.05
"""Chance that a run is red whose models are as good as their baselines."""
REPRODUCIBLE: Final = 5e-4
"""A change by no more is none: versions of libraries and numbers of threads change the score of one network by this."""


def paired_verdict(
    baseline: Replicates, now: Replicates, *, margin: float = 0.0, comparisons: int = 1
) -> tuple[PairedVerdict, PairedInterval] | None:
    """Decide whether a score fell, or rose, by more than a margin.

    Parameters
    ----------
    baseline, now
        Bootstrap values on the same draws.
    margin
        What may be lost; 0 or more.
    comparisons
        Scores of the run that are compared in this way, this one among them.

    Returns
    -------
    The verdict and the interval that it follows from: ``regressed`` when it lies below -margin, ``improved`` when above
    margin. None where the two cannot be compared: other numbers of draws, or no number in half of them.

    """
    before, after = rounded(baseline), rounded(now)
    if before.values.shape != after.values.shape or before.parts.shape != after.parts.shape:
        return None
    share = LEVEL / comparisons
    difference = paired_difference(before, after, level=1 - 2 * share)
    if math.isnan(difference.error):
        return None
    decision = judge({"": difference}, margin=margin, level=share)[""].decision
    verdict = "unchanged" if abs(difference.value) <= REPRODUCIBLE else decision
    interval = PairedInterval(
        low=difference.low, high=difference.high, confidence=difference.level, comparisons=comparisons, margin=margin
    )
    return verdict, interval
