"""Zerbe2026_fmri: do features of a model predict the human visual cortex at 7 tesla (LAION-fMRI)?

Five people saw 1492 images that they share, and 4712 of their own each. Ridge regressions are fitted to a part of the
images and tested on others of the same kind (``tau``) or of other kinds (``ood``); ``rdm-pearson`` and ``cka`` compare
representations of the shared ones. Zerbe et al. (2026), Vision Sciences Society.

The images come with a data use agreement and the splits with a package of the authors: both belong into the user's
folder, see `pytest_brainscore.data.publishers.zerbe2026`.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

REGIONS: Final = ("V1", "V2", "V4", "IT")
SUBJECTS: Final = ("sub-01", "sub-03", "sub-05", "sub-06", "sub-07")
SHARED: Final = "Zerbe2026_fmri"
OWN: Final = "Zerbe2026_fmri_persubject"
"""Prefixes of keys and recordings: images that all saw, and all images of a person."""
SPLITS: Final = ("tau", "ood")


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the 24 benchmarks."""
    regressions = (
        _benchmark(prefix, region, f"{split}-ridgecv")
        for prefix in (SHARED, OWN)
        for split in SPLITS
        for region in REGIONS
    )
    similarities = (_benchmark(SHARED, region, metric) for metric in ("rdm-pearson", "cka") for region in REGIONS)
    return (*regressions, *similarities)


def split_of_key(benchmark: Benchmark) -> str:
    """Return the split that a benchmark is fitted and tested on; similarities pool both sides of ``tau``."""
    word = benchmark.identifier.rpartition(".")[2].split("-")[1]
    return word if word in SPLITS else "tau"


def pool_of(benchmark: Benchmark, subject: str) -> str:
    """Return the pool of images, by the name that the authors have for it: ``shared``, or the person."""
    return subject if benchmark.assembly.startswith(OWN) else "shared"


def _benchmark(prefix: str, region: str, key: str) -> Benchmark:
    function = {"rdm-pearson": "similarity:rdm_score", "cka": "similarity:cka_score"}.get(key, "protocol:ridgecv_score")
    images = f"{prefix}_stim_full"
    own_node = (f"{SHARED}.{region}",) if key == "cka" else ()
    return Benchmark(
        identifier=f"{prefix}.{region}-{key}",
        version=1,
        parents=("average_vision", "neural_vision", region, *own_node),
        region=region,
        metric={"rdm-pearson": "rdm", "cka": "cka"}.get(key, "dual_ridgecv_split"),
        ceiling=None,
        normalisation={"rdm-pearson": "r/c by subject", "cka": "r/c"}.get(key, "r^2/c by subject"),
        stimulus_set=images,
        assembly=f"{prefix}_full",
        visual_degrees=9.2,
        number_of_trials=1,
        citation=cite("Zerbe2026"),
        cost=120.0 if prefix == SHARED else 400.0,
        protocol=f"{__name__}.{function}",
        data=f"{__name__}.subject_data:SubjectsData",
        reads=(
            ("stimulus_set", images),
            *(("assembly", f"{prefix}_full_{subject}") for subject in SUBJECTS),
        ),
    )
