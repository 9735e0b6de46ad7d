"""Coggan & Tong 2024, behavior: is a model as much disturbed by each kind of occluder as people are?

Thirty subjects named the category (of eight) of images that were partly hidden by occluders of nine kinds in two
colours. The published system names no publication.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

BENCHMARKS: Final = (
    Benchmark(
        identifier="tong.Coggan2024_behavior-ConditionWiseAccuracySimilarity",
        version=1,
        parents=("average_vision", "behavior_vision"),
        region="probabilities",
        metric="condition_wise_accuracy_similarity",
        ceiling=None,
        normalisation="(r/c)^2",
        stimulus_set="Coggan2024_behavior",
        assembly="Coggan2024_behavior",
        fitting_stimulus_set="Coggan2024_behavior_fitting",
        visual_degrees=10.0,
        number_of_trials=1,
        citation=cite("Coggan2024behavior"),
        cost=400.0,
        protocol=f"{__name__}.protocol:condition_wise_accuracy_score",
    ),
)
"""The one benchmark."""
