"""Primary visual cortex: are single units of the model tuned as single neurons of macaque V1 are?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.running.recorder import Recorder


@pytest.mark.brainscore("V1")
def test_v1(model: BrainModel, brain_benchmark: Benchmark, brainscore: Recorder) -> None:
    """Score the model on one benchmark below V1."""
    brainscore.check(brain_benchmark(model))
