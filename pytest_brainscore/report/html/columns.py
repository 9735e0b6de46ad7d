"""The columns of the score page: every model of every report, with its leaves and its means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_brainscore.report.aggregates import as_reported, parents
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord, Report
from pytest_brainscore.scoring.comparison import Ingredient
from pytest_brainscore.scoring.floor import FloorScore
from pytest_brainscore.scoring.tree import Aggregate, ScoreTree


@dataclass(frozen=True)
class Column:
    """A model as one report has it."""

    label: str
    """Name of the model; told apart by time where it stands in several reports."""
    report: Report
    """Report that it is in."""
    model: ModelRecord
    """The model."""
    leaves: Mapping[str, BenchmarkRecord]
    """Records of the leaves of the score tree, in the version of the tree, by identifier."""
    others: Sequence[BenchmarkRecord]
    """Records that have no place in the tree: other versions, and benchmarks of one's own."""
    aggregates: Mapping[str, Aggregate]
    """Means of the parents."""
    shared: Mapping[str, Ingredient]
    """What all scores of this model depend on alike."""

    def floor(self, name: str) -> FloorScore | None:
        """Return what lies below the score on a benchmark or parent; None where nothing was scored beside it."""
        found = self.report.floors.get(self.model.identifier)
        return None if found is None else found.scores.get(name)

    @property
    def records(self) -> list[BenchmarkRecord]:
        """All records."""
        return [*self.leaves.values(), *self.others]


def columns_of(reports: Sequence[Report], tree: ScoreTree) -> list[Column]:
    """Return the columns of the page, in the order of the reports and of the models in them."""
    places = [(report, model) for report in reports for model in _models(report)]
    times = Counter(model.identifier for _, model in places)
    labels: Counter[str] = Counter()
    columns = []
    for report, model in places:
        label = model.identifier
        if times[label] > 1:
            label = f"{label}, {report.created[:16].replace('T', ' ')}"
        labels[label] += 1
        if labels[label] > 1:  # made in the same minute
            label = f"{label} ({labels[label]})"
        columns.append(_column(label, report, model, tree))
    return columns


def _models(report: Report) -> list[ModelRecord]:
    """Return the models of a report, after them those that only its records name."""
    known = {model.identifier: model for model in report.models}
    for record in report.benchmarks:
        known.setdefault(record.model, ModelRecord(identifier=record.model, specification=record.model))
    return list(known.values())


def _column(label: str, report: Report, model: ModelRecord, tree: ScoreTree) -> Column:
    leaves: dict[str, BenchmarkRecord] = {}
    others = []
    for record in report.benchmarks:
        if record.model != model.identifier:
            continue
        place = tree.leaves.get(record.identifier)
        if place is not None and place.version == record.version:
            leaves[record.identifier] = record
        else:
            others.append(record)
    scored = [record for record in [*leaves.values(), *others] if record.status == "scored"]
    return Column(
        label=label,
        report=report,
        model=model,
        leaves=leaves,
        others=others,
        aggregates=as_reported(
            parents(report.benchmarks, model.identifier, tree), report.aggregates.get(model.identifier, {})
        ),
        shared=_shared([record.fingerprint for record in scored]),
    )


def _shared(fingerprints: Sequence[Mapping[str, Ingredient]]) -> dict[str, Ingredient]:
    """Return the ingredients that are in all fingerprints alike."""
    if not fingerprints:
        return {}
    first, *rest = fingerprints
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in rest)}
