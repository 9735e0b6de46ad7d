"""Gifford2022: do features of a model predict the EEG of people that saw objects, over time (THINGS-EEG2)?

17 occipital and parietal channels of ten people that saw 16540 images four times and 200 others eighty times. Every
channel counts 60 times, once for each hundredth of a second from 0 to .6. Gifford, Dwivedi, Roig & Cichy (2022),
https://doi.org/10.1016/j.neuroimage.2022.119754.

``-ridge`` has the penalty 1, ``-ridgecv`` chooses one of 23 for each person. All channels stand for IT.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.shared.train_test_data import train_test_benchmark
from pytest_brainscore.data.citations import cite

FAMILY: Final = "Gifford2022"


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return both benchmarks."""
    return (_benchmark("ridge"), _benchmark("ridgecv"))


def _benchmark(metric: str) -> Benchmark:
    return train_test_benchmark(
        FAMILY,
        "IT",
        metric,
        version=3,
        visual_degrees=7.0,
        citation=cite("Gifford2022"),
        cost=3600.0,
        protocol=f"{__name__}.protocol:{metric}_score",
    )
