"""What metrics compute: operations, bytes and memory as functions of the sizes of their input.

One function a metric, each the sum of what its implementation does; the module that does it is named in each. Numbers
are in double precision. What only iteration tells (how many steps) is stated as a constant with its source, and marks
the result as uncertain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pytest_brainscore.cost.machine import Rates

DOUBLE: Final = 8
SINGLE: Final = 4
SPLITS: Final = 10
"""Of `metrics.shared.splits`: nine tenths are fitted."""
TRAIN: Final = 0.9
COMPONENTS: Final = 25
"""Of `metrics.predictivity.pls`."""
PLS_STEPS: Final = 60
"""Power iterations a component: "components take 20 to 120" (`metrics.predictivity.nipals`)."""
PLS_REFRESHES: Final = 3
"""Times that the cross product of a split is computed from the cross-covariance, the first included."""
PLS_KEPT: Final = 2**27
"""Bytes that the splits which are fitted together keep (`metrics.predictivity.pls`)."""
BLOCK: Final = 2**25
"""Bytes of features in double precision that are read at a time (`regression_data`, `rdm`)."""
REPLICATES: Final = 1000
PART_DRAWS: Final = 250
"""Draws of `inference.levels`."""
DRAWN_PASSES: Final = 14
"""Passes over draws x neuroids that make correlations of sums (`inference.weighted`)."""
ALPHAS: Final = 99
FEW_ALPHAS: Final = 30
"""Penalties that tell the errors of all: "a dozen to fifty" (`metrics.predictivity.ridge`)."""
NEWTON_PRODUCTS: Final = 60
"""Products with the Hessian that scikit-learn's newton-cg makes, about, of standardised features with C = .001."""


@dataclass(frozen=True)
class Work:
    """Something that is computed after a model has looked."""

    products: float = 0.0
    """Operations of products of matrices."""
    decompositions: float = 0.0
    """Operations of decompositions."""
    stream: float = 0.0
    """Bytes that pass through the processor, each time they do."""
    sorting: float = 0.0
    """Numbers that are sorted, times the logarithm (base 2) of how many are sorted together."""
    memory: float = 0.0
    """Bytes that are held at most at one time, besides features and data."""
    uncertain: bool = False
    """Whether how much it is depends on the numbers."""

    def __add__(self, other: Work) -> Work:
        """Return one after the other: operations add up, memory is given back in between."""
        return Work(
            self.products + other.products,
            self.decompositions + other.decompositions,
            self.stream + other.stream,
            self.sorting + other.sorting,
            max(self.memory, other.memory),
            self.uncertain or other.uncertain,
        )

    def times(self, count: float) -> Work:
        """Return the same so many times, one after the other."""
        return Work(
            self.products * count,
            self.decompositions * count,
            self.stream * count,
            self.sorting * count,
            self.memory,
            self.uncertain,
        )

    def seconds(self, rates: Rates) -> float:
        """Return the processor seconds on a machine."""
        return (
            self.products / rates.products
            + self.decompositions / rates.decompositions
            + self.stream / rates.stream
            + self.sorting / rates.sorting
        )


def sorting_of(count: float, times: float = 1.0) -> float:
    """Return what sorting some numbers counts."""
    return times * count * math.log2(max(count, 2.0))


def pls(stimuli: float, units: float, neuroids: float, splits: int = SPLITS, components: int = COMPONENTS) -> Work:
    """`metrics.predictivity.pls`: features reduced to columns once, then all splits component by component."""
    n, p, m = stimuli, units, neuroids
    columns = min(n, p) if p > 2 * n else p
    side, other = min(columns, m), max(columns, m)
    reducing = Work(
        products=n * n * p + n**3 / 3 if p > 2 * n else 0.0,
        stream=3 * DOUBLE * n * p,
        memory=3 * DOUBLE * n * n + 3 * BLOCK if p > 2 * n else DOUBLE * n * columns + 2 * BLOCK,
    )
    covariances = 2 * n * columns * m * (1 + splits * (1 - TRAIN)) + PLS_REFRESHES * splits * 2 * side * side * other
    step = Work(
        products=2 * 2 * splits * n * columns + splits * 2 * PLS_STEPS * side * side,
        stream=3 * splits * DOUBLE * columns * m,
    )
    kept = DOUBLE * (columns * m + side * side + components * (3 * columns + 2 * m))
    together = min(splits * kept, max(PLS_KEPT, kept))
    fitting = Work(
        products=covariances, stream=4 * splits * DOUBLE * columns * m, memory=2 * DOUBLE * n * (columns + m) + together
    )
    return reducing + fitting + step.times(components if m > 1 else 1)


def ridge(stimuli: float, tested: float, units: float, neuroids: float, splits: int = 1) -> Work:
    """`metrics.predictivity.ridge` with a given penalty, dual where there are more units than training stimuli."""
    n, t, p, m = stimuli, tested, units, neuroids
    if p > n:
        gram = n * n * p + 2 * t * n * p
        each = n**3 / 3 + 2 * n * n * m + 2 * t * n * m
        memory = 3 * DOUBLE * n * n + DOUBLE * (2 * t * n + 3 * n * m + t * m) + 3 * BLOCK
    else:
        gram = 0.0
        each = 2 * n * p * p + p**3 / 3 + 2 * n * p * m + 2 * p * p * m + 2 * t * p * m
        memory = DOUBLE * (2 * (n + t) * p + 2 * p * p + 3 * n * m + p * m + t * m) + BLOCK
    return Work(products=gram + splits * each, stream=3 * DOUBLE * (n + t) * p, memory=memory)


def ridge_cv(
    stimuli: float, tested: float, units: float, neuroids: float, splits: int = 1, alphas: int = ALPHAS
) -> Work:
    """`metrics.predictivity.ridge` with the best of some penalties: one decomposition, an error for each penalty."""
    n, t, p, m = stimuli, tested, units, neuroids
    directions, columns = min(n, p), min(m, min(n, p))
    few = min(alphas, FEW_ALPHAS)
    gram = n * n * p + 2 * t * n * p if p > n else 0.0
    errors = few * 2 * n * directions * columns + 2 * alphas * few * n * columns + 2 * alphas * n * directions
    each = 2 * n * directions * m + errors + 2 * t * directions * m
    memory = DOUBLE * (5 * n * directions + 2 * t * n + 4 * n * m + 3 * n * columns) + 5 * BLOCK
    return Work(
        products=gram + splits * each,
        decompositions=splits * 9 * n * directions * directions,
        stream=3 * DOUBLE * (n + t) * p + splits * alphas * 4 * DOUBLE * n * columns,
        memory=memory,
    )


def linear(stimuli: float, units: float, neuroids: float, splits: int = SPLITS) -> Work:
    """`metrics.predictivity.linear`: least squares by singular values of features, rotated where they are many."""
    n, p, m = stimuli, units, neuroids
    columns = min(n, p)
    return Work(
        products=n * n * p + splits * 4 * n * columns * m,
        decompositions=splits * 9 * n * columns * columns,
        stream=3 * DOUBLE * n * p,
        memory=DOUBLE * (5 * n * columns + 3 * n * m) + 3 * BLOCK,
    )


def dissimilarities(stimuli: float, units: float) -> Work:
    """`metrics.similarity.rdm`: inner products of stimuli, from blocks of units."""
    return Work(
        products=stimuli**2 * units,  # symmetric
        stream=4 * DOUBLE * stimuli * units + 8 * DOUBLE * stimuli**2,
        memory=2 * DOUBLE * stimuli**2 + 2 * BLOCK,
    )


def pairs_compared(stimuli: float, draws: int = REPLICATES) -> Work:
    """`metrics.similarity.pair_bootstrap` and `inference.similarity`: ranks of all pairs, for every draw."""
    pairs = stimuli * (stimuli - 1) / 2
    return Work(
        sorting=sorting_of(pairs, 2 * draws),
        stream=draws * pairs * 12 * DOUBLE,
        products=2 * REPLICATES * pairs * 6,
        memory=16 * DOUBLE * pairs,
    )


def kernels_aligned(stimuli: float, units: float, neuroids: float) -> Work:
    """`metrics.similarity.cka` with its jackknife: centred kernels of both."""
    n = stimuli
    return Work(
        products=n * n * (units + neuroids),
        stream=3 * DOUBLE * n * (units + neuroids) + 24 * DOUBLE * n * n,
        memory=5 * DOUBLE * n * n + 3 * BLOCK,
    )


def consistency(repetitions: float, stimuli: float, neuroids: float, splits: int = SPLITS) -> Work:
    """`metrics.reliability.internal_consistency`: halves of the repetitions, averaged and correlated."""
    size = DOUBLE * repetitions * stimuli * neuroids
    return Work(stream=splits * 4 * size, memory=size + 4 * DOUBLE * stimuli * neuroids)


def predictivity_drawn(tested: float, neuroids: float, splits: int = SPLITS) -> Work:
    """`inference.predictivity`: correlations of held-out predictions for every draw of stimuli, and of both."""
    draws = REPLICATES + PART_DRAWS
    together = min(draws * neuroids, 2.0**22)
    return Work(
        products=splits * draws * 2 * tested * 5 * neuroids,
        stream=splits * draws * neuroids * DRAWN_PASSES * DOUBLE,
        sorting=splits * PART_DRAWS * sorting_of(neuroids),
        memory=8 * DOUBLE * together,
    )


def readout(stimuli: float, units: float, labels: float) -> Work:
    """`models.tasks.probabilities_task`: standardised features, multinomial logistic regression by newton-cg."""
    return Work(
        products=NEWTON_PRODUCTS * 4 * stimuli * units * labels,
        stream=8 * DOUBLE * stimuli * units,
        memory=3 * DOUBLE * stimuli * units,
        uncertain=True,
    )


def answers_drawn(stimuli: float, subjects: float = 1.0, draws: int = REPLICATES) -> Work:
    """Bootstraps over the answers of a model and of people: a few passes over answers, for every draw."""
    return Work(stream=draws * stimuli * max(subjects, 1.0) * 4 * DOUBLE, memory=64 * DOUBLE * stimuli)


def distribution_drawn(units: float, neurons: float, draws: int = REPLICATES) -> Work:
    """`metrics.tuning.ks_similarity` of a model and of the neurons, and `inference.distributions` after it."""
    return Work(sorting=4 * draws * sorting_of(neurons), stream=draws * (units + neurons) * 24 * DOUBLE, memory=2.0**24)
