"""Rajalingham 2020: do features of a model predict sites in macaque IT that saw strings of letters?

Rajalingham, Kar, Sanghavi, Dehaene & DiCarlo (2020), https://doi.org/10.1038/s41467-020-17714-3.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

REPETITIONS: Final = 33


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the one benchmark on these recordings."""
    return (
        Benchmark(
            identifier="Rajalingham2020.IT-pls",
            version=2,
            parents=("further_recordings", "IT"),
            region="IT",
            metric="pls",
            ceiling=0.561013,
            normalisation="r^2/c",
            stimulus_set="Rajalingham2020",
            assembly="Rajalingham2020",
            visual_degrees=8.0,
            number_of_trials=REPETITIONS,
            citation=cite("Rajalingham2020"),
            cost=60.0,
            protocol=f"{__name__}.protocol:score",
        ),
    )
