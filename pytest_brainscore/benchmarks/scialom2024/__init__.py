"""Scialom 2024: does a model name objects as people do when only contours, phosphenes or segments are left of them?

48 photographs of twelve objects (``rgb``), as contours, and as phosphenes or segments at nine levels; ``-all`` pools
a kind's levels with photographs and contours. The published system names no publication.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

VISUAL_DEGREES: Final = 8.0
"""Side of the images where they are placed on a screen: for the error consistency."""
# Ceilings as published.
ACCURACY_DISTANCE: Final = {
    "rgb": 0.98484,
    "contours": 0.97794,
    "phosphenes-12": 0.94213,
    "phosphenes-16": 0.90114,
    "phosphenes-21": 0.89134,
    "phosphenes-27": 0.77732,
    "phosphenes-35": 0.78466,
    "phosphenes-46": 0.78246,
    "phosphenes-59": 0.79745,
    "phosphenes-77": 0.83475,
    "phosphenes-100": 0.86073,
    "segments-12": 0.86167,
    "segments-16": 0.82020,
    "segments-21": 0.80790,
    "segments-27": 0.78282,
    "segments-35": 0.77724,
    "segments-46": 0.85391,
    "segments-59": 0.83410,
    "segments-77": 0.86227,
    "segments-100": 0.92517,
    "phosphenes-all": 0.89533,
    "segments-all": 0.89052,
}
"""Similarity of the subjects' accuracies with one another, by set."""
ERROR_CONSISTENCY: Final = {"phosphenes-all": 0.45755, "segments-all": 0.42529}
"""Error consistency among the subjects, by set."""


def _accuracy_distance(name: str) -> Benchmark:
    pooled = name.endswith("-all")
    return Benchmark(
        identifier=f"Scialom2024_{name}BehavioralAccuracyDistance",
        version=1,
        parents=("Scialom2024",),
        region="label",
        metric="accuracy_distance",
        ceiling=ACCURACY_DISTANCE[name],
        normalisation="r/c",
        stimulus_set=f"Scialom2024_{name}",
        assembly=f"Scialom2024_{name}",
        visual_degrees=VISUAL_DEGREES,
        number_of_trials=1,
        citation=cite("Scialom2024"),
        cost=20.0 if pooled else 3.0,
        protocol=f"{__name__}.protocol:accuracy_distance_score",
    )


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return 22 comparisons of accuracies, 2 of errors, and 20 shares of right answers."""
    return tuple(_all())


def _all() -> Iterator[Benchmark]:
    for name in ACCURACY_DISTANCE:
        yield _accuracy_distance(name)
    for name, ceiling in ERROR_CONSISTENCY.items():
        yield replace(
            _accuracy_distance(name),
            identifier=f"Scialom2024_{name}BehavioralErrorConsistency",
            metric="error_consistency",
            ceiling=ceiling,
            protocol=f"{__name__}.protocol:error_consistency_score",
        )
    for name in ACCURACY_DISTANCE:
        if name not in ERROR_CONSISTENCY:
            yield replace(
                _accuracy_distance(name),
                identifier=f"Scialom2024_{name}EngineeringAccuracy",
                parents=("Scialom2024-top1",),
                metric="accuracy",
                ceiling=1.0,
                assembly="",
                number_of_trials=10,
                protocol=f"{__name__}.protocol:accuracy_score",
            )
