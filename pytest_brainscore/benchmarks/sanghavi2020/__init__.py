"""Three data sets of Sanghavi and colleagues (2020): do features of a model predict sites in macaque V4 and IT?

``Sanghavi2020`` saw the objects of MajajHong2015, ``SanghaviJozwik2020`` the photographs of BOLD5000, and
``SanghaviMurty2020`` the photographs of Rust & DiCarlo (2012). Sanghavi & DiCarlo, https://doi.org/10.17605/OSF.IO/CHWDK;
Sanghavi, Jozwik & DiCarlo, https://doi.org/10.17605/OSF.IO/FHY36; Sanghavi, Murty & DiCarlo,
https://doi.org/10.17605/OSF.IO/FCHME.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite


class _DataSet(NamedTuple):
    """One of the three data sets."""

    name: str
    stimulus_set: str
    visual_degrees: float
    repetitions: int
    ceilings: dict[str, float]
    """As published, by region."""
    citation: str
    """Key of the bibliography."""
    cost: float


_DATA_SETS: Final = (
    _DataSet("SanghaviJozwik2020", "BOLD5000", 8.0, 37, {"V4": 0.9630336, "IT": 0.860352}, "SanghaviJozwik2021", 160.0),
    _DataSet("Sanghavi2020", "hvm", 8.0, 28, {"V4": 0.8892049, "IT": 0.868293}, "Sanghavi2021", 190.0),
    _DataSet("SanghaviMurty2020", "Rust2012", 5.0, 50, {"V4": 0.9666086, "IT": 0.875714}, "SanghaviMurty2021", 15.0),
)


def _leaf(data: _DataSet, region: str) -> Benchmark:
    return Benchmark(
        identifier=f"{data.name}.{region}-pls",
        version=1,
        parents=("average_vision", "neural_vision", region),
        region=region,
        metric="pls",
        ceiling=data.ceilings[region],
        normalisation="(r/c)^2",
        stimulus_set=data.stimulus_set,
        assembly=data.name,
        visual_degrees=data.visual_degrees,
        number_of_trials=data.repetitions,
        citation=cite(data.citation),
        cost=data.cost,
        protocol=f"{__name__}.protocol:score",
    )


BENCHMARKS: Final = tuple(_leaf(data, region) for region in ("V4", "IT") for data in _DATA_SETS)
"""The six published leaves."""


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the protocol of 2026."""
    return tuple(replace(leaf, version=2, normalisation="r^2/c") for leaf in BENCHMARKS)
