"""Two reports side by side."""

from __future__ import annotations

import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.difference import difference
from pytest_brainscore.report.record import Environment, ModelRecord, Report
from tests.support.records import make_record, make_report


def of_models(*names: str) -> Report:
    models = [ModelRecord(identifier=name, specification=name) for name in names]
    return make_report(models=models, benchmarks=[make_record(model=name) for name in names])


def test_a_report_equals_itself() -> None:
    told = difference(make_report(), make_report())
    assert told.models == ("net", "net")
    assert told.packages == {}
    (score,) = told.scores
    assert (score.delta, score.ingredients, score.is_equal) == (0.0, (), True)


def test_the_delta_is_second_minus_first() -> None:
    (score,) = difference(make_report(), make_report(benchmarks=[make_record(score=0.75)])).scores
    assert score.delta == 0.25
    assert not score.is_equal


def test_ingredients_that_differ_or_are_on_one_side_only_are_named_in_order() -> None:
    after = make_record(fingerprint={"version": 1, "weights": "ffff", "seed": 0})
    (score,) = difference(make_report(), make_report(benchmarks=[after])).scores
    assert score.ingredients == ("seed", "visual_degrees", "weights")
    assert not score.is_equal


def test_benchmarks_of_either_report_are_kept_those_of_the_first_first() -> None:
    before = make_report(benchmarks=[make_record(identifier="b"), make_record(identifier="a")])
    after = make_report(benchmarks=[make_record(identifier="c"), make_record(identifier="a")])
    told = difference(before, after)
    assert [score.identifier for score in told.scores] == ["b", "a", "c"]
    assert [score.delta for score in told.scores] == [None, 0.0, None]
    assert told.scores[2].before is None
    assert not told.scores[2].is_equal


def test_without_a_score_only_the_same_status_is_equal() -> None:
    away = make_report(benchmarks=[make_record(status="unavailable", score=None, fingerprint={})])
    broken = make_report(benchmarks=[make_record(status="failed", score=None, fingerprint={})])
    assert difference(away, away).scores[0].is_equal
    assert not difference(away, broken).scores[0].is_equal
    assert difference(away, broken).scores[0].delta is None


def test_packages_python_and_platform_of_other_versions_are_told() -> None:
    environment = Environment(python="3.12.1", platform="Linux", cores=8, packages={"scipy": "1.14"}, git=None)
    told = difference(make_report(), make_report(environment=environment))
    assert told.packages == {"numpy": ("2.0.0", ""), "python": ("3.11.7", "3.12.1"), "scipy": ("", "1.14")}


def test_the_only_models_are_compared_whatever_they_are_called() -> None:
    assert difference(of_models("old"), of_models("new")).models == ("old", "new")


def test_of_several_the_shared_one_or_the_named_one_is_meant() -> None:
    assert difference(of_models("a", "b"), of_models("b", "c")).models == ("b", "b")
    assert difference(of_models("a", "b"), of_models("a", "b"), "b").models == ("b", "b")


def test_what_is_not_clear_is_asked() -> None:
    with pytest.raises(ReportError, match=r"The reports have the models a, b and a, b; choose one .* with --model"):
        difference(of_models("a", "b"), of_models("a", "b"))
    with pytest.raises(ReportError, match=r"The second report has no model 'b'; it has a\."):
        difference(of_models("a", "b"), of_models("a"), "b")
