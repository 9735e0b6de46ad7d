"""Islam 2021: in how many dimensions of a region of a model are shapes, and in how many textures?

Objects of 20 shapes, each painted over with five textures. Islam, Kowal, Esser, Jia, Ommer, Derpanis & Bruce (2021),
https://openreview.net/forum?id=NcFEZOi-rLa. Nothing was recorded: the score is a property of the model, not a
similarity with a brain.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

FACTORS: Final = ("shape", "texture")
REGIONS: Final = ("V1", "V2", "V4", "IT")


def factor_of(benchmark: Benchmark) -> str:
    """Return the factor whose dimensions a benchmark counts."""
    return benchmark.identifier.partition("-")[2].partition("_")[0]


def _dimensionality(factor: str, region: str) -> Benchmark:
    return Benchmark(
        # The published system has it internally as Islam2021-V1_shape_dimensionality, for example.
        identifier=f"Islam2021-{factor}_{region.lower()}_dimensionality",
        version=1,
        parents=("Islam2021",),
        region=region,
        metric="factor_dimensionality",
        ceiling=1.0,
        normalisation="r",
        stimulus_set="Islam2021",
        # Not used: images fill the input of the model, whatever visual angle it spans.
        visual_degrees=8.0,
        number_of_trials=1,
        citation=cite("Islam2021"),
        cost=400.0,
        protocol=f"{__name__}.protocol:score",
    )


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the benchmarks of both factors in four regions."""
    return tuple(_dimensionality(factor, region) for factor in FACTORS for region in REGIONS)
