"""Checkpoints of a network in a report: seeds as mean and interval, scores against epoch as a plot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import Result
from scipy.stats import t

from pytest_brainscore.report.assemble_report import assemble_report
from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.plots.checkpoint_curves import curve_plots
from pytest_brainscore.report.plots.figures import page_figures, write_plots
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.record import ModelRecord, Report
from pytest_brainscore.scoring.seeds import mean_over_seeds
from tests.support.records import make_record, make_report
from tests.support.score_pages import leaf_record

SVG = "{http://www.w3.org/2000/svg}"
LEAF = "Marques2020_Ringach2002-circular_variance"
SCORES = {(1, 1): 0.2, (1, 2): 0.3, (1, 3): 0.25, (10, 1): 0.4, (10, 2): 0.6, (100, 1): 0.7}
"""By epoch and seed."""


def checkpoint(network: str, **axes: int | float | str) -> ModelRecord:
    label = "_".join(f"{name}{value}" for name, value in axes.items())
    name = f"{network}@{label}" if label else network
    return ModelRecord(
        identifier=name,
        specification=f"{network}@runs/{label}.pth",
        network=network,
        checkpoint=f"runs/{label}.pth" if label else None,
        axes=axes,
        weights_sha256=name,
        visual_degrees=8,
    )


@pytest.fixture
def report() -> Report:
    models = [checkpoint("net", epoch=epoch, seed=seed) for epoch, seed in SCORES]
    records = [
        leaf_record(model.identifier, LEAF, score=score, error=0.05)
        for model, score in zip(models, SCORES.values(), strict=True)
    ]
    return assemble_report(
        created="2026-01-31T12:00:00+00:00",
        command=["pytest"],
        environment=make_report().environment,
        models=[*models, checkpoint("other"), checkpoint("pair", step=1), checkpoint("pair", step=2)],
        benchmarks=[*records, leaf_record("other", LEAF, score=0.5), leaf_record("pair@step1", LEAF)],
        order=[LEAF],
    )


def test_seeds_have_mean_and_interval_of_students_t(report: Report) -> None:
    assert [(group.network, group.axes, group.seeds) for group in report.seeds] == [
        ("net", {"epoch": 1}, [1, 2, 3]),
        ("net", {"epoch": 10}, [1, 2]),
    ]
    first = report.seeds[0]
    assert first.models == ["net@epoch1_seed1", "net@epoch1_seed2", "net@epoch1_seed3"]
    scores = np.array([0.2, 0.3, 0.25])
    low, high = t.interval(0.95, 2, scores.mean(), scores.std(ddof=1) / np.sqrt(3))
    leaf = first.scores[LEAF]
    assert (leaf.mean, leaf.low, leaf.high) == pytest.approx((scores.mean(), low, high))
    assert leaf.scores == scores.tolist()
    # A parent is the site-comparable mean, in which the leaves that did not run count as 0.
    assert 0 < (first.scores["V1"].mean or 0) < scores.mean() / 5


def test_the_interval_of_few_or_no_seeds() -> None:
    assert mean_over_seeds([None, float("nan")]) == (None, None, None)
    assert mean_over_seeds([0.5, None]) == (0.5, None, None)
    assert mean_over_seeds([0.5, 0.5]) == (0.5, 0.5, 0.5)


def test_one_plot_a_network_has_means_intervals_and_each_seed(report: Report) -> None:
    plots = curve_plots(report)
    assert list(plots) == [("net", "epoch"), ("pair", "step")]
    drawn = ElementTree.fromstring(plots["net", "epoch"])
    assert drawn.findtext(f"{SVG}title") == "net against epoch"
    words = drawn.findtext(f"{SVG}desc") or ""
    assert f"{LEAF}: epoch 1 .250, epoch 10 .500, epoch 100 .700" in words
    assert "V1: epoch 1" in words
    panels = [group for group in drawn.iter(f"{SVG}g") if group.get("stroke")]
    leaf = panels[-1]
    assert len([each for each in leaf.iter(f"{SVG}circle") if each.get("r") == "2.5"]) == 3
    assert len([each for each in leaf.iter(f"{SVG}circle") if each.get("r") == "1.5"]) == 5  # of the seeds
    assert len([each for each in leaf.iter(f"{SVG}path") if "V" in str(each.get("d"))]) == 3  # errors
    places = [float(str(each.get("cx"))) for each in leaf.iter(f"{SVG}circle") if each.get("r") == "2.5"]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.2)  # 1, 10, 100: logarithmic


def test_what_else_differs_has_a_line_of_its_own() -> None:
    models = [checkpoint("net", epoch=epoch, width=width) for width in ("a<b", "c") for epoch in (1, 2)]
    records = [make_record(model=model.identifier) for model in models]
    (plot,) = curve_plots(make_report(models=models, benchmarks=records)).values()
    drawn = ElementTree.fromstring(plot)
    assert {"width=a<b", "width=c"} <= {each.text for each in drawn.iter(f"{SVG}text")}
    assert len({group.get("stroke") for group in drawn.iter(f"{SVG}g")}) == 2


def test_axes_of_words_or_of_one_value_are_no_plot() -> None:
    models = [checkpoint("net", epoch=3, kind="a"), checkpoint("net", epoch=3, kind="b")]
    assert curve_plots(make_report(models=models, benchmarks=[])) == {}
    assert curve_plots(make_report()) == {}


def test_page_and_files_show_them_in_place_of_pairs_of_models(report: Report, tmp_path: Path) -> None:
    figures = page_figures([report])
    assert "Scores of net against epoch" in figures
    pairs = [title.partition(" and ")[2] for title in figures if " and " in title]
    assert pairs == ["other", "pair@step1", "pair@step2"]
    page = render_page([report], figures=figures)
    assert "<h2>Seeds</h2>" in page
    assert "net epoch=1 (3 seeds)" in page
    assert ".250 [.126, .374]" in page
    assert "runs/epoch100_seed1.pth" in page
    assert "epoch 100, seed 1" in page
    assert "<h2>Seeds</h2>" not in render_page([make_report()])
    names = [path.name for path in write_plots(report, tmp_path)]
    assert "net-against-epoch.svg" in names
    assert sum("-against-" in name for name in names) == 5


def test_a_leaderboard_by_seed_has_one_row_for_all(
    report: Report, saved: Callable[..., Path], brainscore: Callable[..., Result]
) -> None:
    path = saved("reports/r.json", report=report)
    assert read_report(path).seeds == report.seeds
    result = brainscore("leaderboard", path.parent, "--sort", "V1", "--by", "seed")
    assert result.exit_code == 0, result.output
    rows = [line for line in result.stdout.splitlines() if "net" in line or "other" in line]
    assert rows[0].split()[:2] == ["1", "net@epoch100_seed1"]
    assert rows[1].split()[:5] == ["2", "net", "epoch=10", "(2", "seeds)"]
    assert any("net epoch=1 (3 seeds)" in row and ".250 [.126, .374] (1)" in row for row in rows)
    brainscore("leaderboard", path.parent, "--sort", "V1", "--to", f"html:{path.parent / 'l.html'}")
    assert "<small>runs/epoch1_seed2.pth</small>" in (path.parent / "l.html").read_text(encoding="utf-8")


def test_merged_reports_group_the_seeds_of_all(
    report: Report, saved: Callable[..., Path], brainscore: Callable[..., Result]
) -> None:
    one, two = checkpoint("net", seed=1), checkpoint("net", seed=2)
    first = saved("a.json", report=make_report(models=[one], benchmarks=[make_record(model=one.identifier)]))
    second = saved("b.json", report=make_report(models=[two], benchmarks=[make_record(model=two.identifier)]))
    assert brainscore("merge", first, second, "--to", f"json:{first.parent / 'c.json'}").exit_code == 0
    merged = json.loads((first.parent / "c.json").read_text())
    assert [group["seeds"] for group in merged["seeds"]] == [[1, 2]]
