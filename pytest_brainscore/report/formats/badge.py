"""A badge: the JSON that https://shields.io/badges/endpoint-badge draws."""

from __future__ import annotations

from typing import Any

from pytest_brainscore.report.aggregates import parents, tree_of_report
from pytest_brainscore.report.notation import number
from pytest_brainscore.report.record import Report
from pytest_brainscore.report.red import colour_of


def badge(report: Report) -> dict[str, Any]:
    """Return a badge of the first model: its mean of what ran, and the coverage where not everything did.

    Red where the run is, and grey where nothing has a score.
    """
    red = colour_of(report) == "red"
    if not report.models:
        return _endpoint("no model", "red" if red else "lightgrey", error=True)
    if report.is_part and report.shard is not None:  # the rest is in other reports
        return _endpoint(f"shard {report.shard.index} of {report.shard.count}", "red" if red else "blue", error=red)
    vision = parents(report.benchmarks, report.models[0].identifier, tree_of_report(report))["average_vision"]
    if not vision.scored:
        return _endpoint("no score", "red" if red else "lightgrey", error=True)
    coverage = "" if vision.scored == vision.leaves else f" ({vision.scored} of {vision.leaves})"
    return _endpoint(f"{number(vision.mean_of_what_ran)}{coverage}", "red" if red else "blue", error=red)


def _endpoint(message: str, color: str, *, error: bool) -> dict[str, Any]:
    return {"schemaVersion": 1, "label": "brain-score", "message": message, "color": color, "isError": error}
