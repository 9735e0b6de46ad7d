"""Lonnqvist 2024: is a model as often right as people about whether two points are on one curve?

Images of curves that cross each other, shown to three groups of people: in the laboratory with and without
instructions, and online without. The published system names no publication.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

VISUAL_DEGREES: Final = 17.70753
GROUPS: Final = {
    "InlabInstructions": ("inlab-instructions", 0.95646366),
    "InlabNoInstructions": ("inlab-no-instructions", 0.84258475),
    "OnlineNoInstructions": ("online-no-instructions", 0.79752907),
}
"""Groups of subjects: the end of the name of their trials, and the published similarity of their accuracies."""


def _accuracy_distance(group: str) -> Benchmark:
    trials, ceiling = GROUPS[group]
    return Benchmark(
        identifier=f"Lonnqvist2024_{group}BehavioralAccuracyDistance",
        version=1,
        parents=("Lonnqvist2024",),
        region="probabilities",
        metric="accuracy_distance",
        ceiling=ceiling,
        normalisation="r/c",
        stimulus_set="Lonnqvist2024_test",
        fitting_stimulus_set="Lonnqvist2024_train",
        assembly=f"Lonnqvist2024_{trials}",
        visual_degrees=VISUAL_DEGREES,
        number_of_trials=1,
        citation=cite("Lonnqvist2024"),
        cost=15.0,
        protocol=f"{__name__}.protocol:accuracy_distance_score",
    )


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the comparisons with three groups of people, and the share of right answers."""
    people = tuple(_accuracy_distance(group) for group in GROUPS)
    accuracy = replace(
        people[0],
        identifier="Lonnqvist2024_EngineeringAccuracy",
        metric="accuracy",
        ceiling=1.0,
        assembly="",
        protocol=f"{__name__}.protocol:accuracy_score",
    )
    return (*people, accuracy)
