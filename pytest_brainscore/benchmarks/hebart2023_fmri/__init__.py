"""Hebart2023_fmri: do features of a model predict the human visual cortex of people that saw objects (THINGS-fMRI)?

Voxels of V1, V2, V4 and IT of three people that saw 8640 images once and 100 others twelve times. Hebart, Contier,
Teichmann et al. (2023), https://doi.org/10.7554/eLife.82580. (``Hebart2023-match`` is on choices of others.)

``-ridge`` has the penalty 1, ``-ridgecv`` chooses one of 99 for each person.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.shared.train_test_data import train_test_benchmark
from pytest_brainscore.data.citations import cite

FAMILY: Final = "Hebart2023_fmri"
REGIONS: Final = ("V1", "V2", "V4", "IT")


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return all eight benchmarks."""
    return tuple(_benchmark(region, metric) for region in REGIONS for metric in ("ridge", "ridgecv"))


def _benchmark(region: str, metric: str) -> Benchmark:
    return train_test_benchmark(
        FAMILY,
        region,
        metric,
        version=3,
        visual_degrees=10.0,
        citation=cite("Hebart2023"),
        cost=900.0,
        protocol=f"{__name__}.protocol:{metric}_score",
    )
