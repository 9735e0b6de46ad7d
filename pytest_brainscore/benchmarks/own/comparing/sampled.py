"""Bootstrap values of a score on a recording of one's own: what it generalises over, and how its units are named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.replicating import with_replicates
from pytest_brainscore.inference.attribution import attribution
from pytest_brainscore.inference.draws import Units, units
from pytest_brainscore.inference.levels import Design, Level, Replicates, replicates, rounded
from pytest_brainscore.inference.predictivity import predictivity_design
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.inference.weighted import weighted_means
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
    neuroids: int = 0
    """How many there are, where these are not those of the recording."""


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


def of_stimuli(sampled: Sampled | None) -> Sampled | None:
    """Return the same for neuroids that nobody drew: units of a model, of which each model has its own."""
    if sampled is None:
        return None
    return sampled._replace(design=lambda stimuli, neuroids: Design(sampled.design(stimuli, neuroids).levels[:1]))


def sampled_pairs(
    own: NDArray[np.float64], target: NDArray[np.float64], correlation: Literal["spearman", "pearson"]
) -> Sampled | None:
    """Return what the correlation of two matrices of pairs generalises over; None where there are too many."""
    if len(own) > _MOST_STIMULI:
        return None
    return Sampled(lambda stimuli, _: similarity_design(own, target, stimuli, correlation=correlation))


def with_sampled(score: Score, sampled: Sampled | None, joined: Joined) -> Score:
    """Return a score with its bootstrap values, where they can be made.

    Stimuli with names are the same wherever they have these names; others, and neuroids, are those of this recording,
    and neuroids have the names that it gives them.
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
    neuroids = sampled.neuroids or _names_of_neuroids(joined)
    design = sampled.design(stimuli, units(recording, "neuroid", neuroids))
    return with_replicates(score, design, categories=sampled.strata)


def _names_of_neuroids(joined: Joined) -> list[str] | int:
    """Return the names of the neuroids, or how many there are where not each has one of its own."""
    columns, count = joined.recording.columns, int(joined.target.shape[1])
    if columns is None or columns.numbered:
        return count
    names = [str(columns.values[place]) for place in joined.neuroids]
    return names if len(set(names)) == count else count


def over_subjects(score: Score, scores: Sequence[Score], subjects: Sequence[str]) -> Score:
    """Return a mean over subjects with its bootstrap values, where the scores of all of them have some.

    Stimuli and neuroids are drawn as for each subject, and subjects beside them. The neuroids of a subject are then
    drawn with it once more, so that intervals are rather too wide where these are few.

    Parameters
    ----------
    score
        The mean.
    scores
        Of every subject.
    subjects
        Their names.

    """
    found = [each.replicates for each in scores]
    known = [each for each in found if each is not None]
    if len(known) < len(found) or len({(each.values.shape, each.parts.shape) for each in known}) != 1:
        return score
    people = units("\n".join(sorted(subjects)), "subject", list(subjects))
    values = people.sort(np.array([each.value for each in scores]))
    design = Design((Level(people, lambda weights: weighted_means(weights, values)),))
    drawn = replicates(score.value, design, count=known[0].values.size)
    parts = np.mean([each.parts for each in known], axis=0)
    parts[-1] = drawn.parts[1]
    mean = np.mean([each.values for each in known], axis=0)
    together = Replicates(score.value, mean + drawn.values - score.value, parts)
    return replace(score, replicates=rounded(together), attribution=attribution(score.value, design))
