"""Kato2026: does a model err as people do on photographs that were reduced to lines, silhouettes or textures?

Nine sets of 2022 photographs of the validation images of ILSVRC 2012: the originals, versions of them (filtered, line
drawings, silhouettes with and without texture, texture alone, filtered lines), and silhouettes behind sparse or dense
clutter. 60 people saw the originals, ten each of the others. Each set has two benchmarks, the error consistency with
people and how near accuracies are to theirs. Kato & He (2026), https://doi.org/10.1016/j.isci.2026.117370.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

Metric = Literal["error_consistency", "accuracy_distance"]


class PhotographSet(NamedTuple):
    """One set of images."""

    base: str | None
    """Set whose version of an image a model must name correctly for the image to count; None: all count."""
    error_consistency: float
    """Published ceiling."""
    accuracy_distance: float
    """Published ceiling."""


SETS: Final = {
    "Ori": PhotographSet(None, 0.21271, 0.88677),
    "Fil": PhotographSet("Ori", 0.34131, 0.90117),
    "Lin": PhotographSet("Ori", 0.33968, 0.94708),
    "SilTex": PhotographSet("Ori", 0.43446, 0.94806),
    "Sil": PhotographSet("Ori", 0.52434, 0.92978),
    "Tex": PhotographSet("Ori", 0.32948, 0.93304),
    "LinFil": PhotographSet("Ori", 0.43865, 0.91169),
    "Sparse": PhotographSet("Sil", 0.39401, 0.77562),
    "Dense": PhotographSet("Sil", 0.35777, 0.81783),
}


def base_of(benchmark: Benchmark) -> str | None:
    """Return the stimulus set of the base images of a benchmark; None where all images count."""
    base = SETS[benchmark.stimulus_set.removeprefix("Kato2026.")].base
    return None if base is None else f"Kato2026.{base}"


def _benchmark(name: str, metric: Metric) -> Benchmark:
    own = f"Kato2026.{name}"
    base = SETS[name].base
    return Benchmark(
        identifier=f"Kato2026{name}-{metric}",
        version=1,
        parents=("average_vision", "behavior_vision", "Kato2026"),
        region="label",
        metric=metric,
        ceiling=getattr(SETS[name], metric),
        normalisation="r/c",
        stimulus_set=own,
        assembly=own,
        visual_degrees=10.0,
        number_of_trials=1,
        citation=cite("Kato2026"),
        cost=10.0,
        protocol=f"{__name__}.protocol:score",
        data=f"{__name__}.protocol:PhotographData",
        reads=(
            ("stimulus_set", own),
            ("assembly", own),
            *((("stimulus_set", f"Kato2026.{base}"),) if base else ()),
        ),
    )


_METRICS: Final[tuple[Metric, ...]] = ("error_consistency", "accuracy_distance")


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the 18 benchmarks."""
    return tuple(_benchmark(name, metric) for metric in _METRICS for name in SETS)
