"""Storing scores as baselines, and baselines of what is no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_brainscore.report.notation import counted
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.scoring.baseline import BaselineScore, stored_name, update_baseline
from pytest_brainscore.scoring.comparison import missing

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates
    from pytest_brainscore.running.command_line.options import RunOptions


def store(
    model: str,
    records: Sequence[BenchmarkRecord],
    options: RunOptions,
    replicates: Mapping[tuple[str, str, int], Replicates],
    checkpoint: str | None = None,
) -> list[str]:
    """Store those scores of a model that the options ask for, and return what to tell of it.

    With them the name of its checkpoint, where one was asked for.

    Raises
    ------
    BrainScoreError
        They cannot be stored.

    """
    wanted = {"new": ("new",), "improved": ("new", "improved"), "all": None}[options.update]
    accepted = {
        stored_name(record.identifier, record.version): _baseline_score(record)
        for record in records
        if record.status == "scored" and (wanted is None or record.verdict in wanted)
    }
    if not accepted:
        return []
    drawn = {(identifier, version): each for (name, identifier, version), each in replicates.items() if name == model}
    path = update_baseline(options.baseline_output, model, accepted, drawn, checkpoint)
    return [f"{path} ({counted(len(accepted), 'score')} stored)"]


def vanished(model: str, identifier: str, baseline: BaselineScore) -> BenchmarkRecord:
    """Return the record of a benchmark that has a baseline and is not known any more."""
    reason = (
        "it has a baseline, but this version of pytest-brainscore knows no such benchmark, and neither does what is "
        "installed here or this project"
    )
    version = baseline.fingerprint.get("version", 0)
    return BenchmarkRecord(
        model=model,
        identifier=identifier,
        version=int(version) if isinstance(version, int | float) else 0,  # somebody's own entry may say anything
        parent="",
        parents=[],
        region="",
        status="unavailable",
        reason=reason,
        comparison=missing(baseline, reason),
    )


def _baseline_score(record: BenchmarkRecord) -> BaselineScore:
    assert record.score is not None  # What is scored has a score: `benchmark_record` sees to it.
    return BaselineScore(
        score=record.score,
        error=record.error,
        raw=record.raw,
        ceiling=record.ceiling,
        fingerprint=record.fingerprint,
    )
