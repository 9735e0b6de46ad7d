"""ObjectNet: how many photographs of objects in unusual places and poses does a model name correctly?

Barbu, Mayo, Alverio, Luo, Wang, Gutfreund, Tenenbaum & Katz (2019), NeurIPS 32, 9448-9458: the images of the 104
classes that ImageNet has as well. The model chooses among all 1000 classes of ImageNet.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

BENCHMARKS: Final = (
    Benchmark(
        identifier="ObjectNet-top1",
        version=1,
        parents=("engineering_vision",),
        region="label",
        metric="accuracy",
        ceiling=1.0,
        normalisation="r/c",
        stimulus_set="BarbuMayo2019",
        assembly="",
        # Not used: images fill the input of the model, whatever visual angle it spans.
        visual_degrees=8.0,
        number_of_trials=10,
        citation=cite("Barbu2019"),
        cost=350.0,
        protocol=f"{__name__}.protocol:score",
    ),
)
"""The only benchmark on these images."""
