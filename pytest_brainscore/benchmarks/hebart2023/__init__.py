"""Hebart et al. 2023: which of three objects does not belong with the others?

The validation trials of THINGS-data, https://doi.org/10.7554/eLife.82580: 453642 triplets of 1854 objects.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

CHANCE: Final = 1 / 3
"""Share of matches of an observer who guesses."""
CEILING: Final = 0.6767
"""Published mean share of participants who agree about a triplet."""

BENCHMARKS: Final = (
    Benchmark(
        identifier="Hebart2023-match",
        version=1,
        parents=("average_vision", "behavior_vision"),
        region="odd_one_out",
        metric="match",
        ceiling=CEILING,
        normalisation="(r-1/3)/(c-1/3)",
        stimulus_set="Hebart2023",
        assembly="Hebart2023",
        visual_degrees=8.0,
        number_of_trials=1,
        citation=cite("Hebart2023"),
        cost=60.0,
        protocol=f"{__name__}.protocol:match_score",
    ),
)
"""The one benchmark."""
