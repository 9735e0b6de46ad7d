"""What earlier runs have found already: results that are taken over where this run would find the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.report.aggregates import Key
from pytest_brainscore.report.notation import counted
from pytest_brainscore.report.parts.unfinished import Earlier, Part, part_of, read_parts
from pytest_brainscore.report.reading import LINES_SUFFIX, read_report, read_reports
from pytest_brainscore.report.replicates import read_attributions, read_replicates
from pytest_brainscore.running.shards.validity import SETTLED, made_by_other_code
from pytest_brainscore.scoring.attribution_files import packed_attributions
from pytest_brainscore.scoring.replicate_files import name_of, packed

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord, Environment, Report

FILE: Final = "resume.msgpack"
"""In the folder in which the controller and its workers meet."""
_LEFT = "scored anew"


class Found:
    """The results of earlier runs that may be taken over, whatever this one is about.

    Parameters
    ----------
    words
        Reports, or folders of reports, that need not be there; beside a JSON report, the lines that a later run left
        which was killed.
    now
        What this run happens on.
    tree
        Name of its score tree.

    Raises
    ------
    BrainScoreError
        A report cannot be read, or averages over another tree.

    """

    def __init__(self, words: Sequence[Path], now: Environment, tree: str) -> None:
        self.results: dict[Key, Earlier] = {}
        self.notes: list[str] = []
        """What is to be told of each report, before anything is scored."""
        for word in words:
            files = list(_files(word))
            for path in files:
                self._take(path, now, tree)
            if not files:
                self.notes.append(f"there is no {word} yet to resume; everything is scored")

    def _take(self, path: Path, now: Environment, tree: str) -> None:
        report = read_report(path)
        if report.environment.python and report.tree != tree:
            raise BrainScoreError(
                f"The report {path} averages over the score tree {report.tree}, and this run over {tree}; resume it "
                f"with --brainscore-tree {report.tree}, or leave out --brainscore-resume."
            )
        settled = [record for record in report.benchmarks if record.status in SETTLED]
        reason = made_by_other_code(report.environment, now)
        if reason is not None:
            if settled:
                self.notes.append(f"the results of {path} are {_LEFT}: {reason}")
            return
        parts, lost = _parts(path, report, settled)
        new = 0
        for record in settled:
            key = record.model, record.identifier, record.version
            if key in parts and key not in self.results:
                new += 1
                self.results[key] = Earlier(record=msgspec.structs.replace(record, resumed=True), part=parts[key])
        self.notes.append(f"resuming {path} with {counted(new, 'result')}{lost}")

    def hand_out(self, folder: Path) -> None:
        """Write down for the workers what was found."""
        (folder / FILE).write_bytes(msgspec.msgpack.encode(list(self.results.values())))

    def among(self, leaves: Iterable[Mapping[str, Any]]) -> list[Earlier]:
        """Return those of what a run is to score."""
        keys = ((each["model"], each["identifier"], each["version"]) for each in leaves)
        return [self.results[key] for key in keys if key in self.results]


def handed_out(folder: Path) -> dict[Key, Earlier]:
    """Return what the controller has found; nothing on another machine, which does not have its folder."""
    path = folder / FILE
    if not path.is_file():
        return {}
    earlier = msgspec.msgpack.decode(path.read_bytes(), type=list[Earlier])
    return {each.part.name: each for each in earlier}


def _files(word: Path) -> Iterator[Path]:
    """Yield the files of a report: lines that are newer than the document first, as a later run has left them."""
    if word.is_dir():
        for path in read_reports(word):
            yield from _files(path)
        return
    lines = word.with_suffix(LINES_SUFFIX)
    if word.suffix == ".json" and lines.is_file() and not (word.is_file() and _time(word) >= _time(lines)):
        yield lines
    if word.is_file():
        yield word


def _time(path: Path) -> int:
    return path.stat().st_mtime_ns


def _parts(path: Path, report: Report, settled: Sequence[BenchmarkRecord]) -> tuple[dict[Key, Part], str]:
    """Return what belongs to each record, where it is still there, and what is to be said of the others."""
    if path.suffix == LINES_SUFFIX:
        stored = read_parts(path)
        found = {_key(record): part_of(record) for record in settled if record.status == "nan"}
        for record in settled:
            part = stored.get(_key(record))
            if part is not None and part.score == record.score:
                found[part.name] = part
    else:
        found = _parts_of_document(path, report, settled)
    lost = len(settled) - len(found)
    return found, f"; {counted(lost, 'other')} without bootstrap values, {_LEFT}" if lost else ""


def _parts_of_document(path: Path, report: Report, settled: Sequence[BenchmarkRecord]) -> dict[Key, Part]:
    problems: list[str] = []
    replicates = read_replicates(path, report, problems.append)
    attributions = read_attributions(path, report, problems.append)
    models = {model.identifier: model for model in report.models}
    found: dict[Key, Part] = {}
    for record in settled:
        key = _key(record)
        if problems and record.status == "scored":
            continue
        drawn, attribution = replicates.get(key), attributions.get(key)
        found[key] = part_of(
            record,
            model=models.get(record.model),
            replicates=None if drawn is None else packed({name_of(*key): drawn}),
            attribution=None if attribution is None else packed_attributions({name_of(*key): attribution}),
        )
    return found


def _key(record: BenchmarkRecord) -> Key:
    return record.model, record.identifier, record.version
