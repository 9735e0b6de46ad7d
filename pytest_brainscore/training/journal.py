"""Where snapshots are kept: a JSON report that every command reads, and a table."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from filelock import FileLock, Timeout

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.assemble_report import assemble_report, environment
from pytest_brainscore.report.destination import Destination
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.merge import merge
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.record import BenchmarkRecord, Environment, ModelRecord, Report
from pytest_brainscore.report.replicates import read_attributions, read_replicates

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates
    from pytest_brainscore.report.aggregates import Key
    from pytest_brainscore.training.snapshot import Snapshot

WAIT: Final = 30.0
"""Seconds that another training's turn at the report is waited for."""
COLUMNS: Final = ("model", "step", "epoch", "node", "score", "error", "status", "seconds")


@dataclass
class _Waiting:
    """Snapshots that are not in the report yet."""

    models: list[ModelRecord] = field(default_factory=list)
    benchmarks: list[BenchmarkRecord] = field(default_factory=list)
    replicates: dict[Key, Replicates] = field(default_factory=dict)


class Journal:
    """A report to which snapshots are added; several trainings may write to one.

    Parameters
    ----------
    path
        Of the JSON report, which may be there already.
    tree
        Name of the score tree that parents are those of.
    order
        Identifiers of all benchmarks in the order of the score tree.

    Raises
    ------
    ReportError
        It cannot be written; what is there is no report, or one that was made with other versions of packages.

    """

    def __init__(self, path: str | os.PathLike[str], tree: str, order: Sequence[str]) -> None:
        self.path = Path(path).expanduser()
        self._tree = tree
        self._order = order
        self._waiting = _Waiting()
        Destination("json", self.path).check_writable()
        before = self._before()
        if before is not None:
            self._joined(before, {})

    def seconds_before(self, name: str) -> dict[str, float]:
        """Return what the leaves of the last snapshot of a network took, in a run before; empty without one."""
        before = self._before()
        if before is None:
            return {}
        snapshots = [each.identifier for each in before.models if each.identifier.startswith(f"{name}@")]
        return {each.identifier: each.seconds for each in before.benchmarks if each.model == (snapshots or [""])[-1]}

    def add(
        self, model: ModelRecord, benchmarks: Sequence[BenchmarkRecord], replicates: Mapping[Key, Replicates]
    ) -> None:
        """Add a snapshot; one of its name that is there already is replaced.

        Raises
        ------
        ReportError
            The report cannot be read or written; the snapshot is added with the next one.

        """
        waiting = self._waiting
        waiting.models.append(model)
        waiting.benchmarks.extend(benchmarks)
        waiting.replicates.update(replicates)
        with self._turn():
            before = self._before()
            known = {} if before is None else read_replicates(self.path, before)
            values = {key: each for key, each in known.items() if key[0] not in self._names} | waiting.replicates
            others = {} if before is None else read_attributions(self.path, before)
            write_json(self._joined(before, values), self.path, values, others)
        self._waiting = _Waiting()

    @property
    def _names(self) -> set[str]:
        return {each.identifier for each in self._waiting.models}

    def _before(self) -> Report | None:
        return read_report(self.path) if self.path.is_file() and self.path.stat().st_size else None

    def _joined(self, before: Report | None, replicates: Mapping[Key, Replicates]) -> Report:
        now = assemble_report(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            command=["python", *sys.argv],
            environment=self._environment,
            models=self._waiting.models,
            benchmarks=self._waiting.benchmarks,
            order=self._order,
            replicates=replicates,
            tree=self._tree,
        )
        if before is None:
            return now
        kept = msgspec.structs.replace(
            before,
            models=[each for each in before.models if each.identifier not in self._names],
            benchmarks=[each for each in before.benchmarks if each.model not in self._names],
        )
        joined = merge({str(self.path): kept, "this training": now}, self._order, replicates)
        return msgspec.structs.replace(joined, command=now.command)

    @cached_property
    def _environment(self) -> Environment:
        return environment()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        lock = FileLock(self.path.with_name(f".{self.path.name}.lock"))
        try:
            lock.acquire(timeout=WAIT)
        except Timeout as error:
            raise ReportError(
                f"Another run is writing the report {self.path}; give BrainScoreCallback another one, "
                f'for example report="{self.path.stem}-2.json".'
            ) from error
        except (OSError, NotImplementedError):  # a file system without locks
            yield
            return
        try:
            yield
        finally:
            lock.release()


def append_table(path: Path, snapshot: Snapshot) -> None:
    """Append a snapshot to a table of comma-separated values: a row for each leaf and each parent.

    Raises
    ------
    ReportError
        The file cannot be written.

    """
    leaves = {each.identifier: each for each in snapshot.records}
    rows = []
    for node in dict.fromkeys([*snapshot.scores, *leaves]):
        record = leaves.get(node)
        values = (snapshot.scores.get(node, ""), snapshot.errors.get(node, ""))
        status, seconds = ("mean", "") if record is None else (record.status, record.seconds)
        when = (snapshot.name, *("" if count is None else count for count in (snapshot.step, snapshot.epoch)))
        rows.append((*when, node, *values, status, seconds))
    try:
        fresh = not path.exists() or not path.stat().st_size
        with path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([COLUMNS, *rows] if fresh else rows)
    except OSError as error:
        raise ReportError(f"The table {path} cannot be written ({error.strerror}); free space on the disk.") from error
