"""Benchmarks of the project and of installed packages, beside the published ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.running.recorder import Recorder


@pytest.mark.brainscore("own")
def test_own(model: BrainModel, brain_benchmark: Benchmark, brainscore: Recorder) -> None:
    """Score the model on one benchmark that does not come with pytest-brainscore."""
    brainscore.check(brain_benchmark(model))
