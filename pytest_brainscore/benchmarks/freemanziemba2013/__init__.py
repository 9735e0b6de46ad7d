"""FreemanZiemba2013: do features of a model predict neurons in macaque V1 and V2 that saw textures?

Naturalistic textures, and noise with the same spectrum, shown for 100 ms to 102 neurons in V1 and 103 in V2. Freeman,
Ziemba, Heeger, Simoncelli & Movshon (2013), https://doi.org/10.1038/nn.3402.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

CEILINGS: Final = {"V1": 0.873345, "V2": 0.824836}
"""As published, of the private recordings."""


def _leaf(region: str) -> Benchmark:
    return Benchmark(
        identifier=f"FreemanZiemba2013.{region}-pls",
        version=2,
        parents=("average_vision", "neural_vision", region),
        region=region,
        metric="pls",
        ceiling=CEILINGS[region],
        normalisation="(r/c)^2",
        stimulus_set="FreemanZiemba2013.aperture-private",
        assembly="FreemanZiemba2013.private",
        visual_degrees=4.0,
        number_of_trials=20,
        citation=cite("Freeman2013"),
        cost=20.0,
        protocol=f"{__name__}.protocol:score",
    )


BENCHMARKS: Final = tuple(_leaf(region) for region in ("V1", "V2"))
"""The two published leaves."""

_CURRENT: Final = tuple(replace(leaf, version=3, normalisation="r^2/c") for leaf in BENCHMARKS)
# Of the public ceilings one is documented (V1); the published version stayed 1 when its normalisation changed in 2026,
# and the number stands for the current one here.
_PUBLIC: Final = tuple(
    replace(
        leaf,
        identifier=f"FreemanZiemba2013public.{leaf.region}-pls",
        version=1,
        parents=("public_variants", leaf.region),
        ceiling=ceiling,
        stimulus_set="FreemanZiemba2013.aperture-public",
        assembly="FreemanZiemba2013.public",
        cost=12.0,
    )
    for leaf, ceiling in zip(_CURRENT, (0.88076227, None), strict=True)
)


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the protocol of 2026, and the public variants: 135 of the 450 images."""
    return (*_CURRENT, *_PUBLIC)
