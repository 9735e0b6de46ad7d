"""Whether images can be corrupted on this machine. Light to import."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from pytest_brainscore.data.retrieval.readiness import Readiness, readiness

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark


def generated_readiness(benchmark: Benchmark) -> Readiness:
    """Return whether the clean images are there, and the library that corrupts them."""
    if find_spec("imagecorruptions") is None:
        return Readiness(
            "user-supplied",
            "Images are corrupted by the package imagecorruptions-imaug, which is not installed; "
            'pip install "pytest-brainscore[corruptions]".',
        )
    return readiness("stimulus_set", benchmark.stimulus_set)
