"""Quick versions of a few leaves, for `--brainscore-quick`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.running.recorder import Recorder


@pytest.mark.brainscore("quick")
def test_quick(model: BrainModel, brain_benchmark: Benchmark, brainscore: Recorder) -> None:
    """Score the model on one quick benchmark."""
    brainscore.check(brain_benchmark(model))
