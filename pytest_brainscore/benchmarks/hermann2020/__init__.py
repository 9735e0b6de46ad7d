"""Hermann, Chen & Kornblith 2020: does a model go by shape or by texture where the two contradict each other?

NeurIPS 33:19000-19015, https://arxiv.org/abs/1911.09071, on the cue-conflict images of Geirhos et al. (2019),
https://arxiv.org/abs/1811.12231.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

MEASURES: Final = {"shape_match": "accuracy", "shape_bias": "accuracy ratio"}
"""The two measures, and what kind of number each is."""


def _cue_conflict(measure: str) -> Benchmark:
    return Benchmark(
        identifier=f"Hermann2020cueconflict-{measure}",
        version=1,
        parents=("engineering_vision", "Hermann2020"),
        region="label",
        metric=MEASURES[measure],
        ceiling=1.0,
        normalisation="r/c",
        stimulus_set="Geirhos2021_cue-conflict",
        assembly="",
        # As in the experiment; not used: the images fill the input of the model.
        visual_degrees=3.0,
        number_of_trials=1,
        citation=cite("Hermann2020"),
        cost=30.0,
        protocol=f"{__name__}.protocol:{measure}_score",
    )


BENCHMARKS: Final = tuple(_cue_conflict(measure) for measure in MEASURES)
"""The two benchmarks in the order of the score tree."""
