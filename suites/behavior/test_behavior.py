"""Behavior: does the model answer as people do, and err where they err?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.running.recorder import Recorder


@pytest.mark.brainscore("behavior_vision")
def test_behavior(model: BrainModel, brain_benchmark: Benchmark, brainscore: Recorder) -> None:
    """Score the model on one behavioral benchmark."""
    brainscore.check(brain_benchmark(model))
