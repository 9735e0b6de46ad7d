"""The plots of a report: which there are, what they show, and what their files are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.report.aggregates import (
    MAIN_PARENTS,
    REGIONS,
    as_reported,
    headlines,
    parents,
    tree_of_report,
)
from pytest_brainscore.report.plots.checkpoint_curves import curve_plots
from pytest_brainscore.report.plots.confusion import confusion
from pytest_brainscore.report.plots.differences import forest_of_baselines
from pytest_brainscore.report.plots.drawing import nothing
from pytest_brainscore.report.plots.model_scatter import Pair, model_scatter
from pytest_brainscore.report.plots.property_distributions import property_distributions
from pytest_brainscore.report.plots.score_bars import ScoreBar, score_bars
from pytest_brainscore.report.plots.shape_bias import shape_bias
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.scoring.population import Population

_BAR_PARENTS = (*REGIONS, "behavior_vision", "engineering_vision")
"""Parents above the bars of their benchmarks."""
_PAGE_BARS = 25
"""A longer plot would repeat the score tree of the page."""
_PAGE_BYTES = 30_000
"""Plots of benchmarks on a page, before base64, which makes four bytes of three: 40 kB."""


def benchmark_plot(record: BenchmarkRecord) -> str | None:
    """Return the plot of a record as SVG; None where it has no details to plot.

    Details that no plot can be made of give a plot that says so: they come from whoever wrote the benchmark.
    """
    try:
        return _drawn(record)
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        why = f"The details of this score cannot be drawn ({type(error).__name__}: {error})."
        return nothing(record.identifier, why)


def _drawn(record: BenchmarkRecord) -> str | None:
    details, title = record.details, record.identifier
    if "distribution" in details:
        return property_distributions(title, record.model, details["distribution"])
    if "confusion" in details:
        return confusion(f"{title}, {record.model}", details["confusion"])
    if "cue_conflict" in details:
        return shape_bias(f"{title}, {record.model}", details["cue_conflict"])
    return None


def score_plot(
    report: Report, model: str, population: Population | None = None, *, most_benchmarks: int | None = None
) -> str:
    """Return the score bars of a model as SVG: regions (site-comparable), and below each its benchmarks.

    Behind them stand the roots of benchmarks of one's own.

    Benchmarks outside the score tree, and regions of which nothing ran, are not in it; with more results than
    `most_benchmarks`, only the regions are.
    """
    found = parents(report.benchmarks, model, tree_of_report(report))
    aggregates = as_reported(found, report.aggregates.get(model, {}))
    bars = []
    results = sum(each.model == model and each.status in ("scored", "nan") for each in report.benchmarks)
    regions_only = most_benchmarks is not None and results > most_benchmarks
    own = {name for name in headlines([aggregates]) if name not in MAIN_PARENTS}
    roots = dict.fromkeys(each.parents[0] for each in report.benchmarks if own & {*each.parents[:1]})
    for region in (*_BAR_PARENTS, *roots):
        mine = [each for each in report.benchmarks if each.model == model and region in each.parents]
        ran = [each for each in mine if each.status in ("scored", "nan")]
        if not ran:
            continue
        whole = aggregates.get(region)
        if whole is not None:
            bars.append(
                ScoreBar(
                    name=f"{region} ({whole.scored} of {whole.leaves} benchmarks)",
                    score=whole.site_comparable,
                    error=whole.site_comparable_error,
                    parent=True,
                )
            )
        bars += [] if regions_only else [_leaf_bar(each, population) for each in ran]
    return score_bars(f"Scores of {model}", bars, "a benchmark that did not run counts as 0 in its region")


def scatter_plots(report: Report) -> dict[tuple[str, str], str]:
    """Return the first model of a report against each of the others, as SVG by the names of the two.

    But not against other checkpoints of its network, which stand side by side in one plot.
    """
    first = report.models[0] if report.models else None
    drawn = {network for network, _ in curve_plots(report)}
    models = [
        model.identifier
        for model in report.models
        if model is first or first is None or model.network != first.network or model.network not in drawn
    ]
    scores = {
        name: {each.identifier: each.score for each in report.benchmarks if each.model == name} for name in models
    }
    return {
        (models[0], other): model_scatter(
            f"{models[0]} and {other}",
            models[0],
            other,
            [Pair(name, score, scores[other].get(name)) for name, score in scores[models[0]].items()],
        )
        for other in models[1:]
    }


def page_figures(reports: Sequence[Report], population: Population | None = None) -> dict[str, str]:
    """Return the plots of the score page by their place: bars, scatter, and the benchmarks of the first model.

    Only the first model of the first report has plots of its benchmarks, as many as fit into 40 kB, which keeps the
    page small and fast; the title of the bars says how many did not. All of them are in files (``plots:FOLDER``).
    """
    if not reports or not reports[0].models:
        return {}
    report = reports[0]
    model = report.models[0].identifier
    details: dict[str, str] = {}
    size = left_out = 0
    for record in report.benchmarks:
        svg = benchmark_plot(record) if record.model == model else None
        if svg is not None:
            size += len(svg.encode())
            if size <= _PAGE_BYTES:
                details[record.identifier] = svg
            else:
                size -= len(svg.encode())
                left_out += 1
    figures = {}
    if any(each.model == model and each.status == "scored" for each in report.benchmarks):
        note = f" ({left_out} plots of benchmarks are left out to keep this page small)" if left_out else ""
        figures[f"Score bars of {model}{note}"] = score_plot(report, model, population, most_benchmarks=_PAGE_BARS)
    against = forest_of_baselines(report.benchmarks, model)
    if against is not None:
        figures[f"{model} minus its baselines"] = against
    curves = {f"Scores of {network} against {axis}": svg for (network, axis), svg in curve_plots(report).items()}
    scatter = {f"{a} and {b}": svg for (a, b), svg in scatter_plots(report).items()}
    return figures | curves | scatter | details


def write_plots(report: Report, folder: Path) -> list[Path]:
    """Write every plot of a report as a file of its own, each at once, and return their paths.

    Files are called ``MODEL-scores.svg``, ``MODEL-minus-baselines.svg``, ``MODEL-BENCHMARK.svg``,
    ``MODEL-against-MODEL.svg`` and, of checkpoints, ``NETWORK-against-AXIS.svg``; other files in the folder stay. Two
    records of the same name in files are told apart by a number.

    Raises
    ------
    OSError
        When a file cannot be written.

    """
    plots: dict[str, str] = {}

    def add(name: str, svg: str) -> None:
        stem = re.sub(r"[^\w.@+-]", "_", name).lstrip(".")[:150] or "plot"
        number, unique = 1, stem
        while unique in plots:
            number, unique = number + 1, f"{stem}-{number + 1}"
        plots[unique] = svg

    for model in report.models:
        add(f"{model.identifier}-scores", score_plot(report, model.identifier))
        against = forest_of_baselines(report.benchmarks, model.identifier)
        if against is not None:
            add(f"{model.identifier}-minus-baselines", against)
    for record in report.benchmarks:
        svg = benchmark_plot(record)
        if svg is not None:
            add(f"{record.model}-{record.identifier}", svg)
    for (network, axis), svg in curve_plots(report).items():
        add(f"{network}-against-{axis}", svg)
    for (first, second), svg in scatter_plots(report).items():
        add(f"{first}-against-{second}", svg)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.svg" for name in plots]
    for path, svg in zip(paths, plots.values(), strict=True):
        write_atomically(path, svg.encode())
    return paths


def _leaf_bar(record: BenchmarkRecord, population: Population | None) -> ScoreBar:
    peers = population and population.peers(record.identifier, record.version, record.score, record.model)
    return ScoreBar(
        name=record.identifier,
        score=record.score,
        error=record.error,
        best=peers.best if peers else None,
        median=peers.median if peers else None,
    )
