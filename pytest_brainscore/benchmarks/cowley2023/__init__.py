"""Cowley2023: do features of a model predict neurons in macaque V4 that saw natural images?

Data that the user brings (``v4_cowley2023`` in the data folder), outside the published score tree: no published score
can be compared with these. Cowley, Stan, Pillow & Smith (2023), https://doi.org/10.1101/2023.11.22.568315.

``Cowley2023.V4-pls`` is the session whose repetitions are distributed; every session in the folder has a benchmark of
its own, such as ``Cowley2023.210305.V4-pls``.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite
from pytest_brainscore.data.publishers.cowley2023 import SESSION, responses_file, sessions
from pytest_brainscore.data.retrieval.readiness import Readiness, readiness

DEFAULT: Final = Benchmark(
    identifier="Cowley2023.V4-pls",
    version=1,
    parents=("further_recordings", "V4"),
    region="V4",
    metric="pls",
    ceiling=None,
    normalisation="r^2/c",
    stimulus_set="Cowley2023.V4",
    assembly="Cowley2023.V4",
    # Not distributed with the data, and not used: the images fill the model's input, whatever its field of view.
    visual_degrees=8.0,
    number_of_trials=10,
    citation=cite("Cowley2023"),
    cost=25.0,
    protocol=f"{__name__}.protocol:score",
)


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the default session, and every session that the user's folder has.

    Of a session whose repetitions are not distributed the score is the correlation itself, without a ceiling.
    """
    return (DEFAULT, *(_of_session(session) for session in sessions()))


def session_of(benchmark: Benchmark) -> str:
    """Return the session that a benchmark scores."""
    return benchmark.assembly.removeprefix(DEFAULT.assembly).removeprefix(".") or SESSION


def available(benchmark: Benchmark) -> Readiness:
    """Return whether the session of a benchmark is in the user's folder."""
    if session_of(benchmark) in sessions():
        return Readiness("ready", None)
    return readiness("assembly", DEFAULT.assembly)


def _of_session(session: str) -> Benchmark:
    single = responses_file(session) != responses_file(session, averaged=True)
    return replace(
        DEFAULT,
        identifier=f"Cowley2023.{session}.V4-pls",
        stimulus_set=f"{DEFAULT.stimulus_set}.{session}",
        assembly=f"{DEFAULT.assembly}.{session}",
        normalisation=DEFAULT.normalisation if single else "r",
        data=f"{__name__}.protocol:session_data",
        availability=f"{__name__}:available",
    )
