"""Coggan2024_fMRI: are occluded objects as similar to each other in a model as in human visual cortex?

Eight objects, unoccluded and behind two occluders; fMRI of nine subjects. Coggan & Tong (2024), Evidence of strong
amodal completion in both early and high-level visual cortices (under review).

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

CEILINGS: Final = {"V1": 0.44765521, "V2": 0.44933851, "V4": 0.33480026, "IT": None}
"""From the discussion of the published benchmark; that of IT is not stated."""

BENCHMARKS: Final = tuple(
    Benchmark(
        identifier=f"tong.Coggan2024_fMRI.{region}-rdm",
        version=1,
        parents=("average_vision", "neural_vision", region),
        region=region,
        metric="rsm",
        ceiling=ceiling,
        normalisation="(r/c)^2",
        stimulus_set="Coggan2024_fMRI",
        assembly="Coggan2024_fMRI",
        visual_degrees=9.0,
        number_of_trials=1,
        citation=cite("Coggan2024fMRI"),
        cost=2.0,
        protocol=f"{__name__}.protocol:score",
    )
    for region, ceiling in CEILINGS.items()
)
"""The four published leaves."""
