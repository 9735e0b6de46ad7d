"""BMD 2024: is a model as often right as people are about objects without photographic texture?

Four sets of 100 images of ten categories: silhouettes filled with a character (texture_1, texture_2) and outlines made
of dots at two distances (dotted_1, dotted_2). The published system names no publication.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

VISUAL_DEGREES: Final = 8.0
CEILINGS: Final = {"dotted_1": 0.97837, "dotted_2": 0.93071, "texture_1": 0.98283, "texture_2": 0.97337}
"""Published similarity of the subjects' accuracies with one another, by set."""


def _accuracy_distance(name: str, ceiling: float) -> Benchmark:
    return Benchmark(
        identifier=f"BMD2024.{name}Behavioral-accuracy_distance",
        version=1,
        parents=("average_vision", "behavior_vision", "BMD2024"),
        region="label",
        metric="accuracy_distance",
        ceiling=ceiling,
        normalisation="r/c",
        stimulus_set=f"BMD2024.{name}",
        assembly=f"BMD2024.{name}",
        visual_degrees=VISUAL_DEGREES,
        number_of_trials=1,
        citation=cite("BMD2024"),
        cost=5.0,
        protocol=f"{__name__}.protocol:accuracy_distance_score",
    )


BENCHMARKS: Final = tuple(_accuracy_distance(name, ceiling) for name, ceiling in CEILINGS.items())
"""The four benchmarks in the order of the score tree."""
