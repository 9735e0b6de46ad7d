"""Every attempt at every selected leaf, and which of them counts.

A leaf is attempted more than once where a plug-in repeats or reruns tests, where ``--dist each`` gives all tests to
every worker, and where a test is given to another worker after its own has died.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from pytest_brainscore.report.record import AttemptRecord, BenchmarkRecord

Key = tuple[str, str]
"""Model and benchmark."""


@dataclass
class _Attempt:
    record: BenchmarkRecord
    replicates: bytes | None
    """Bootstrap values of its score, as a file of them."""
    nodeid: str
    worker: str
    excused: bool
    """Whether its failure gave way to another attempt, as with ``--reruns``."""
    failed: bool


class Ledger:
    """What was selected, what has arrived, and what each leaf's record is."""

    def __init__(self) -> None:
        self.leaves: dict[str, dict[str, Any]] = {}
        """What each selected test scores, by test id."""
        self._places: dict[str, int] = {}
        """Where each of them stands."""
        self.selected: set[str] = set()
        """Ids of all tests of the run, those that score nothing too."""
        self._started: set[str] = set()
        self.finished: set[str] = set()
        """Ids of the tests that have reported their end."""
        self._attempts: dict[Key, list[_Attempt]] = {}

    def expect(self, ids: Iterable[str], leaves: dict[str, dict[str, Any]]) -> None:
        """Note the tests that this run will report on; each worker has selected the same."""
        self.selected.update(ids)
        self.leaves |= leaves
        self._places = {nodeid: place for place, nodeid in enumerate(self.leaves)}

    def start(self, nodeid: str) -> None:
        """Note that a test has begun."""
        self._started.add(nodeid)

    def finish(self, nodeid: str) -> None:
        """Note that a test has reported its end."""
        self.finished.add(nodeid)

    def add(
        self,
        record: BenchmarkRecord,
        nodeid: str,
        worker: str,
        *,
        replicates: bytes | None = None,
        excused: bool = False,
        failed: bool = False,
        amends: bool = False,
    ) -> None:
        """Take the record of one attempt; `amends` takes the place of what the same test said before in this worker."""
        attempts = self._attempts.setdefault((record.model, record.identifier), [])
        if amends:
            mine = [each for each in attempts if (each.nodeid, each.worker) == (nodeid, worker)]
            for each in mine[-1:]:
                attempts.remove(each)
        attempts.append(_Attempt(record, replicates, nodeid, worker, excused, failed))

    def record(self, key: Key) -> BenchmarkRecord:
        """Return the record of a leaf: its only attempt, or the one that counts, with all attempts in it.

        What counts is an attempt that failed, where there is one, and the last of these: what pytest counts as a
        failure is red in the report too, and a later, better attempt does not undo it. What was excused never counts.
        """
        ordered, counting = self._ordered(key)
        if len(ordered) == 1:
            return counting.record
        told = [
            AttemptRecord(
                status=each.record.status,
                score=each.record.score,
                reason=each.record.reason,
                seconds=each.record.seconds,
                worker=each.record.worker,
                counts=each is counting,
            )
            for each in ordered
        ]
        return msgspec.structs.replace(counting.record, attempts=told)

    def replicates(self, key: Key) -> bytes | None:
        """Return the bootstrap values that came with the attempt that counts; None where there are none."""
        return self._ordered(key)[1].replicates if key in self._attempts else None

    def _ordered(self, key: Key) -> tuple[list[_Attempt], _Attempt]:
        """Return all attempts at a leaf in the order of the tests, and the one that counts."""
        ordered = sorted(self._attempts[key], key=lambda each: (self._places.get(each.nodeid, -1), each.worker))
        final = [each for each in ordered if not each.excused] or ordered
        counting = [each for each in final if each.failed] or final
        return ordered, counting[-1]

    def lost(self) -> list[str]:
        """Return the ids of tests that were handed out and never reported their end."""
        return sorted(self.selected - self.finished)

    def without_record(self) -> list[str]:
        """Return the ids of selected leaves that no attempt has recorded."""
        recorded = {each.nodeid for attempts in self._attempts.values() for each in attempts}
        return [nodeid for nodeid in self.leaves if nodeid not in recorded]

    def interrupted(self) -> list[str]:
        """Return the ids of selected leaves that have begun, and neither ended nor recorded anything."""
        running = self._started - self.finished
        return [nodeid for nodeid in self.without_record() if nodeid in running]
