"""Geirhos et al. 2021: does a model err on the same distorted images as people do, and how often is it right?

Seventeen experiments of Geirhos, Narayanappa, Mitzkus, Thieringer, Bethge, Wichmann & Brendel (2021),
https://openreview.net/forum?id=QkljT4mrfs. Each has two benchmarks: the error consistency of the model with the human
subjects, and (an engineering benchmark) the share of images that it names correctly.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.quick import quick_version
from pytest_brainscore.data.citations import cite

VISUAL_DEGREES: Final = 3.0
"""Side of the images in front of the subjects, in visual degrees."""


class DistortionExperiment(NamedTuple):
    """One experiment: a kind of image distortion."""

    name: str
    """Name of its data in the catalogue, after ``Geirhos2021_``."""
    ceiling: float
    """Published error consistency among the subjects."""
    excluded: tuple[str, ...] = ()
    """Conditions left out, as written in the publisher's trial tables: undistorted, or below 20 % human accuracy."""


# Ceilings and excluded conditions as published.
EXPERIMENTS: Final = (
    DistortionExperiment("colour", 0.41543, ("cr",)),
    DistortionExperiment("contrast", 0.43703, ("c100", "c03", "c01")),
    DistortionExperiment("cue-conflict", 0.33105),
    DistortionExperiment("edge", 0.31844),
    DistortionExperiment("eidolonI", 0.38634, ("1-10-10", "64-10-10", "128-10-10")),
    DistortionExperiment("eidolonII", 0.45402, ("1-3-10", "32-3-10", "64-3-10", "128-3-10")),
    DistortionExperiment("eidolonIII", 0.45953, ("1-0-10", "16-0-10", "32-0-10", "64-0-10", "128-0-10")),
    DistortionExperiment("false-colour", 0.44405, ("true",)),
    DistortionExperiment("high-pass", 0.44014, ("inf", "0.55", "0.45", "0.4")),
    DistortionExperiment("low-pass", 0.46888, ("0", "15", "40")),
    DistortionExperiment("phase-scrambling", 0.44667, ("0", "150", "180")),
    DistortionExperiment("power-equalisation", 0.51063, ("0",)),
    DistortionExperiment("rotation", 0.43851, ("0",)),
    DistortionExperiment("silhouette", 0.47571),
    DistortionExperiment("sketch", 0.36962),
    DistortionExperiment("stylized", 0.50058),
    DistortionExperiment("uniform-noise", 0.43406, ("0.00", "0.60", "0.90")),
)


def experiment_of(benchmark: Benchmark) -> DistortionExperiment:
    """Return the experiment that a benchmark belongs to."""
    return next(each for each in EXPERIMENTS if benchmark.stimulus_set == f"Geirhos2021_{each.name}")


def _error_consistency(experiment: DistortionExperiment) -> Benchmark:
    return Benchmark(
        identifier=f"Geirhos2021{experiment.name.replace('-', '')}-error_consistency",
        version=1,
        parents=("average_vision", "behavior_vision", "Geirhos2021-error_consistency"),
        region="label",
        metric="error_consistency",
        ceiling=experiment.ceiling,
        normalisation="r/c",
        stimulus_set=f"Geirhos2021_{experiment.name}",
        assembly=f"Geirhos2021_{experiment.name}",
        visual_degrees=VISUAL_DEGREES,
        number_of_trials=1,
        citation=cite("Geirhos2021"),
        cost=10.0,
        protocol=f"{__name__}.protocol:error_consistency_score",
    )


def _top1(experiment: DistortionExperiment) -> Benchmark:
    """Return the engineering benchmark on the same images and trials."""
    return replace(
        _error_consistency(experiment),
        identifier=f"Geirhos2021{experiment.name.replace('-', '')}-top1",
        parents=("engineering_vision", "Geirhos2021-top1"),
        metric="accuracy",
        ceiling=1.0,
        assembly="",
        number_of_trials=10,
        protocol=f"{__name__}.protocol:top1_score",
    )


ERROR_CONSISTENCY: Final = tuple(_error_consistency(experiment) for experiment in EXPERIMENTS)
TOP1: Final = tuple(_top1(experiment) for experiment in EXPERIMENTS)
BENCHMARKS: Final = (*ERROR_CONSISTENCY, *TOP1)
"""The 34 benchmarks in the order of the score tree."""
_QUICK_COST: Final = 5.0
QUICK_EXPERIMENTS: Final = ("edge", "silhouette")
"""Those with a quick version: one condition, and 160 images that anybody may pass on."""


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the quick versions."""
    data = f"{__name__}.protocol:quick_data"
    return tuple(
        quick_version(each, node="behavior", data=data, cost=_QUICK_COST)
        for each in ERROR_CONSISTENCY
        if experiment_of(each).name in QUICK_EXPERIMENTS
    )
