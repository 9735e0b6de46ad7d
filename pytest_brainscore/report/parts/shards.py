"""Whether reports of shards are all the parts of one run, and parts of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_brainscore.errors import ReportError

if TYPE_CHECKING:
    from pytest_brainscore.report.record import Report

PART_IN_WORDS = "means are those of all shards together: brainscore merge"
"""Why the report of a shard has none."""


def check_shards(reports: Mapping[str, Report]) -> None:
    """Make sure that where a report is of a shard, the others of its models are all other shards of the same run.

    Parameters
    ----------
    reports
        By name, for example the file that each was read from. Those of other models may be whole, or other shards.

    Raises
    ------
    ReportError
        A shard is missing, is there twice, or is of another run: other benchmarks, costs, options, code or score tree,
        or another code, recording or settings of a benchmark of one's own.

    """
    families: dict[tuple[str, ...], list[str]] = {}
    for name, report in reports.items():
        families.setdefault(tuple(sorted(model.identifier for model in report.models)), []).append(name)
    for models, names in families.items():
        if any(reports[name].shard is not None for name in names):
            _check_family(", ".join(models), names, reports)


def _check_family(models: str, names: Sequence[str], reports: Mapping[str, Report]) -> None:
    first = next(name for name in names if reports[name].shard is not None)
    seen: dict[int, str] = {}
    for name in names:
        reason = _another_run(reports[first], reports[name])
        if reason is not None:
            raise ReportError(f"{name} and {first} are not shards of one run: {reason}; run all with the same options.")
        shard = reports[name].shard
        assert shard is not None  # or it would be another run
        if shard.index in seen:
            raise ReportError(
                f"Shard {shard.index} of {shard.count} of {models} is in {seen[shard.index]} and in {name}; leave one "
                "out."
            )
        seen[shard.index] = name
    _check_definitions(names, reports)
    shard = reports[first].shard
    assert shard is not None
    missing = [index for index in range(1, shard.count + 1) if index not in seen]
    if missing:
        which = ", ".join(map(str, missing))
        raise ReportError(
            f"Of the {shard.count} shards of {models}, {which} {'is' if len(missing) == 1 else 'are'} missing (there: "
            f"{', '.join(seen.values())}); run pytest with --brainscore-shard {missing[0]}/{shard.count}, or give its "
            "report."
        )


def _check_definitions(names: Sequence[str], reports: Mapping[str, Report]) -> None:
    """Make sure that a benchmark of one's own, which no version tells of, was the same for all models."""
    seen: dict[tuple[str, int], tuple[object, str]] = {}
    for name in names:
        for record in reports[name].benchmarks:
            # Of code, and of a recording with its settings (benchmarks.own.own_recording.ASKED).
            definition = record.fingerprint.get("definition"), record.details.get("asked")
            if record.status != "scored" or definition == (None, None):
                continue
            before, where = seen.setdefault((record.identifier, record.version), (definition, name))
            if before != definition:
                raise ReportError(
                    f"{record.identifier} has other code, settings or data in {where} than in {name}; run one of the "
                    "two anew."
                )


def _another_run(report: Report, other: Report) -> str | None:
    """Return what shows that two reports are not of shards of one run, in words; None where nothing does."""
    one, two = report.shard, other.shard
    if one is None or two is None:
        return "one of them is the report of a whole run"
    if one.count != two.count:
        return f"one is of {one.count} shards, the other of {two.count}"
    if one.selection != two.selection:
        return (
            f"they were to score other benchmarks ({one.selected} in all, and {two.selected}), in other versions or of "
            "other models"
        )
    if one.costs != two.costs:
        return "they were divided by other costs (--brainscore-shard-costs)"
    if report.tree != other.tree:
        return f"their score trees are {report.tree} and {other.tree}"
    if report.environment.source != other.environment.source:
        return "they were made by other code of pytest-brainscore"
    for name in sorted(report.options.keys() | other.options.keys()):
        values = [each.options.get(name, "not given") for each in (report, other)]
        if values[0] != values[1]:
            return f"{name} was {values[0]} for one, and {values[1]} for the other"
    return None
