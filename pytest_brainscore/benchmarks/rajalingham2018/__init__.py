"""Rajalingham et al. 2018: does a model take the same images for the same other objects as people do?

Trials of people who saw one of 24 objects and chose between it and another one, Rajalingham, Issa, Bashivan, Kar,
Schmidt & DiCarlo (2018), https://doi.org/10.1101/240614. The published leaf is on 240 private images; a variant outside
the score tree is on the 2160 public images, on which the decoder of both is fitted.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

BENCHMARKS: Final = (
    Benchmark(
        identifier="Rajalingham2018-i2n",
        version=2,
        parents=("average_vision", "behavior_vision"),
        region="probabilities",
        metric="i2n",
        ceiling=0.479,
        normalisation="r/sqrt(c)",
        stimulus_set="objectome.private",
        assembly="Rajalingham2018.private",
        fitting_stimulus_set="objectome.public",
        visual_degrees=8.0,
        number_of_trials=2,
        citation=cite("Rajalingham2018"),
        cost=60.0,
        protocol=f"{__name__}.protocol:i2n_score",
    ),
)
"""The published leaf."""

_PUBLIC: Final = replace(
    BENCHMARKS[0],
    identifier="Rajalingham2018public-i2n",
    parents=("public_variants", "behavior_vision"),
    ceiling=None,
    stimulus_set="objectome.public",
    assembly="Rajalingham2018.public",
    protocol=f"{__name__}.protocol:i2n_score_of_few_trials",
)


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the public variant."""
    return (_PUBLIC,)
