"""Papale2025: do features of a model predict multi-unit activity in macaques that saw objects (TVSD)?

Electrodes in V1, V4 and IT of two monkeys that saw 22248 images once and 100 others thirty times. Papale, Wang, Self &
Roelfsema (2025), https://doi.org/10.1016/j.neuron.2024.12.003.

``-ridge`` has the penalty 1, ``-ridgecv`` chooses one of 99 for each monkey.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.shared.train_test_data import train_test_benchmark
from pytest_brainscore.data.citations import cite

FAMILY: Final = "Papale2025"
REGIONS: Final = ("V1", "V4", "IT")


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return all six benchmarks."""
    return tuple(_benchmark(region, metric) for region in REGIONS for metric in ("ridge", "ridgecv"))


def _benchmark(region: str, metric: str) -> Benchmark:
    return train_test_benchmark(
        FAMILY,
        region,
        metric,
        version=3,
        visual_degrees=18.0,  # a compromise between 17.3 and 18.6, at which the two monkeys saw them
        citation=cite("Papale2025"),
        cost=3600.0,
        protocol=f"{__name__}.protocol:{metric}_score",
    )
