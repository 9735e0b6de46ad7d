"""The files of a run: one writer each, and nothing that a run which scored nothing could destroy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pytest_brainscore.errors import BrainScoreError, ReportError
from pytest_brainscore.report.aggregates import Key
from pytest_brainscore.report.destination import Destination, parse_destination
from pytest_brainscore.report.json_files import JsonLines
from pytest_brainscore.report.parts.unfinished import Earlier, Part, PartsFile, parts_path
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.writing import write_report

if TYPE_CHECKING:
    from pytest_brainscore.inference.attribution import Attribution
    from pytest_brainscore.inference.levels import Replicates

_SCORED = re.compile(rb'"status":\s*"scored"')


class Output:
    """Where the reports of a run go.

    Raises
    ------
    ReportError
        When a destination cannot be understood, or not be written to.

    """

    def __init__(self, words: Sequence[str]) -> None:
        self.written: list[str] = []
        self.notes: list[str] = []
        """What was not written where it was asked for, and why."""
        self.commands: list[str] = []
        """Workflow commands of a report for GitHub Actions, to be printed."""
        self._destinations = [parse_destination(word) for word in words]
        for destination in self._destinations:
            destination.check_writable()
        self._lines = [_Lines(path) for path in _line_files(self._destinations)]
        self._locks: list[FileLock] = []

    def lock(self) -> None:
        """Keep other runs from these files until :meth:`unlock`.

        Raises
        ------
        ReportError
            When another run writes to one of them.

        """
        for path in dict.fromkeys(each.path.resolve() for each in self._destinations if _is_own(each)):
            lock = FileLock(path.with_name(f".{path.name}.lock"))
            try:
                lock.acquire(timeout=0)
            except Timeout as error:
                self.unlock()
                raise ReportError(
                    f"Another run is writing the report {path}; wait until it has ended, or have this one write "
                    f"elsewhere, for example --brainscore-report=json:{path.stem}-2.json."
                ) from error
            except (OSError, NotImplementedError):
                continue  # a file system without locks
            self._locks.append(lock)

    def unlock(self) -> None:
        """Let other runs write to these files."""
        for lock in self._locks:
            with suppress(OSError):  # Windows removes no open file
                Path(lock.lock_file).unlink(missing_ok=True)
            lock.release()
        self._locks.clear()

    def begin(self, header: Report, earlier: Sequence[Earlier], problem: Callable[[BrainScoreError], None]) -> None:
        """Have the line files say what the run is; results of earlier runs are in them from the beginning.

        A run that goes on where another was killed, and is killed itself, so loses nothing of either.
        """
        for lines in self._lines:
            try:
                lines.begin(header, earlier)
            except BrainScoreError as error:
                problem(error)

    def append(
        self, record: BenchmarkRecord, problem: Callable[[BrainScoreError], None], part: Part | None = None
    ) -> None:
        """Write a record to the line files at once, and before it what belongs to it."""
        for lines in self._lines:
            try:
                lines.append(record, part)
            except BrainScoreError as error:
                problem(error)

    def write(
        self,
        report: Report,
        replicates: Mapping[Key, Replicates],
        attributions: Mapping[Key, Attribution],
        baselines: Path | None,
        population: Path | None,
        problem: Callable[[BrainScoreError], None],
    ) -> None:
        """Write every report; what fails is told, and the others are written all the same.

        A run that scored nothing leaves a report with scores as it is, and writes beside it. What shows a report (a
        page, a table) gives way to what tells of failures; it stays when there is nothing to tell.
        """
        unwritten = False
        for destination in self._destinations:
            target = _spared(destination, report)
            if target is None:
                if destination.path.exists():
                    self.notes.append(f"no benchmark was run; {destination.path} is left as it is")
                continue
            if target.path != destination.path:
                self.notes.append(
                    f"nothing was scored; {destination.path} is left as it is, and this run is in {target.path}"
                )
            try:
                if destination.kind != "jsonl":  # those were written as the records arrived
                    self.commands += write_report(report, target, baselines, population, replicates, attributions)
                self.written.append(str(target.path))
            except BrainScoreError as error:
                unwritten = unwritten or destination.kind == "json"
                problem(error)
        for lines in self._lines:
            lines.close(keep=unwritten)


class _Lines:
    """A line file that is opened by the first record; lines go beside a report with scores until there is a score."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._header: Report | None = None
        self._file: JsonLines | None = None
        self._parts: PartsFile | None = None
        self._beside = False

    def begin(self, header: Report, earlier: Sequence[Earlier]) -> None:
        self._header = header
        if earlier:
            self._open_parts([each.part for each in earlier])  # first: a score without its part is none
            self._file = JsonLines(self._path, header, [each.record for each in earlier])

    def append(self, record: BenchmarkRecord, part: Part | None) -> None:
        if self._file is None:
            self._beside = record.status != "scored" and _has_scores(self._path)
            self._file = JsonLines(_beside(self._path) if self._beside else self._path, self._header)
        elif self._beside and record.status == "scored":
            self._beside = False
            self._file.move(self._path)
        if part is not None:
            if self._parts is None:
                self._open_parts()
            self._append_part(part)
        self._file.append(record)

    def close(self, *, keep: bool) -> None:
        if self._file is not None:
            self._file.close()
        if self._parts is not None:
            self._parts.close(keep=keep)

    def _open_parts(self, parts: Sequence[Part] = ()) -> None:
        if self._path.is_file() or not self._path.exists():  # beside a device or a pipe there is nothing
            with self._telling():
                self._parts = PartsFile(parts_path(self._path), parts)

    def _append_part(self, part: Part) -> None:
        if self._parts is not None:
            with self._telling():
                self._parts.append(part)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            path = parts_path(self._path)
            raise ReportError(
                f"The file {path} cannot be written ({error.strerror}); free space on the disk: a run that is killed "
                "could not be resumed."
            ) from error


def _spared(destination: Destination, report: Report) -> Destination | None:
    """Return where a report goes: where it was asked for, beside that, or nowhere."""
    kind, path = destination.kind, destination.path
    if kind == "github" or any(record.status == "scored" for record in report.benchmarks):
        return destination
    if report.is_part and report.complete and not report.benchmarks:  # a shard with nothing to do says so
        return destination
    if not report.benchmarks or (kind == "plots" and path.is_dir() and any(path.iterdir())):
        return None
    if kind in ("json", "jsonl"):
        spare = _has_scores(path)
    else:
        spare = path.is_file() and all(record.status == "unavailable" for record in report.benchmarks)
    return Destination(kind, _beside(path)) if spare else destination


def _has_scores(path: Path) -> bool:
    """Tell whether a file is a report, or lines of one, with a score; whichever version wrote it."""
    try:
        return path.is_file() and _SCORED.search(path.read_bytes()) is not None
    except OSError:
        return False


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}.unscored{path.suffix}")


def _is_own(destination: Destination) -> bool:
    """Tell whether a run is the only one to write there: not a job summary, a device or a pipe."""
    path = destination.path
    return destination.kind not in ("github", "plots") and (path.is_file() or not path.exists())


def _line_files(destinations: Sequence[Destination]) -> list[Path]:
    """Return the files that get one line per benchmark as it arrives.

    Every JSON report has one beside it, so that a run that is killed leaves what it had.
    """
    paths = [
        each.path if each.kind == "jsonl" else each.path.with_suffix(".jsonl")
        for each in destinations
        if each.kind == "jsonl" or (each.kind == "json" and _is_own(each))
    ]
    return list(dict.fromkeys(paths))
