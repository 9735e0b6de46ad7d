"""ImageNet-C: how many photographs does a model still name correctly when they are corrupted?

Hendrycks & Dietterich (2019), https://arxiv.org/abs/1903.12261: 15 types of corruption at five levels, in four
categories. The benchmarks ``ImageNet-C-*-top1`` need the archived images; ``ImageNet-C-generated-*-top1``, outside the
published score tree, corrupt the user's own validation images when they are looked at, and compare with nothing else.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite
from pytest_brainscore.data.publishers.imagenet_c import TYPES


def _top1(category: str) -> Benchmark:
    return Benchmark(
        identifier=f"ImageNet-C-{category}-top1",
        version=2,
        parents=("engineering_vision", "ImageNet-C-top1"),
        region="label",
        metric="accuracy",
        ceiling=1.0,
        normalisation="r/c",
        stimulus_set=f"imagenet_c.{category}",
        assembly="",
        # Not used: images fill the input of the model, whatever visual angle it spans.
        visual_degrees=8.0,
        number_of_trials=10,
        citation=cite("Hendrycks2019"),
        cost=500.0 * len(TYPES[category]),
        protocol=f"{__name__}.protocol:archived_score",
    )


def _generated_top1(category: str) -> Benchmark:
    """Return the benchmark on images that are corrupted here: 1 in version, as no published one has its images."""
    return replace(
        _top1(category),
        identifier=f"ImageNet-C-generated-{category}-top1",
        version=1,
        parents=("generated_vision", "ImageNet-C-generated-top1"),
        stimulus_set="imagenet2012",
        protocol=f"{__name__}.protocol:generated_score",
        availability=f"{__name__}.generated:generated_readiness",
    )


BENCHMARKS: Final = tuple(_top1(category) for category in TYPES)
"""The four benchmarks in the order of the score tree."""


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the benchmarks on images that are corrupted here."""
    return tuple(_generated_top1(category) for category in TYPES)
