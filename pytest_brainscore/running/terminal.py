"""What a person reads in the terminal: a line per benchmark, then a table, a verdict and the next command to type.

Pure functions of the collected records; the plugin writes the lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from pytest_brainscore.benchmarks.registry import registry
from pytest_brainscore.pages import RED
from pytest_brainscore.report.aggregates import MEANS_IN_WORDS, as_reported, parent_table, shown_parents
from pytest_brainscore.report.notation import (
    aligned,
    counted,
    decided_by,
    expected_in_words,
    floor_in_words,
    judgement,
    number,
    number_or_blank,
    result,
    totals,
)
from pytest_brainscore.report.parts.shards import PART_IN_WORDS
from pytest_brainscore.report.red import Colour, is_red, why_red
from pytest_brainscore.scoring.quick import expectations
from pytest_brainscore.scoring.tree import tree_of
from pytest_brainscore.text import printable_line
from pytest_brainscore.trees import PANEL, PANEL_IN_WORDS, PUBLISHED, QUICK_IN_WORDS

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord
    from pytest_brainscore.running.collector import Collector
    from pytest_brainscore.scoring.floor import Floor
    from pytest_brainscore.scoring.tree import Aggregate

COLOURS: dict[Colour, str] = {"red": "red", "green": "green", "empty": "yellow"}

INDENT = "  "
LOG_WIDTH = 140
"""Characters in a line where the output goes to no terminal and ``COLUMNS`` is not set, as in the logs of continuous
integration: enough for a line per benchmark, whose names and verdicts take 120."""
REASONS_TOLD = 3
"""Reasons for being unavailable that a run tells: on a machine without data there are dozens, and no news."""


@dataclass(frozen=True)
class Line:
    """One line of terminal output and the colour it may have."""

    text: str
    colour: str | None = None
    bold: bool = False

    def __post_init__(self) -> None:
        """Make sure that no text of a model or a file acts on the terminal or on the runner that reads along."""
        object.__setattr__(self, "text", printable_line(self.text))


def output_width() -> int:
    """Return how many characters a line may have: those of the terminal, or of ``COLUMNS``; more in a log."""
    return get_terminal_size((LOG_WIDTH, 24)).columns


def live_lines(record: BenchmarkRecord, width: int) -> list[Line]:
    """Return what is shown when a benchmark has finished: a line, or more in a narrow terminal."""
    paired = record.comparison is not None and record.comparison.paired is not None
    verdict = f"{judgement(record)} ({decided_by(record.n)})" if paired else judgement(record)
    time = "computed before" if record.cached else "resumed" if record.resumed else f"{record.seconds:.1f} s"
    parts = [record.model, record.identifier, result(record), verdict, time]
    text = "  ".join(part for part in parts if part)
    return [Line(line, _colour(record)) for line in _wrapped(text, width)]


def summary(collector: Collector, lost: Sequence[str], width: int) -> list[Line]:
    """Return the lines of the terminal section; its tables are at most `width` characters wide."""
    records = collector.ordered()
    shard = collector.shard
    part = shard is not None and shard.count > 1
    floors, tree = collector.floors(), collector.options.tree
    lines = tables(records, width, REASONS_TOLD, floors, collector.aggregates, tree, parents=not part)
    if shard is not None and part:
        here = f"{len(collector.ledger.leaves)} of {counted(shard.selected, 'benchmark')}"
        lines.append(Line(f"shard {shard.index} of {shard.count}: {here}; {PART_IN_WORDS}"))
    lines += [Line(collector.resumed)] if collector.resumed else []
    lines += [Line(problem, "red", bold=True) for problem in collector.problems]
    if lost:
        their = "its result is" if len(lost) == 1 else "their results are"
        lines.append(Line(f"{counted(len(lost), 'test')} never reported; {their} lost: {', '.join(lost[:3])}", "red"))
    lines.append(_verdict(records, collector.colour))
    lines += [Line(f"wrote {path}") for path in collector.written]
    lines += _hints(collector)
    return lines


def tables(
    records: Sequence[BenchmarkRecord],
    width: int,
    reasons: int | None = None,
    floors: Mapping[str, Floor] | None = None,
    aggregates: Mapping[str, Mapping[str, Aggregate]] | None = None,
    tree: str = PUBLISHED,
    *,
    parents: bool = True,
) -> list[Line]:
    """Return what the records say: benchmarks, parents, notes on recordings, and why something has no score.

    Parameters
    ----------
    records
        In the order in which they are told.
    width
        Characters in a line of the terminal; at least 60.
    reasons
        Most reasons for being unavailable that are told; None tells all of them.
    floors
        What lies below the scores, by model.
    aggregates
        The parents of each model, as its report has them with the errors of bootstrap values.
    tree
        Name of the score tree that parents are those of.
    parents
        False to leave out the parents: the records are those of one of several shards.

    """
    floors = floors or {}
    notes = [
        Line(f"no floor of {model}: {reason}") for model, floor in floors.items() for reason in floor.reasons[:reasons]
    ]
    return [
        *_table(records, width, floors),
        *notes,
        *(_parents(records, width, aggregates or {}, tree) if parents else []),
        *_quick(records, width),
        *_remarks(records),
        *_computed_before(records),
        *_reasons(records, reasons),
    ]


def _computed_before(records: Sequence[BenchmarkRecord]) -> list[Line]:
    """Say which scores are of earlier runs."""
    times = sorted(record.computed or "" for record in records if record.cached)
    if not times:
        return []
    first, last = times[0][:10], times[-1][:10]
    when = first if first == last else f"between {first} and {last}"
    which = "the score was" if len(times) == len(records) == 1 else f"{len(times)} of {len(records)} scores were"
    told = f"{which} computed before, {when}, by the same code from the same data (--brainscore-cache refresh: anew)"
    return [Line(told)]


def _colour(record: BenchmarkRecord) -> str | None:
    if is_red(record):
        return "red"
    return "green" if record.verdict == "improved" else None


def _table(records: Sequence[BenchmarkRecord], width: int, floors: Mapping[str, Floor]) -> list[Line]:
    shown = [record for record in records if record.status != "unavailable" or is_red(record)]
    if not shown:
        return []
    header: tuple[str, ...] = ("model", "benchmark", "score", "raw", "ceiling", "baseline", "verdict")
    rows: list[tuple[str, ...]] = [
        (
            record.model,
            f"{record.identifier}@{record.version}",
            result(record),
            number_or_blank(record.raw),
            number_or_blank(record.ceiling),
            number_or_blank(record.baseline),
            judgement(record),
        )
        for record in shown
    ]
    if floors:
        header = (*header[:3], "floor", *header[3:])
        below = [floors[each.model].scores.get(each.identifier) if each.model in floors else None for each in shown]
        rows = [(*row[:3], floor_in_words(floor), *row[3:]) for row, floor in zip(rows, below, strict=True)]
    return _fitted(header, rows, [_colour(record) for record in shown], width)


def _fitted(
    header: Sequence[str], rows: Sequence[Sequence[str]], colours: Sequence[str | None], width: int
) -> list[Line]:
    """Return a table with a bold header and coloured rows that fits a terminal.

    Where it is too wide, the models, in the first column, become headings; where that is not enough, every row becomes
    two lines: what it is of, and its cells with their names.
    """
    head, *lines = aligned(header, rows)
    if max(map(len, (head, *lines))) <= width:
        return [Line(head, bold=True), *(Line(line, colour) for line, colour in zip(lines, colours, strict=True))]
    head, *lines = aligned(header[1:], [row[1:] for row in rows])
    narrow = max(map(len, (head, *lines))) <= width - len(INDENT)
    fitted = [Line(INDENT + head, bold=True)] if narrow else []
    model = None
    for row, line, colour in zip(rows, lines, colours, strict=True):
        if row[0] != model:
            model = row[0]
            fitted.append(Line(model, bold=True))
        if narrow:
            fitted.append(Line(INDENT + line, colour))
            continue
        fitted.append(Line(_shortened(row[1], width), colour))
        named = list(zip(header, row, strict=True))[2:]
        cells = [cell if name == "verdict" else f"{name} {cell}" for name, cell in named if cell]
        fitted += [Line(part, colour) for part in _wrapped(INDENT + "  ".join(cells), width)]
    return fitted


def _wrapped(text: str, width: int) -> list[str]:
    """Break a line between its parts, which two spaces separate."""
    if len(text) <= width:
        return [text]
    start = text[: len(text) - len(text.lstrip())]
    lines = [start]
    for part in text.split("  "):
        if not part:
            continue
        part = _shortened(part, width - len(INDENT))
        longer = f"{lines[-1]}{'  ' if lines[-1].strip() else ''}{part}"
        if len(longer) <= width or not lines[-1].strip():
            lines[-1] = longer
        else:
            lines.append(INDENT + part)
    return lines


def _shortened(name: str, width: int) -> str:
    """Leave out the middle of a name that is longer than a line; both ends tell benchmarks apart."""
    if len(name) <= width:
        return name
    return f"{name[: width // 2 - 1]}…{name[len(name) - (width - width // 2) :]}"


def _parents(
    records: Sequence[BenchmarkRecord], width: int, aggregates: Mapping[str, Mapping[str, Aggregate]], tree: str
) -> list[Line]:
    """Return the means of every parent with a score below it.

    A local run is usually partial: the number that can be compared with the published pages counts what did not run as
    0, which says little of the model; the mean of what ran does not, and cannot be compared with those pages.
    """
    places = tree_of(records, tree)
    shown = [
        (model, parent, aggregate)
        for model in dict.fromkeys(record.model for record in records)
        for found in [shown_parents(records, model, places)]
        for parent, aggregate in as_reported(found, aggregates.get(model, {})).items()
    ]
    if not shown:
        return []
    header, cells = parent_table([(parent, aggregate) for _, parent, aggregate in shown])
    rows = [(model, parent, *row) for (model, parent, _), row in zip(shown, cells, strict=True)]
    notes = [f"means over the score tree {tree}"] if tree != PUBLISHED else []
    notes += [MEANS_IN_WORDS] if any(aggregate.failed for *_, aggregate in shown) else []
    notes += [PANEL_IN_WORDS] if any(parent == PANEL for _, parent, _ in shown) else []
    return [*_fitted(("model", "parent", *header), rows, [None] * len(rows), width), *map(Line, notes)]


def _quick(records: Sequence[BenchmarkRecord], width: int) -> list[Line]:
    """Return what full scores are to be expected, where scores are quick ones."""
    rows = [(model, name, number(score), expected_in_words(full)) for model, name, score, full in expectations(records)]
    if not rows:
        return []
    table = _fitted(("model", "quick", "score", "full, to be expected"), rows, [None] * len(rows), width)
    return [Line(QUICK_IN_WORDS, "yellow", bold=True), *table]


def _remarks(records: Sequence[BenchmarkRecord]) -> list[Line]:
    """Return what a reader has to know of recordings behind scores; the same of several benchmarks is told once."""
    grouped: dict[str, dict[str, None]] = {}
    for record in records:
        for note in record.notes if record.status == "scored" else ():
            grouped.setdefault(note, {})[record.identifier] = None
    return [Line(f"note: {', '.join(identifiers)}: {note}") for note, identifiers in grouped.items()]


def _reasons(records: Sequence[BenchmarkRecord], limit: int | None) -> list[Line]:
    """Return why benchmarks have no score, red ones first; the same reason of several benchmarks is told once.

    What data are missing is the same for all models; what failed, failed for one.
    """
    grouped: dict[tuple[bool, str, str, str], dict[str, None]] = {}
    for record in sorted(records, key=lambda record: not is_red(record)):
        if record.status != "scored":
            model = "" if record.status == "unavailable" else record.model
            grouped.setdefault((is_red(record), record.status, model, why_red(record)), {})[record.identifier] = None
    several = len({record.model for record in records}) > 1
    lines = []
    untold: dict[str, None] = {}
    for (red, status, model, reason), identifiers in grouped.items():
        if status == "unavailable" and limit is not None and not red:
            if limit == 0:
                untold |= identifiers
                continue
            limit -= 1
        who = next(iter(identifiers)) if len(identifiers) == 1 else counted(len(identifiers), "benchmark")
        whose = f" of {model}" if several and model else ""
        lines.append(Line(f"{status}: {who}{whose}: {reason}", "red" if red else None))
    if untold:
        more = counted(len(untold), "more benchmark")
        lines.append(Line(f"unavailable: {more}; what is needed: brainscore data status"))
    return lines


def _verdict(records: Sequence[BenchmarkRecord], colour: Colour) -> Line:
    models = len({record.model for record in records})
    known = {each.identifier for each in registry().default}.union(
        record.identifier for record in records if record.parents
    )
    scope = f" (of {len(known) * models} known)" if models else ""
    return Line(f"{totals(records)}{scope}", COLOURS[colour], bold=True)


def _hints(collector: Collector) -> list[Line]:
    """Return the next command to type, where there is one; a score that was lost cannot be stored by any."""
    if collector.options.update == "all":
        return []
    if collector.scored("regressed", "not-comparable"):
        accept = f"to accept these scores: {collector.next_command('--brainscore-update', 'all')}"
        return [Line(f"what to look at first: {RED}"), Line(accept)]
    if collector.scored("new") and collector.options.update == "none":
        return [Line(f"to store the new baselines: {collector.next_command('--brainscore-update', 'new')}")]
    if collector.scored("improved") and collector.options.update in ("none", "new"):
        return [Line(f"to store the improved ones: {collector.next_command('--brainscore-update', 'improved')}")]
    return []
