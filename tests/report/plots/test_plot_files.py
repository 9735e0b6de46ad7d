"""The plots of a report as files, and on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.destination import parse_destination
from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.plots.figures import benchmark_plot, page_figures, write_plots
from pytest_brainscore.report.record import ModelRecord
from pytest_brainscore.report.writing import write_report
from pytest_brainscore.scoring.population import published_population
from tests.support.records import make_record, make_report
from tests.support.score_pages import leaf_record, many_models

LABELS = [f"category{index}" for index in range(16)]
CONFUSION = {"labels": LABELS, "counts": [[5] * 16 for _ in LABELS]}
EDGE = "Geirhos2021edge-top1"


def test_every_plot_is_a_file_of_its_own(tmp_path: Path) -> None:
    report = make_report(benchmarks=[leaf_record("net", EDGE, details={"confusion": CONFUSION})])
    destination = parse_destination(f"plots:{tmp_path / 'out'}")
    destination.check_writable()
    write_report(report, destination)
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == [f"net-{EDGE}.svg", "net-scores.svg"]


def test_models_are_set_against_the_first() -> None:
    figures = page_figures([many_models(3)])
    assert [title for title in figures if " and " in title] == ["network_0 and network_1", "network_0 and network_2"]


def test_names_cannot_leave_the_folder_or_take_the_place_of_another(tmp_path: Path) -> None:
    names = ["../net", ".._net", "../net?"]
    report = make_report(
        models=[ModelRecord(identifier=name, specification=name) for name in names],
        benchmarks=[make_record(model=name) for name in names],
    )
    paths = write_plots(report, tmp_path / "plots")
    assert len(set(paths)) == len(paths) == 5
    assert {path.parent for path in paths} == {tmp_path / "plots"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plots"]


def test_a_file_in_the_place_of_the_folder_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "plots").write_text("")
    with pytest.raises(ReportError, match="choose another path"):
        parse_destination(f"plots:{tmp_path / 'plots'}").check_writable()


def test_a_record_without_details_has_no_plot() -> None:
    assert benchmark_plot(make_record()) is None


def test_a_report_without_models_has_no_plots(tmp_path: Path) -> None:
    report = make_report(models=[], benchmarks=[])
    assert page_figures([report]) == page_figures([]) == {}
    assert write_plots(report, tmp_path) == []


def test_the_page_of_106_benchmarks_with_plots_stays_small() -> None:
    report = many_models(1)
    model = report.models[0].identifier
    others = [each for each in report.benchmarks if not each.identifier.startswith("Geirhos2021")]
    labelled = [
        leaf_record(model, each.identifier, details={"confusion": CONFUSION} if "top1" in each.identifier else {})
        for each in report.benchmarks
        if each.identifier.startswith("Geirhos2021")
    ]
    full = make_report(models=report.models, benchmarks=[*others, *labelled])
    figures = page_figures([full], published_population())
    size = len(render_page([full], population=published_population(), figures=figures).encode())
    assert size < 400_000
