"""Bootstrap values of scores: which units the benchmarks of this package draw, and how a score gets its values.

Units are named by what is drawn, never by the model or by what a benchmark asks of it: benchmarks that share stimuli,
or neurons, draw the same ones, so that averages over them know it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.inference.draws import FloatArray, Units, units
from pytest_brainscore.inference.levels import Design, replicates
from pytest_brainscore.metrics.reliability.explained_variance import normalised

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.scoring.score import Score

_STEP: Final = 2.0**-20
"""Bootstrap values are multiples of it: float32 holds them, and they are the same in a run as read from a file."""


def stimulus_units(benchmark: Benchmark, identifiers: ArrayLike, strata: ArrayLike | None = None) -> Units:
    """Return the stimuli of a benchmark, one identifier per row; shared by all with the same stimulus set."""
    return units(benchmark.stimulus_set or benchmark.identifier, "stimulus", identifiers, strata=strata)


def neuroid_units(benchmark: Benchmark, neuroids: Mapping[str, NDArray[np.generic]], count: int) -> Units:
    """Return the neuroids of a recording, by ``neuroid_id`` where each has one of its own, else by their place."""
    names = neuroids.get("neuroid_id")
    named = names is not None and len(set(names.astype(str).tolist())) == count
    source = f"{benchmark.assembly or benchmark.identifier}/{benchmark.region}"
    return units(source, "neuroid", names if named and names is not None else count)


def subject_units(benchmark: Benchmark, identifiers: ArrayLike | int) -> Units:
    """Return the people, or animals, that a benchmark compares a model with."""
    return units(benchmark.assembly or benchmark.identifier, "subject", identifiers)


def with_replicates(
    score: Score,
    design: Design,
    *,
    raw: float | None = None,
    scale: Callable[[FloatArray], FloatArray] | None = None,
    bounded: bool = False,
) -> Score:
    """Return a score with its bootstrap values, which are none where it has no error: of too few stimuli, say.

    Parameters
    ----------
    score
        As it is without; none of its numbers changes.
    design
        What it generalises over.
    raw
        What the statistics of the design are where all weights are 1; `Score.raw` unless it is given.
    scale
        From raw scores to scores, at a fixed ceiling; by default what the normalisation of the score says.
    bounded
        Whether the protocol cuts scores to [0, 1].

    """
    if not math.isfinite(score.error):
        return score
    normalise = scale or (lambda values: normalised(values, score.ceiling, score.normalisation))
    found = replicates(
        score.raw if raw is None else raw,
        design,
        scale=lambda values: np.clip(normalise(values), 0.0, 1.0) if bounded else normalise(values),
    )
    return replace(
        score, replicates=found._replace(score=score.value, values=_rounded(found.values), parts=_rounded(found.parts))
    )


def _rounded(values: FloatArray) -> FloatArray:
    return np.asarray((np.rint(values / _STEP) * _STEP).astype(np.float32), dtype=np.float64)
