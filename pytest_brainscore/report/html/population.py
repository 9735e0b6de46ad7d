"""A reference population of one's own: the models of some reports."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_brainscore.report.networks import checkpoint, checkpoint_names
from pytest_brainscore.report.notation import counted
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.scoring.population import Population, Result, population_of


def report_population(reports: Sequence[Report]) -> Population:
    """Return the population of all models in reports, for example of all in a folder.

    Parameters
    ----------
    reports
        Reports in any order; of a model that stands in several, the latest score on each benchmark counts. The latest
        checkpoint of several that share a name has that name, the others are models of their own.

    Returns
    -------
    Population
        Only benchmarks with a number are in it.

    """
    ordered = sorted(reports, key=lambda report: report.created)
    # By report, by name.
    known = [{model.identifier: checkpoint(model) for model in report.models} for report in ordered]
    latest = {name: key for each in known for name, key in each.items()}
    names = checkpoint_names(key for each in known for key in each.values()) | {key: key[0] for key in latest.values()}
    results = [
        Result(names[each[record.model]] if record.model in each else record.model, *_result(record))
        for report, each in zip(ordered, known, strict=True)
        for record in report.benchmarks
        if record.status == "scored"
    ]
    models = len({result.model for result in results})
    return population_of(results, f"the {counted(models, 'model')} of these reports")


def _result(record: BenchmarkRecord) -> tuple[str, int, float | None]:
    return record.identifier, record.version, record.score
