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
from pytest_brainscore.benchmarks.shared.train_test_data import train_test_reads
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
    images = prefix.replace("_surface", "")
    train_stimuli, test_stimuli = f"{images}_stim_train", f"{images}_stim_test"
    return Benchmark(
        identifier=f"{prefix}.{region}-{metric}",
        version=1,
        parents=("average_vision", "neural_vision", region),
        region=region,
        metric="dual_ridge_split" if metric == "ridge" else "rdm",
        ceiling=None,
        normalisation="r^2/c by subject" if metric == "ridge" else "r/c",
        stimulus_set=test_stimuli,
        fitting_stimulus_set=train_stimuli,
        assembly=f"{prefix}_test",
        visual_degrees=8.4,
        number_of_trials=1,
        citation=cite("Allen2022"),
        cost=30.0,
        protocol=f"{__name__}.protocol:{metric}_score",
        data="pytest_brainscore.benchmarks.shared.train_test_data:TrainTestData",
        reads=train_test_reads(train_stimuli, test_stimuli, f"{prefix}_train", f"{prefix}_test"),
    )
