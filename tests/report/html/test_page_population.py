"""A population made of reports."""

from __future__ import annotations

from pytest_brainscore.report.html.population import report_population
from pytest_brainscore.report.record import ModelRecord
from tests.support.records import make_record, make_report


def test_every_model_with_a_number_is_in_it() -> None:
    records = [
        make_record(model="a", score=0.2),
        make_record(model="b", score=0.4),
        make_record(model="c", status="nan", score=None, comparison=None),
    ]
    population = report_population([make_report(benchmarks=records)])
    assert population.scores == {("texture-index", 1): {"a": 0.2, "b": 0.4}}
    assert population.title == "the 2 models of these reports"


def test_the_latest_report_of_a_model_counts() -> None:
    old = make_report(created="2026-01-01T00:00:00Z", benchmarks=[make_record(score=0.2)])
    new = make_report(created="2026-02-01T00:00:00Z", benchmarks=[make_record(score=0.3)])
    for reports in ([old, new], [new, old]):
        assert report_population(reports).own("texture-index", 1, "net") == 0.3


def test_a_model_that_has_no_number_anymore_keeps_its_earlier_one() -> None:
    old = make_report(created="2026-01-01T00:00:00Z", benchmarks=[make_record(score=0.2)])
    lost = make_record(status="unavailable", score=None, comparison=None)
    new = make_report(created="2026-02-01T00:00:00Z", benchmarks=[lost])
    assert report_population([old, new]).own("texture-index", 1, "net") == 0.2


def test_no_reports_are_an_empty_population() -> None:
    assert report_population([]).peers("texture-index", 1, 0.5) is None


def test_two_checkpoints_of_one_name_are_two_models() -> None:
    reports = [
        make_report(
            created=f"2026-01-0{day}T00:00:00Z",
            models=[ModelRecord(identifier="net", specification="net", weights_sha256=weights * 64)],
            benchmarks=[make_record(score=score)],
        )
        for day, weights, score in ((1, "a", 0.3), (2, "b", 0.2))
    ]
    assert report_population(reports).scores == {("texture-index", 1): {"net": 0.2, "net (aaaaaaaa)": 0.3}}
