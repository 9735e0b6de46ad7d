"""Kar2019: does the object in an image become readable in a model's IT when it does in macaque IT?

The time course of IT matters: a model that gives the same response at all times has no number here. Kar, Kubilius,
Schmidt, Issa & DiCarlo (2019), https://doi.org/10.1038/s41593-019-0392-5.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

CEILING: Final = 0.79
"""Consistency of the recorded solution times, computed by the authors of the data."""

BENCHMARKS: Final = (
    Benchmark(
        identifier="Kar2019-ost",
        version=2,
        parents=("average_vision", "neural_vision", "IT"),
        region="IT",
        metric="ost",
        ceiling=CEILING,
        normalisation="r/c",
        stimulus_set="Kar2019",
        assembly="Kar2019",
        visual_degrees=8.0,
        number_of_trials=44,
        citation=cite("Kar2019"),
        # Of a model with a time course: 18 time bins, ten read-outs for each. Others are done at once.
        cost=900.0,
        protocol=f"{__name__}.protocol:score",
    ),
)
"""The published leaf."""
