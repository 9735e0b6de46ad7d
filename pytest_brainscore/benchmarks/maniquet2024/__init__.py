"""Maniquet et al. 2024: does a model mistake manipulated objects as people do, and find the same tasks hard?

Objects under clutter, occlusion and phase scrambling, Maniquet, Op de Beeck & Costantino (2024),
https://doi.org/10.1101/2024.04.02.587669.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

# As published. The published routines behind the ceilings cannot run, so that these cannot be recomputed.
CEILINGS: Final = {"confusion_similarity": 0.53526, "tasks_consistency": 0.99810}


def _benchmark(metric: str, ceiling: float) -> Benchmark:
    return Benchmark(
        identifier=f"Maniquet2024-{metric}",
        version=1,
        parents=("average_vision", "behavior_vision", "Maniquet2024"),
        region="probabilities",
        metric=metric,
        ceiling=ceiling,
        normalisation="r/c",
        stimulus_set="Maniquet2024-test",
        assembly="Maniquet2024",
        fitting_stimulus_set="Maniquet2024-train",
        visual_degrees=8.0,
        number_of_trials=1,
        citation=cite("Maniquet2024"),
        cost=300.0,
        protocol=f"{__name__}.protocol:{metric}_score",
    )


BENCHMARKS: Final = tuple(_benchmark(metric, ceiling) for metric, ceiling in CEILINGS.items())
"""The two benchmarks in the order of the score tree."""
