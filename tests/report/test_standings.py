"""Ranks of models."""

from __future__ import annotations

import pytest

from pytest_brainscore.report.record import ModelRecord, Report
from pytest_brainscore.report.standings import standings, unequal
from tests.support.records import make_report
from tests.support.score_pages import leaf_record

LEAF, OTHER = "Marques2020_DeValois1982-pref_or", "Marques2020_DeValois1982-peak_sf"


def report(created: str = "2026-01-31T12:00:00Z", **scores: float | None) -> Report:
    models = [ModelRecord(identifier=name, specification=name) for name in scores]
    records = [leaf_record(name, LEAF, score=score) for name, score in scores.items() if score is not None]
    return make_report(created=created, models=models, benchmarks=records)


def ranks(*reports: Report, parent: str = "average_vision") -> list[tuple[str, int | None]]:
    return [(standing.model, standing.rank) for standing in standings(reports, parent)]


def test_the_best_is_first_and_equals_share_a_rank() -> None:
    table = ranks(report(d=0.1, b=0.3, c=0.3), report(a=0.5))
    assert table == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_without_a_number_there_is_no_rank() -> None:
    assert ranks(report(b=None, a=None, c=0.0)) == [("c", 1), ("a", None), ("b", None)]
    assert ranks(report(a=0.5), parent="V4") == [("a", None)]


def test_the_latest_report_of_a_model_counts_as_a_whole() -> None:
    old, new = report(a=0.9, b=0.5), report(created="2026-02-01T00:00:00Z", a=0.1)
    for reports in ((old, new), (new, old)):
        assert ranks(*reports) == [("b", 1), ("a", 2)]


def test_models_that_were_scored_on_other_benchmarks_are_told() -> None:
    other = make_report(
        models=[ModelRecord(identifier="c", specification="c")],
        benchmarks=[leaf_record("c", LEAF, score=0.2), leaf_record("c", OTHER, score=0.2)],
    )
    table = standings([report(a=0.5, b=0.4, d=None), other])
    assert unequal(table) == ["c"]
    assert unequal([]) == []


def test_nothing_has_no_standings() -> None:
    assert standings([]) == []


def test_scores_of_another_version_do_not_count() -> None:
    old = make_report(benchmarks=[leaf_record("net", LEAF, version=99)])
    (standing,) = standings([old])
    assert standing.rank is None
    assert standing.aggregates["V1"].mean_of_what_ran == pytest.approx(None)


def checkpoints(*scores: tuple[str | None, float | None], complete: bool = True) -> list[Report]:
    return [
        make_report(
            created=f"2026-01-0{day}T00:00:00Z",
            complete=complete,
            models=[ModelRecord(identifier="net", specification="net", weights_sha256=weights)],
            benchmarks=[] if score is None else [leaf_record("net", LEAF, score=score)],
        )
        for day, (weights, score) in enumerate(scores, start=1)
    ]


def test_two_checkpoints_of_one_factory_are_two_models() -> None:
    reports = checkpoints(("a" * 64, 0.3), ("b" * 64, 0.5), ("a" * 64, 0.2))
    assert ranks(*reports) == [("net (bbbbbbbb)", 1), ("net (aaaaaaaa)", 2)]


def test_a_later_run_that_never_loaded_the_model_does_not_hide_its_scores() -> None:
    assert ranks(*checkpoints(("a" * 64, 0.3), (None, None))) == [("net", 1)]


def test_an_incomplete_run_counts_only_where_there_is_no_other() -> None:
    whole, cut = checkpoints(("a" * 64, 0.3)), checkpoints(("a" * 64, 0.1), ("a" * 64, 0.2), complete=False)
    (standing,) = standings([*whole, *cut])
    assert (standing.aggregates["V1"].scored, standing.complete) == (1, True)
    assert standing.created.startswith("2026-01-01")
    (alone,) = standings(cut)
    assert (alone.created[:10], alone.complete) == ("2026-01-02", False)
