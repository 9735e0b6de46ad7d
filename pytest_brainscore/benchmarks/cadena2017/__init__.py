"""Cadena 2017: do features of a model predict neurons in macaque V1 that saw natural images and textures?

166 neurons, 7249 images. Cadena, Denfield, Walker, Gatys, Tolias, Bethge & Ecker (2019),
https://doi.org/10.1371/journal.pcbi.1006897.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the benchmarks of two regressions."""
    pls = Benchmark(
        identifier="Cadena2017-pls",
        version=1,
        parents=("further_recordings", "V1"),
        region="V1",
        metric="pls",
        ceiling=None,
        normalisation="r^2/c",
        stimulus_set="Cadena2017",
        assembly="Cadena2017",
        visual_degrees=2.0,
        number_of_trials=2,
        citation=cite("Cadena2019"),
        cost=300.0,
        protocol=f"{__name__}.protocol:pls_score",
    )
    mask = replace(
        pls,
        # The published system has it internally as tolias.Cadena2017-mask.
        identifier="Cadena2017-mask",
        version=2,
        metric="mask_regression",
        cost=10000.0,
        protocol=f"{__name__}.protocol:mask_score",
    )
    return (pls, mask)
