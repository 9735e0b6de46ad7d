"""Bootstrap values of a score on a recording of one's own: what it generalises over, and how its units are named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.replicating import with_replicates
from pytest_brainscore.inference.draws import Units, units
from pytest_brainscore.inference.levels import Design
from pytest_brainscore.inference.predictivity import predictivity_design
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.metrics.reliability.explained_variance import FORMULAS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from pytest_brainscore.benchmarks.own.comparing.joined import Joined
    from pytest_brainscore.metrics.shared.splits import Split
    from pytest_brainscore.scoring.score import Score

_MOST_PREDICTIONS: Final = 2**21
"""Held-out predictions of all splits, beyond which bootstrap values would take more than some seconds."""
_MOST_STIMULI: Final = 256
"""The same for matrices of pairs of stimuli."""


class Sampled(NamedTuple):
    """What a number generalises over, but for the names of stimuli and neuroids."""

    design: Callable[[Units, Units], Design]
    """Of stimuli and neuroids."""
    strata: NDArray[Any] | None = None
    """Labels of stimuli within which they are drawn."""


def sampled_predictions(
    held_out: Sequence[NDArray[np.float64]],
    splits: Sequence[Split],
    responses: NDArray[np.float64],
    strata: NDArray[Any] | None,
) -> Sampled | None:
    """Return what correlations with held-out predictions generalise over; None where there are too many."""
    if sum(prediction.size for prediction in held_out) > _MOST_PREDICTIONS:
        return None
    tests = [split.test for split in splits]
    return Sampled(lambda stimuli, neuroids: predictivity_design(held_out, tests, responses, stimuli, neuroids), strata)


def sampled_pairs(
    own: NDArray[np.float64], target: NDArray[np.float64], correlation: Literal["spearman", "pearson"]
) -> Sampled | None:
    """Return what the correlation of two matrices of pairs generalises over; None where there are too many."""
    if len(own) > _MOST_STIMULI:
        return None
    return Sampled(lambda stimuli, _: similarity_design(own, target, stimuli, correlation=correlation))


def with_sampled(score: Score, sampled: Sampled | None, joined: Joined) -> Score:
    """Return a score with its bootstrap values, where they can be made.

    Stimuli with names are the same wherever they have these names; others, and neuroids, are those of this recording.
    """
    if sampled is None or score.normalisation not in FORMULAS:
        return score
    recording = hashlib.sha256(np.ascontiguousarray(joined.target, dtype="<f8").tobytes()).hexdigest()
    rows = joined.recording.rows
    if rows is None or rows.numbered:
        stimuli = units(recording, "stimulus", len(joined.features), strata=sampled.strata)
    else:
        names = [str(rows.values[place]) for place in joined.stimuli]
        shown = hashlib.sha256("\n".join(sorted(names)).encode("utf-8", "backslashreplace")).hexdigest()
        stimuli = units(shown, "stimulus", names, strata=sampled.strata)
    return with_replicates(score, sampled.design(stimuli, units(recording, "neuroid", joined.target.shape[1])))
