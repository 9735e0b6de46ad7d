"""Bootstrap values of scores: which units the benchmarks of this package draw, and how a score gets its values.

Units are named by what is drawn, never by the model or by what a benchmark asks of it: benchmarks that share stimuli,
or neurons, draw the same ones, so that averages over them know it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.inference.attribution import attribution
from pytest_brainscore.inference.draws import FloatArray, Units, units
from pytest_brainscore.inference.levels import Design, replicates, rounded
from pytest_brainscore.metrics.reliability.explained_variance import normalised

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.scoring.score import Score


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
    categories: ArrayLike | None = None,
) -> Score:
    """Return a score with its bootstrap values, and with what each stimulus, neuroid and person contributes to it.

    There are none where it has no error: of too few stimuli, say.

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
    categories
        Of the stimuli, one per row of the first kind of units of the design: by these, contributions are summed.

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
        score,
        replicates=rounded(found._replace(score=score.value)),
        attribution=attribution(score.value, design, scale=normalise, categories=categories),
    )
