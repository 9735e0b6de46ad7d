"""Bracci2019: are animals, objects and objects that look like animals as similar in a model as in human cortex?

fMRI of twelve subjects. Bracci, Ritchie, Kalfas & Op de Beeck (2019), https://doi.org/10.1523/JNEUROSCI.1714-18.2019.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

BENCHMARKS: Final = (
    Benchmark(
        identifier="Bracci2019.anteriorVTC-rdm",
        version=1,
        parents=("average_vision", "neural_vision", "IT"),
        region="IT",
        metric="rdm",
        ceiling=None,
        normalisation="r/c",
        stimulus_set="Bracci2019",
        assembly="Bracci2019",
        visual_degrees=8.0,
        number_of_trials=1,
        citation=cite("Bracci2019"),
        cost=2.0,
        protocol=f"{__name__}.protocol:score",
    ),
)
"""The published leaf."""
