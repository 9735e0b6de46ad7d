"""Is this network like a brain? The Brain-Score vision benchmarks as a library and as pytest tests.

>>> from pytest_brainscore import load_benchmark, load_model
>>> benchmark = load_benchmark("Marques2020_Cavanaugh2002-surround_suppression_index")
>>> benchmark.region
'V1'

The heavy parts are imported when first used, so that importing this package, as pytest does at start, costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks import load_benchmark as load_benchmark
    from pytest_brainscore.benchmarks.benchmark import Benchmark as Benchmark
    from pytest_brainscore.benchmarks.own.power import power as power
    from pytest_brainscore.benchmarks.own.recording import score as score
    from pytest_brainscore.benchmarks.own.recording_benchmark import recording_benchmark as recording_benchmark
    from pytest_brainscore.data.recordings.load_recording import load_recording as load_recording
    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile as ImageFile
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet as StimulusSet
    from pytest_brainscore.models import load_model as load_model
    from pytest_brainscore.models.functions.image_function import ImageFunction as ImageFunction
    from pytest_brainscore.scoring.score import Score as Score

__all__ = [
    "Benchmark",
    "ImageFile",
    "ImageFunction",
    "Score",
    "StimulusSet",
    "load_benchmark",
    "load_model",
    "load_recording",
    "power",
    "recording_benchmark",
    "score",
]

_HOMES = {
    "Benchmark": "pytest_brainscore.benchmarks.benchmark",
    "ImageFile": "pytest_brainscore.data.stimuli.stimulus_set",
    "ImageFunction": "pytest_brainscore.models.functions.image_function",
    "Score": "pytest_brainscore.scoring.score",
    "StimulusSet": "pytest_brainscore.data.stimuli.stimulus_set",
    "load_benchmark": "pytest_brainscore.benchmarks",
    "load_model": "pytest_brainscore.models",
    "load_recording": "pytest_brainscore.data.recordings.load_recording",
    "power": "pytest_brainscore.benchmarks.own.power",
    "recording_benchmark": "pytest_brainscore.benchmarks.own.recording_benchmark",
    "score": "pytest_brainscore.benchmarks.own.recording",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
