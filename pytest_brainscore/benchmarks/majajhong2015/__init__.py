"""MajajHong2015: do features of a model predict sites in macaque V4 and IT that saw objects?

Renderings of 64 objects on unrelated backgrounds, shown for 100 ms to 88 sites in V4 and 168 in IT. Majaj, Hong,
Solomon & DiCarlo (2015), https://doi.org/10.1523/JNEUROSCI.5181-14.2015.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

CEILINGS: Final = {"V4": 0.89503, "IT": 0.821841}
"""As published, of the private recordings."""


def _leaf(region: str) -> Benchmark:
    return Benchmark(
        identifier=f"MajajHong2015.{region}-pls",
        version=3,
        parents=("average_vision", "neural_vision", region),
        region=region,
        metric="pls",
        ceiling=CEILINGS[region],
        normalisation="(r/c)^2",
        stimulus_set="hvm-private",
        assembly="MajajHong2015.private",
        visual_degrees=8.0,
        number_of_trials=50,
        citation=cite("Majaj2015"),
        cost=90.0,
        protocol=f"{__name__}.protocol:score",
    )


BENCHMARKS: Final = tuple(_leaf(region) for region in ("V4", "IT"))
"""The two published leaves."""

_CURRENT: Final = tuple(replace(leaf, version=4, normalisation="r^2/c") for leaf in BENCHMARKS)
_PUBLIC: Final = tuple(
    replace(
        leaf,
        identifier=f"MajajHong2015public.{leaf.region}-pls",
        parents=("public_variants", leaf.region),
        ceiling=ceiling,
        stimulus_set="hvm-public",
        assembly="MajajHong2015.public",
        cost=110.0,
    )
    # The ceiling of V4 is not published.
    for leaf, ceiling in zip(_CURRENT, (None, 0.81579938), strict=True)
)
_PUBLIC_BEFORE_2026: Final = tuple(replace(leaf, version=3, normalisation="(r/c)^2") for leaf in _PUBLIC)


_REVERSE: Final = tuple(
    replace(
        leaf,
        identifier=f"MajajHong2015public.{leaf.region}-reverse_pls",
        parents=("average_vision", "neural_vision", leaf.region),
        metric="reverse_pls",
        ceiling=None,
        citation=cite("Muzellec2025", "Majaj2015"),
        cost=240.0,
        protocol=f"{__name__}.reverse_predictivity:score",
    )
    for leaf in _PUBLIC
)


_TEMPORAL: Final = tuple(
    replace(
        leaf,
        # The published system gives it the internal identifier of the leaf without a time course.
        identifier=f"MajajHong2015public.{leaf.region}-temporal-pls",
        metric="spantime_pls",
        ceiling=None,
        normalisation="mean(r^2/c)",
        assembly="MajajHong2015.temporal.public",
        cost=600.0,
        protocol=f"{__name__}.temporal:score",
    )
    for leaf in _PUBLIC
)


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the protocol of 2026, the public variants (3200 images with less variation), in reverse, and over time."""
    return (*_CURRENT, *_PUBLIC, *_PUBLIC_BEFORE_2026, *_REVERSE, *_TEMPORAL)
