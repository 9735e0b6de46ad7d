"""What stands around the tree: the verdict, what changed, why scores are missing, and what they depend on."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_brainscore.report.aggregates import REGIONS, has_panel, panel_mean, parent_table
from pytest_brainscore.report.html.cells import Mark, short
from pytest_brainscore.report.html.changes import CHANGES, SIGNS, change_of
from pytest_brainscore.report.html.columns import Column
from pytest_brainscore.report.notation import (
    COLOURS,
    STATUSES,
    VERDICTS,
    counted,
    expected_in_words,
    number,
    number_or_blank,
    over_seeds,
    signed,
)
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.red import colour, is_red, why_red
from pytest_brainscore.report.series.seeds import in_words
from pytest_brainscore.scoring.quick import expectations
from pytest_brainscore.trees import PANEL


@dataclass(frozen=True)
class Change:
    """A benchmark that changed."""

    column: str
    """Label of the model."""
    identifier: str
    """The benchmark."""
    mark: Mark
    """What happened."""
    difference: str
    """Score minus baseline; empty where they cannot be compared."""
    baseline: str
    """Score of the baseline; empty without one."""
    score: str
    """Score; empty without one."""
    reason: str
    """Why, where the numbers do not tell."""


@dataclass(frozen=True)
class Reason:
    """Why some benchmarks have no score."""

    mark: Mark
    """Their status."""
    text: str
    """The reason."""
    benchmarks: tuple[str, ...]
    """Those it holds for; with the model where there are several."""


def tally(column: Column) -> list[Mark]:
    """Return how many benchmarks have which status, and which verdict."""
    statuses: Counter[str] = Counter(record.status for record in column.records)
    verdicts: Counter[str] = Counter(record.verdict for record in column.records if record.verdict)
    marks = [
        Mark(status, shape, f"{statuses[status]} {word}")
        for status, (shape, word) in STATUSES.items()
        if statuses[status] or status == "scored"
    ]
    return marks + [
        Mark(verdict, shape, f"{verdicts[verdict]} {word}")
        for verdict, (shape, word) in VERDICTS.items()
        if verdicts[verdict]
    ]


def verdict_of(column: Column) -> Mark:
    """Return what the run of a column is: red, green, or neither because nothing was scored."""
    found = colour(column.records, complete=column.report.complete)
    shape, word = COLOURS[found]
    red = sum(map(is_red, column.records))
    return Mark(found, shape, f"{word}: {red} of {len(column.records)} benchmarks" if red else word)


def changes(columns: Sequence[Column]) -> list[Change]:
    """Return everything that changed: what has no score first, then from the largest difference to the smallest."""
    found = [(column, record, kind) for column in columns for record in column.records if (kind := change_of(record))]

    def place(item: tuple[Column, BenchmarkRecord, str]) -> tuple[bool, float, int]:
        _, record, kind = item
        return (record.delta is not None, -abs(record.delta or 0.0), CHANGES.index(kind))

    return [_change(column, record, kind) for column, record, kind in sorted(found, key=place)]


def reasons(columns: Sequence[Column]) -> list[Reason]:
    """Return why benchmarks have no score; a reason that several of them have is told once."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for column in columns:
        for record in column.records:
            if record.status != "scored":
                name = f"{column.label}: {record.identifier}" if len(columns) > 1 else record.identifier
                grouped.setdefault((record.status, why_red(record)), []).append(name)
    return [
        Reason(Mark(status, *STATUSES[status]), text or "no reason was given", tuple(names))
        for (status, text), names in grouped.items()
    ]


def seed_rows(reports: Sequence[Report]) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Return what models that differ in their seed only are called, and their means with intervals by benchmark."""
    groups = [group for report in reports for group in report.seeds]
    names = dict.fromkeys(name for group in groups for name in group.scores)
    header = [f"{in_words(group.network, group.axes)} ({counted(len(group.models), 'seed')})" for group in groups]
    return header, [(name, [over_seeds(group.scores.get(name)) for group in groups]) for name in names]


def layer_commitment(columns: Sequence[Column]) -> list[tuple[str, list[str]]]:
    """Return the layer of every region, those of the tree first, for every model; and the visual angle as last row."""
    regions = dict.fromkeys([*REGIONS, *(region for column in columns for region in column.model.layers)])
    rows = [(region, [_layer(column.model.layers.get(region)) for column in columns]) for region in regions]
    degrees = [column.model.visual_degrees for column in columns]
    angle = ("visual angle", ["" if each is None else f"{each:g} degrees" for each in degrees])
    return [row for row in [*rows, angle] if any(row[1])]


def panel_rows(columns: Sequence[Column]) -> list[tuple[str, list[str]]]:
    """Return the means of every model over the panel, by heading; nothing where no model has records of all of it."""
    if not any(has_panel(column.report.benchmarks, column.model.identifier) for column in columns):
        return []
    means = [panel_mean(column.report.benchmarks, column.model.identifier) for column in columns]
    header, cells = parent_table([(PANEL, mean) for mean in means])
    return [(heading, [row[place] for row in cells]) for place, heading in enumerate(header)]


def quick_rows(columns: Sequence[Column]) -> list[tuple[str, list[str]]]:
    """Return what full scores are to be expected of every model, by quick benchmark and parent."""
    rows: dict[str, list[str]] = {}
    for index, column in enumerate(columns):
        for _, name, score, full in expectations(column.records):
            cells = rows.setdefault(name, [""] * len(columns))
            cells[index] = f"{number(score)}, full {expected_in_words(full)}"
    return list(rows.items())


def provenance(columns: Sequence[Column]) -> list[tuple[str, list[str]]]:
    """Return what the scores of every model depend on, by heading."""
    rows: dict[str, list[str]] = {}
    for index, column in enumerate(columns):
        environment, model = column.report.environment, column.model
        git = environment.git
        told = {
            "specification": model.specification,
            "checkpoint": model.checkpoint or "",
            "axes": ", ".join(f"{name} {value}" for name, value in model.axes.items()),
            "weights": model.weights_from or "",
            "weights SHA-256": model.weights_sha256 or "",
            "device": model.device or "",
            "remarks": "; ".join(model.remarks),
            "preprocessing": ", ".join(f"{name} {value}" for name, value in model.preprocessing.items()),
            "all scores depend on": ", ".join(
                f"{name} {short(value)}"
                for name, value in column.shared.items()
                if not name.startswith(("preprocessing.", "weights"))
            ),
            "score tree": column.report.tree,
            "command": shlex.join(column.report.command),
            "created": column.report.created,
            "complete": "yes" if column.report.complete else "no: the run was stopped, or results were lost",
            "commit": "" if git is None else git.commit + (" with changes" if git.dirty else ""),
            "packages": ", ".join(f"{name} {version}" for name, version in environment.packages.items()),
            "Python": environment.python,
            "platform": f"{environment.platform}, {environment.cores} cores",
        }
        for heading, text in told.items():
            rows.setdefault(heading, [""] * len(columns))[index] = text
    return [(heading, texts) for heading, texts in rows.items() if any(texts)]


def _change(column: Column, record: BenchmarkRecord, kind: str) -> Change:
    return Change(
        column=column.label,
        identifier=record.identifier,
        mark=Mark(kind, *SIGNS[kind]),
        difference=signed(record.delta),
        baseline=number_or_blank(record.baseline),
        score=number_or_blank(record.score),
        reason=why_red(record),
    )


def _layer(layer: str | list[str] | None) -> str:
    return ", ".join(layer) if isinstance(layer, list) else layer or ""
