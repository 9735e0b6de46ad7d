"""Which of the collected tests are this shard's, and what all shards are to score together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from pytest_brainscore.report.record import Shard
from pytest_brainscore.running.command_line.selection import Trial, shared, trial_of
from pytest_brainscore.running.shards.partition import Piece, partition

if TYPE_CHECKING:
    import pytest

    from pytest_brainscore.running.command_line.options import RunOptions
    from pytest_brainscore.running.command_line.shard_words import Costs

FINGERPRINT_DIGITS = 16
_Key = tuple[str, str, int]


@dataclass(frozen=True)
class Division:
    """What becomes of the collected tests."""

    kept: list[pytest.Item]
    """Those of this shard, in their order."""
    left: list[pytest.Item]
    """Those of the others."""
    whole: list[dict[str, Any]]
    """What all shards score together (see :attr:`Trial.identity`)."""
    shard: dict[str, Any]
    """The facts of the report, as plain values."""


class _Unit(NamedTuple):
    """What stays together, whatever it costs."""

    model: str
    """Empty where the floor of all models stands beside them."""
    benchmark: str


def divide(items: Sequence[pytest.Item], options: RunOptions) -> Division:
    """Divide collected tests by what they score; tests that score nothing are run by the first shard.

    Parameters
    ----------
    items
        All that were selected, by whatever options; on every machine the same.
    options
        Those of the run, with a shard.

    """
    assert options.shard is not None
    index, count = options.shard
    trials = {item: trial for item in items if (trial := trial_of(item)) is not None}
    unique = list({_key(trial): trial for trial in trials.values()}.values())
    costs = milliseconds(unique, options.costs)
    units: dict[_Unit, list[Trial]] = {}
    for trial in unique:
        units.setdefault(_unit(trial, options), []).append(trial)
    pieces = [
        Piece(unit, (unit.model, shared(together[0].benchmark)), sum(costs[_key(trial)] for trial in together))
        for unit, together in units.items()
    ]
    places = partition(pieces, count)
    mine = {item for item in items if (places[_unit(trials[item], options)] if item in trials else 1) == index}
    shard = Shard(
        index=index,
        count=count,
        selected=len(unique),
        selection=_checksum(f"{trial.id}@{trial.benchmark.version}" for trial in unique),
        costs=_checksum(f"{trial.id}@{trial.benchmark.version} {costs[_key(trial)]}" for trial in unique),
    )
    return Division(
        kept=[item for item in items if item in mine],
        left=[item for item in items if item not in mine],
        whole=[trial.identity for trial in unique],
        shard=msgspec.to_builtins(shard),
    )


def _key(trial: Trial) -> _Key:
    return trial.model.identifier, trial.benchmark.identifier, trial.benchmark.version


def _unit(trial: Trial, options: RunOptions) -> _Unit:
    """Return what a trial belongs to: with a floor, which is told beside its scores, all of one benchmark."""
    return _Unit("" if options.floors else trial.model.identifier, trial.benchmark.identifier)


def milliseconds(trials: Iterable[Trial], recorded: Costs) -> dict[_Key, int]:
    """Return what each trial is expected to take.

    As it took this model, else as it took others; else what the benchmark says of itself, at the speed of those of
    which both is known.
    """
    others: dict[str, list[float]] = {}
    for (_, identifier), seconds in sorted(recorded.items()):
        others.setdefault(identifier, []).append(seconds)
    known = {identifier: sum(seconds) / len(seconds) for identifier, seconds in others.items()}
    trials = list(trials)
    both = {trial.benchmark.identifier: trial.benchmark.cost for trial in trials if trial.benchmark.identifier in known}
    said = sum(cost for _, cost in sorted(both.items()))
    speed = sum(known[identifier] for identifier in sorted(both)) / said if said else 1.0
    found = {}
    for trial in trials:
        name = trial.benchmark.identifier
        seconds = recorded.get((trial.model.identifier, name), known.get(name, trial.benchmark.cost * speed))
        found[_key(trial)] = max(0, round(1000 * seconds))
    return found


def _checksum(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogatepass")).hexdigest()[:FINGERPRINT_DIGITS]
