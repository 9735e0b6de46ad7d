"""Baker & Elder 2022: does a broken configuration of a shape cost a model as much accuracy as it costs people?

Three benchmarks on silhouettes of nine animals, https://doi.org/10.1016/j.isci.2022.104913: whole ones against
fragmented ones, and against Frankenstein ones (upper and lower half of the same animal, shifted), upright and inverted.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

VISUAL_DEGREES: Final = 8.8


class SilhouetteComparison(NamedTuple):
    """What whole silhouettes are compared with."""

    name: str
    data: str
    """Identifier of the stimulus set and of the assembly."""
    broken: str
    """Image type of the broken silhouettes, as in the stimulus set: f (Frankenstein) or o (fragmented)."""
    ceiling: float
    """Published similarity of two halves of the subjects."""
    orientation: str | None = None
    """The orientation that counts; None where all do."""


COMPARISONS: Final = (
    SilhouetteComparison("frankenstein", "Baker2022_normal_distortion", "f", 0.8498),
    SilhouetteComparison("fragmented", "Baker2022_normal_distortion", "o", 0.9385),
    SilhouetteComparison("inverted", "Baker2022_inverted_distortion", "f", 0.6538, orientation="inverted"),
)


def comparison_of(benchmark: Benchmark) -> SilhouetteComparison:
    """Return the comparison that a benchmark makes."""
    return next(each for each in COMPARISONS if benchmark.identifier == f"Baker2022{each.name}-accuracy_delta")


def _accuracy_delta(comparison: SilhouetteComparison) -> Benchmark:
    return Benchmark(
        identifier=f"Baker2022{comparison.name}-accuracy_delta",
        version=1,
        parents=("average_vision", "behavior_vision", "Baker2022"),
        region="label",
        metric="baker_accuracy_delta",
        ceiling=comparison.ceiling,
        normalisation="r/c",
        stimulus_set=comparison.data,
        assembly=comparison.data,
        visual_degrees=VISUAL_DEGREES,
        number_of_trials=1,
        citation=cite("Baker2022"),
        cost=10.0,
        protocol=f"{__name__}.protocol:accuracy_delta_score",
    )


BENCHMARKS: Final = tuple(_accuracy_delta(comparison) for comparison in COMPARISONS)
"""The three benchmarks in the order of the score tree."""
