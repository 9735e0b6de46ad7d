"""Li2026: do features of a model predict neurons in macaque V1, V2, V4 and IT that saw photographs (Triple-N)?

The 1000 images that all subjects of the Natural Scenes Dataset saw; Neuropixels recordings of five animals, 70 to 170
ms after onset, averaged over repetitions. Li et al. (2026), https://doi.org/10.1038/s41593-026-02322-z.

``-ridgecv`` and ``-pls`` are cross-validated over images, ``-rdm`` compares dissimilarities animal by animal. ``-pls``
stands on no score tree.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

REGIONS: Final = ("V1", "V2", "V4", "IT")
METRICS: Final = ("ridgecv", "rdm", "pls")


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the twelve benchmarks."""
    return tuple(_benchmark(region, metric) for metric in METRICS for region in REGIONS)


def _benchmark(region: str, metric: str) -> Benchmark:
    tree = ("average_vision", "neural_vision", region, f"Li2026.{region}")
    return Benchmark(
        identifier=f"Li2026.{region}-{metric}",
        version=1,
        parents=("further_recordings", region) if metric == "pls" else tree,
        region=region,
        metric={"ridgecv": "dual_ridgecv"}.get(metric, metric),
        ceiling=None,
        normalisation="r/c" if metric == "rdm" else "r^2/c",
        stimulus_set="Li2026",
        assembly="Li2026",
        visual_degrees=11.0,
        number_of_trials=1,
        citation=cite("Li2026"),
        cost={"ridgecv": 90.0, "rdm": 30.0, "pls": 240.0}[metric],
        protocol=f"{__name__}.protocol:{metric}_score",
    )
