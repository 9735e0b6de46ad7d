"""Joining the reports of several shards, or of several models, into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.aggregates import Key, common_tree
from pytest_brainscore.report.assemble_report import assemble_report
from pytest_brainscore.report.networks import joined, what_differs
from pytest_brainscore.report.parts.shards import check_shards
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord, Report
from pytest_brainscore.report.red import is_red
from pytest_brainscore.scoring.floor import Floor

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates


def merge(
    reports: Mapping[str, Report],
    order: Sequence[str],
    replicates: Mapping[Key, Replicates] | None = None,
    tree: str | None = None,
) -> Report:
    """Join reports that were made under the same conditions.

    Parameters
    ----------
    reports
        By name, for example the file that each was read from; at least one.
    order
        Identifiers of all benchmarks in the order of the score tree.
    replicates
        Bootstrap values of the scores of all, by which the errors of parents are known.
    tree
        Name of the score tree to average over; by default that of the reports.

    Returns
    -------
    Report
        With the time of the latest, the commands of all in a row, and complete only when all are.

    Raises
    ------
    ReportError
        When there is none; when they are those of different trees, and none is named; when package versions differ;
        when a model has other weights, layers or preprocessing in another report; or when there are two results for the
        same model and benchmark. What is unavailable in one report gives way to a result in another, and to one that is
        red because it was required. And when shards of one run are among them, and one of its shards is missing, there
        twice, or of another run.

    """
    if not reports:
        raise ReportError("There are no reports to merge; name at least one.")
    check_shards(reports)
    (first_name, first), *rest = reports.items()
    for name, report in rest:
        _same_packages(first_name, first, name, report)
        if not first.environment.python:  # lines of a run that was killed, which do not know theirs
            first_name, first = name, report
    commands = [word for report in reports.values() for word in (*report.command, "&&")][:-1]
    return assemble_report(
        created=max(report.created for report in reports.values()),
        command=commands,
        environment=first.environment,
        models=list(_models(reports).values()),
        benchmarks=list(_records(reports).values()),
        order=order,
        complete=all(report.complete for report in reports.values()),
        replicates=replicates,
        tree=tree or common_tree(reports),
        floors=_floors(reports),
        options=_common_options(reports),
    )


def _common_options(reports: Mapping[str, Report]) -> dict[str, str]:
    """Return what all runs were told; shards of one run were told the same."""
    shared = set.intersection(*(set(report.options.items()) for report in reports.values()))
    return dict(sorted(shared))


def _floors(reports: Mapping[str, Report]) -> dict[str, Floor]:
    """Return the floor beside the scores of each model; shards of one model have it on other benchmarks each."""
    floors: dict[str, Floor] = {}
    for report in reports.values():
        for model, floor in report.floors.items():
            other = floors.get(model)
            if other is None:
                floors[model] = floor
            elif other.seeds == floor.seeds:  # else that of the first: which weights were drawn is part of it
                reasons = list(dict.fromkeys([*other.reasons, *floor.reasons]))
                floors[model] = Floor(seeds=floor.seeds, scores={**other.scores, **floor.scores}, reasons=reasons)
    return floors


def _same_packages(first_name: str, first: Report, name: str, report: Report) -> None:
    mine, theirs = first.environment.packages, report.environment.packages
    if not (first.environment.python and report.environment.python):
        return
    for package in sorted(mine.keys() | theirs.keys()):
        if mine.get(package) != theirs.get(package):
            raise ReportError(
                f"{first_name} was made with {package} {mine.get(package, 'absent')}, {name} with "
                f"{theirs.get(package, 'absent')}; make both in the same environment, or compare instead of merging."
            )


def _models(reports: Mapping[str, Report]) -> dict[str, ModelRecord]:
    models: dict[str, tuple[str, ModelRecord]] = {}
    for name, report in reports.items():
        for model in report.models:
            other_name, other = models.setdefault(model.identifier, (name, model))
            if _never_loaded(other):
                models[model.identifier] = name, model
            elif not _never_loaded(model):
                field = _essence_differs(model, other) or _layers_differ(model, other) or what_differs(model, other)
                if field is not None:
                    raise ReportError(
                        f"The model {model.identifier} has other {field} in {name} than in {other_name}; merge only "
                        "reports of the same model."
                    )
                fuller, other_one = (model, other) if other.visual_degrees is None else (other, model)
                models[model.identifier] = other_name, joined(other_one, fuller)
    return {identifier: model for identifier, (_, model) in models.items()}


def _never_loaded(model: ModelRecord) -> bool:
    return model.visual_degrees is None and model.weights_sha256 is None


def _essence_differs(model: ModelRecord, other: ModelRecord) -> str | None:
    """Name the first field that must be equal and is not: all but the layers, the device, and how it was called."""
    if model.weights_sha256 != other.weights_sha256:
        return "weights_sha256"
    # The lines of a run that was killed do not know these.
    both = (("visual_degrees", model.visual_degrees, other.visual_degrees),
            ("preprocessing", model.preprocessing, other.preprocessing))  # fmt: skip
    return next((name for name, mine, theirs in both if mine and theirs and mine != theirs), None)


def _layers_differ(model: ModelRecord, other: ModelRecord) -> str | None:
    """Name the first region that has another layer; a region that one shard did not need may be absent from it."""
    shared = (region for region in model.layers if region in other.layers)
    differing = next((region for region in shared if model.layers[region] != other.layers[region]), None)
    return None if differing is None else f"layers for {differing}"


def _records(reports: Mapping[str, Report]) -> dict[tuple[str, str], BenchmarkRecord]:
    records: dict[tuple[str, str], tuple[str, BenchmarkRecord]] = {}
    for name, report in reports.items():
        for record in report.benchmarks:
            key = record.model, record.identifier
            other_name, other = records.setdefault(key, (name, record))
            if other is record:
                continue
            if other.version != record.version:
                raise ReportError(
                    f"{record.identifier} of {record.model} is of version {other.version} in {other_name} and of "
                    f"version {record.version} in {name}; scores of two versions cannot stand in one report, leave one "
                    "out."
                )
            if "unavailable" not in (record.status, other.status):
                raise ReportError(
                    f"{record.identifier} of {record.model} has a result in {other_name} and in {name}; leave one out."
                )
            # A result comes before none; of two without, the one that makes its run red.
            if (record.status != "unavailable", is_red(record)) > (other.status != "unavailable", is_red(other)):
                records[key] = name, record
    return {key: record for key, (_, record) in records.items()}
