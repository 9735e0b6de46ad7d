"""ImageNet: how many photographs does a model name correctly, among 1000 classes?

The validation images of Deng et al. (2009), doi 10.1109/CVPR.2009.5206848, from a folder of the user's.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

BENCHMARKS: Final = (
    Benchmark(
        identifier="ImageNet-top1",
        version=1,
        parents=("engineering_vision",),
        region="label",
        metric="accuracy",
        ceiling=1.0,
        normalisation="r/c",
        stimulus_set="imagenet2012",
        assembly="",
        # Not used: images fill the input of the model, whatever visual angle it spans.
        visual_degrees=8.0,
        number_of_trials=10,
        citation=cite("Deng2009"),
        cost=1000.0,
        protocol=f"{__name__}.protocol:score",
    ),
)
"""The only benchmark on these images."""
