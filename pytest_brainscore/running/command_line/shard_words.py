"""The words of the command line on shards: which one this is, and by which costs a run is divided."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_brainscore.errors import BrainScoreError

Costs = Mapping[tuple[str, str], float]
"""Seconds that a benchmark took, by model and benchmark."""


def parse_shard(word: str) -> tuple[int, int]:
    """Return index and count of ``i/N``.

    Raises
    ------
    BrainScoreError
        It is something else, or there is no such shard.

    """
    index, slash, count = word.strip().partition("/")
    if not (slash and index.isdecimal() and count.isdecimal()):
        raise BrainScoreError(f"--brainscore-shard {word!r} is not i/N; write for example 2/8, the second of eight.")
    if not 1 <= int(index) <= int(count):
        raise BrainScoreError(
            f"--brainscore-shard {word!r} is no shard: they are counted from 1/{count} to {count}/{count}."
            if int(count)
            else f"--brainscore-shard {word!r} divides the run by 0; write for example 1/8."
        )
    return int(index), int(count)


def read_costs(path: Path) -> Costs:
    """Return what benchmarks took according to a report.

    Raises
    ------
    ReportError
        There is no such report, or it cannot be read.

    """
    from pytest_brainscore.report.reading import read_report

    records = read_report(path).benchmarks
    return {(each.model, each.identifier): each.seconds for each in records if each.status in ("scored", "nan")}
