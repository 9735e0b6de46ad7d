"""Cowley2026: do features of a model predict neurons in macaque V4 that saw natural images, in four sessions?

Cowley, Stan, Pillow & Smith (2026), https://doi.org/10.1038/s41586-026-10150-1. ``Cowley2026.V4-pls`` is the mean of
four sessions (1200 to 1600 images, 33 to 89 neurons), each with images of its own: the same stimulus ids name other
images in other sessions. It needs all four. Each session can be scored alone as ``Cowley2026.SESSION.V4-pls``; so can
any other session that the user's folder has in the layout of the authors' repository (``v4_cowley2023``).

Where that has averages only, there is no ceiling to compute: the score is relative to the one that the authors report
of the session, as its normalisation says, or is the correlation itself. Such scores cannot be compared with others.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.catalogue import file_set
from pytest_brainscore.data.citations import cite
from pytest_brainscore.data.publishers.cowley2026 import has_repetitions, sessions
from pytest_brainscore.data.retrieval.find_local import find
from pytest_brainscore.data.retrieval.readiness import Readiness, readiness

REPORTED: Final = {"190923": 0.80, "201025": 0.85, "210225": 0.67, "211022": 0.88}
"""The four sessions, with the ceilings that the authors report of them."""
REPORTED_CEILING: Final = "r^2/c, c as reported"
"""Normalisation of scores without repetitions: the ceiling is in `REPORTED`, not computed from the recording."""


def _session(session: str) -> Benchmark:
    return Benchmark(
        identifier=f"Cowley2026.{session}.V4-pls",
        version=1,
        parents=("further_recordings", "V4"),
        region="V4",
        metric="pls",
        ceiling=REPORTED.get(session),
        normalisation="r^2/c",
        stimulus_set=f"Cowley2026.{session}",
        assembly=f"Cowley2026.{session}",
        visual_degrees=11.2,
        number_of_trials=14,
        citation=cite("Cowley2026"),
        cost=45.0,
        protocol=f"{__name__}.protocol:session_score",
    )


LEAF: Final = replace(
    _session(""),
    identifier="Cowley2026.V4-pls",
    parents=("average_vision", "neural_vision", "V4"),
    ceiling=0.80,
    normalisation="mean of r^2/c over sessions",
    stimulus_set="",
    assembly="",
    cost=180.0,
    protocol=f"{__name__}.protocol:leaf_score",
    data=f"{__name__}.protocol:leaf_data",
    reads=tuple((kind, f"Cowley2026.{session}") for session in REPORTED for kind in ("stimulus_set", "assembly")),
)
SESSIONS: Final = tuple(_session(session) for session in REPORTED)
"""What `LEAF` is the mean of."""


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the mean of the four sessions, each of them, and every other session that the user's folder has."""
    others = tuple(_session(session) for session in sessions() if session not in REPORTED)
    return (LEAF, *(_as_it_is_here(session) for session in (*SESSIONS, *others)))


def session_of(benchmark: Benchmark) -> str:
    """Return the session that a benchmark scores."""
    return benchmark.assembly.removeprefix("Cowley2026.")


def available(benchmark: Benchmark) -> Readiness:
    """Return whether the user's folder has what a session in the authors' layout needs."""
    session = session_of(benchmark)
    if session in sessions():
        return Readiness("ready", None)
    return (
        readiness("assembly", benchmark.assembly)
        if session in REPORTED
        else Readiness("user-supplied", f"The session {session} of Cowley et al. is no longer in the user's folder.")
    )


def _as_it_is_here(benchmark: Benchmark) -> Benchmark:
    """Return a session as the user's folder has it: as published, in the authors' layout, or averages only."""
    session = session_of(benchmark)
    if session not in sessions() or (session in REPORTED and (has_repetitions(session) or _published(session))):
        return benchmark
    without = REPORTED_CEILING if session in REPORTED else "r"
    return replace(
        benchmark,
        normalisation=benchmark.normalisation if has_repetitions(session) else without,
        data=f"{__name__}.protocol:authors_data",
        availability=f"{__name__}:available",
    )


def _published(session: str) -> bool:
    """Tell whether the published files of one of the four sessions are on this machine."""
    name = f"Cowley2026.{session}"
    files = (*file_set("stimulus_set", name).files, *file_set("assembly", name).files)
    return all(find(file) is not None for file in files)
