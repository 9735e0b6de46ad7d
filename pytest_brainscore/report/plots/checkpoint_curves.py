"""Scores against epoch, step, or whatever number the checkpoints of a network were said to be of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pytest_brainscore.report.aggregates import MAIN_PARENTS, headlines, tree_of_report
from pytest_brainscore.report.plots.axis_panels import Line, Panel, Point, axis_panels
from pytest_brainscore.report.record import ModelRecord, Report
from pytest_brainscore.report.series.seeds import in_words, others, scores_of
from pytest_brainscore.scoring.seeds import mean_over_seeds

_FIRST: Final = ("epoch", "step")
"""Axes that come before others, where several of them differ."""


def curve_plots(report: Report) -> dict[tuple[str, str], str]:
    """Return scores against an axis as SVG, by network and axis; one for each network with two values of an axis.

    Parents are means of what ran, with the errors of the report. Where checkpoints differ in their seed, points are
    means over seeds, with their 95 % intervals, and the scores of the seeds beside them. Where they differ in anything
    else, that has a line of its own.
    """
    networks: dict[str, list[ModelRecord]] = {}
    for model in report.models:
        if model.network is not None and model.axes:
            networks.setdefault(model.network, []).append(model)
    plots = {}
    for network, models in networks.items():
        axis = _axis(models)
        if axis is not None:
            plots[network, axis] = axis_panels(f"{network} against {axis}", axis, _panels(report, models, axis))
    return plots


def _axis(models: Sequence[ModelRecord]) -> str | None:
    """Return the axis that models are drawn against: a number, of which there are two at least."""
    names = dict.fromkeys([*_FIRST, *(name for model in models for name in others(model.axes))])
    for name in names:
        values = {model.axes[name] for model in models if name in model.axes}
        if len(values) > 1 and not any(isinstance(value, str) for value in values):
            return name
    return None


def _panels(report: Report, models: Sequence[ModelRecord], axis: str) -> list[Panel]:
    """Return a panel for each main parent with a score, and for each benchmark."""
    tree = tree_of_report(report)
    scores = {model.identifier: scores_of(report.benchmarks, model.identifier, tree, "ran") for model in models}
    errors = {(record.model, record.identifier): record.error for record in report.benchmarks}
    for identifier, aggregates in report.aggregates.items():
        errors |= {(identifier, name): each.mean_of_what_ran_error for name, each in aggregates.items()}
    main = [*MAIN_PARENTS, *headlines(report.aggregates.values())]
    there = dict.fromkeys(name for each in scores.values() for name in each)
    leaves = dict.fromkeys(record.identifier for record in report.benchmarks)
    panels = []
    for name in dict.fromkeys([*(name for name in main if name in there), *(name for name in leaves if name in there)]):
        lines: dict[str, dict[float, list[str]]] = {}
        for model in models:
            value = model.axes.get(axis)
            if isinstance(value, int | float) and name in scores[model.identifier]:
                beside = others(model.axes, axis, *_FIRST)
                points = lines.setdefault(in_words("", beside).strip(), {})
                points.setdefault(float(value), []).append(model.identifier)
        panels.append(
            Panel(
                name,
                [
                    Line(words, [_point(value, name, same, scores, errors) for value, same in sorted(points.items())])
                    for words, points in lines.items()
                ],
            )
        )
    return panels


def _point(
    value: float,
    name: str,
    models: Sequence[str],
    scores: dict[str, dict[str, float]],
    errors: dict[tuple[str, str], float | None],
) -> Point:
    each = [scores[model][name] for model in models]
    mean, low, high = mean_over_seeds(each)
    assert mean is not None
    error = errors.get((models[0], name))
    if len(each) == 1 and error is not None:
        low, high = mean - error, mean + error
    return Point(value, mean, low, high, each if len(each) > 1 else [])
