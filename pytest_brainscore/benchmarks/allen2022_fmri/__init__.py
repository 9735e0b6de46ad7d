"""Allen2022_fmri: do features of a model predict the human visual cortex at 7 tesla (Natural Scenes Dataset)?

Voxels, or vertices of the cortical surface, of V1, V2, V4 and IT (ventral stream) of eight people that saw 515
photographs three times, or of four of them that saw 1000. Allen, St-Yves, Wu et al. (2022),
https://doi.org/10.1038/s41593-021-00962-x.

``-ridge`` is fitted to four fifths of the images and tested on the rest; ``-rdm`` compares dissimilarities of all.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.shared.train_test_data import train_test_benchmark
from pytest_brainscore.data.citations import cite

PREFIXES: Final = ("Allen2022_fmri", "Allen2022_fmri_4subj", "Allen2022_fmri_surface", "Allen2022_fmri_surface_4subj")
"""Volume and surface, eight people and four: names of keys and of recordings. Images are those of the volume."""
REGIONS: Final = ("V1", "V2", "V4", "IT")


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return all 32 benchmarks."""
    return tuple(
        _benchmark(prefix, region, metric) for prefix in PREFIXES for region in REGIONS for metric in ("ridge", "rdm")
    )


def _benchmark(prefix: str, region: str, metric: str) -> Benchmark:
    return train_test_benchmark(
        prefix,
        region,
        metric,
        images=prefix.replace("_surface", ""),
        computed="dual_ridge_split" if metric == "ridge" else "rdm",
        normalisation="r^2/c by subject" if metric == "ridge" else "r/c",
        version=1,
        visual_degrees=8.4,
        citation=cite("Allen2022"),
        cost=30.0,
        protocol=f"{__name__}.protocol:{metric}_score",
    )
