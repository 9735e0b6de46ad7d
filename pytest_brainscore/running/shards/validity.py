"""Whether a record of an earlier run is what this run would find: the one decision, for whoever would save the work.

What a score depends on is its fingerprint. Part of that is known before anything is scored: the benchmark, its version
and the code of its protocol, and everything about the model once it is loaded. The rest (seeds, checksums of stimuli
and recordings) follows from these, from the catalogue, and from the code of this package and of its libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.own.own_recording import ASKED, OwnRecording
from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.report.making.records import model_ingredients
from pytest_brainscore.scoring.ingredients import is_of_the_model

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.report.record import BenchmarkRecord, Environment, ModelRecord

SETTLED: Final = ("scored", "nan")
"""Statuses that are a result: what failed, crashed or lacked its data is tried again."""
PUBLISHED_SCREEN: Final = "published"


def benchmark_ingredients(benchmark: Benchmark) -> dict[str, str | int | float]:
    """Return what a fingerprint says of the benchmark and can be known before anything is scored.

    Raises
    ------
    BenchmarkError
        There is no such protocol.

    """
    definition = benchmark.definition
    return {
        "version": benchmark.version,
        "screen": benchmark.screen,
        **({} if definition is None else {"definition": definition}),
    }


def why_not(record: BenchmarkRecord, benchmark: Benchmark, description: ModelRecord) -> str | None:
    """Return why a record is not what scoring a benchmark would find now, in a few words; None where it is.

    Parameters
    ----------
    record
        Of this benchmark and of a model of this name, by the same code (:func:`made_by_other_code`).
    benchmark
        As it would be scored now.
    description
        What the model says of itself now that it is loaded.

    """
    if record.status not in SETTLED:
        return f"it was {record.status}"
    if record.version != benchmark.version:
        return f"version was {record.version} and is {benchmark.version}"
    try:
        now = benchmark_ingredients(benchmark) | model_ingredients(description, benchmark.region)
    except BrainScoreError as error:
        return str(error)
    then = {"screen": PUBLISHED_SCREEN, **record.fingerprint}  # where no stimulus was placed, it does not say how
    name = _first_difference(then, now)
    if name is None and isinstance(benchmark.data, OwnRecording):
        return _why_not_own(record, benchmark, benchmark.data)
    return None if name is None else f"{name} was {then.get(name, 'absent')} and is {now.get(name, 'absent')}"


def _why_not_own(record: BenchmarkRecord, benchmark: Benchmark, own: OwnRecording) -> str | None:
    """Return why a result is not of a recording as it is now: no version tells, so that everything is read again."""
    try:
        same = record.details.get(ASKED) == own.asked(benchmark)
    except BrainScoreError as error:
        return str(error)
    return None if same else "its recording, images or settings are others, or not known"


def _first_difference(then: Mapping[str, object], now: Mapping[str, object]) -> str | None:
    """Name the first ingredient that is not the same, of those that are known beforehand."""
    known = {name for name in then if is_of_the_model(name)} | now.keys() | {"definition"}
    return next((name for name in sorted(known) if then.get(name) != now.get(name)), None)


def made_by_other_code(then: Environment, now: Environment) -> str | None:
    """Return which code a report was made by that is another one now; None where it is the same.

    Of this package counts what is in its files, as far as the report knows; of all others that can change a score, the
    version. A record whose lines do not say what they were made by is one of other code.
    """
    if not then.python:
        return "nothing says by which versions it was made"
    if then.source and now.source and then.source != now.source:
        return "the code of pytest-brainscore is another one"
    names = sorted(then.packages.keys() | now.packages.keys())
    found = next((name for name in names if then.packages.get(name) != now.packages.get(name)), None)
    if found is None:
        return None
    return f"{found} was {then.packages.get(found, 'absent')} and is {now.packages.get(found, 'absent')}"
