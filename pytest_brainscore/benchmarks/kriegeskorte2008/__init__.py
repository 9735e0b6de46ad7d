"""Kriegeskorte2008: are images of objects as dissimilar in a model as in monkey and human IT?

Data that the user brings (``rdm_92images`` in the data folder, from rsatoolbox), outside the published score tree: no
published score can be compared with these. 92 images; 674 neurons of two monkeys, fMRI of four people. Kriegeskorte,
Mur, Ruff, Kiani, Bodurka, Esteky, Tanaka & Bandettini (2008), https://doi.org/10.1016/j.neuron.2008.10.043.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

MONKEY: Final = Benchmark(
    identifier="Kriegeskorte2008.IT-rdm",
    version=1,
    parents=("further_recordings", "IT"),
    region="IT",
    metric="rdm",
    # One matrix of all neurons is distributed, which has no ceiling.
    ceiling=None,
    normalisation="r",
    stimulus_set="Kriegeskorte2008.IT",
    assembly="Kriegeskorte2008.IT",
    # As shown to people (2.9 degrees); not used: the images fill the model's input, whatever its field of view.
    visual_degrees=2.9,
    number_of_trials=1,
    citation=cite("Kriegeskorte2008"),
    cost=5.0,
    protocol=f"{__name__}.protocol:score",
)
HUMAN: Final = replace(MONKEY, identifier="Kriegeskorte2008.humanIT-rdm", normalisation="r/c")


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the benchmark on monkeys, and the one on people."""
    return (MONKEY, HUMAN)
