"""Joining reports: what belongs together, what overlaps, and what was made under other conditions."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.merge import merge
from pytest_brainscore.report.record import Environment, ModelRecord, Report
from pytest_brainscore.report.red import is_red
from tests.support.records import make_record, make_report

ORDER = ["one", "two", "three"]


def report(*identifiers: str, **changes: Any) -> Report:
    return make_report(benchmarks=[make_record(identifier=name) for name in identifiers], **changes)


def model(**changes: Any) -> list[ModelRecord]:
    fields: dict[str, Any] = {
        "identifier": "net",
        "specification": "net",
        "weights_sha256": "0a1b",
        "visual_degrees": 8.0,
        "layers": {"V1": "features.3", "IT": ["features.7", "features.9"]},
        "preprocessing": {"size": [224, 224], "mean": [0.485, 0.456, 0.406]},
    }
    return [ModelRecord(**(fields | changes))]


def test_results_are_in_the_order_of_the_tree_whatever_the_order_of_the_reports() -> None:
    for reports in (
        {"a": report("three"), "b": report("two", "one")},
        {"b": report("two", "one"), "a": report("three")},
    ):
        assert [record.identifier for record in merge(reports, ORDER).benchmarks] == ORDER


def test_time_commands_and_completeness() -> None:
    merged = merge(
        {"a": report("one", created="2026-02-01T00:00:00Z"), "b": report("two", complete=False, command=["pytest"])},
        ORDER,
    )
    assert merged.created == "2026-02-01T00:00:00Z"
    assert merged.command == ["pytest", "--model", "net", "&&", "pytest"]
    assert merged.complete is False


def test_one_report_stays_what_it_is() -> None:
    assert merge({"a": report("one")}, ORDER) == report("one")


def test_models_are_kept_side_by_side() -> None:
    other = make_report(models=model(identifier="other"), benchmarks=[make_record(model="other", identifier="one")])
    merged = merge({"a": report("one"), "b": other}, ORDER)
    assert [each.identifier for each in merged.models] == ["net", "other"]
    assert [(each.model, each.identifier) for each in merged.benchmarks] == [("net", "one"), ("other", "one")]


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_unavailable_gives_way_to_a_result(turned: bool) -> None:
    away = make_report(benchmarks=[make_record(identifier="one", status="unavailable", score=None, reason="away")])
    pair = [("a", away), ("b", report("one"))]
    (record,) = merge(dict(reversed(pair) if turned else pair), ORDER).benchmarks
    assert record.status == "scored"


def test_what_is_unavailable_in_all_stays_so() -> None:
    away = make_report(benchmarks=[make_record(identifier="one", status="unavailable", score=None, reason="away")])
    (record,) = merge({"a": away, "b": away}, ORDER).benchmarks
    assert record.reason == "away"


def test_two_results_are_one_too_many_even_when_they_are_equal() -> None:
    with pytest.raises(ReportError, match=r"one of net has a result in a and in b; leave one out\."):
        merge({"a": report("one"), "b": report("one")}, ORDER)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("status", ["scored", "unavailable"])
def test_two_versions_of_a_benchmark_are_one_too_many(status: str, turned: bool) -> None:
    """Also when one of them has no score: the table of one version has no place for the other."""
    second = make_record(identifier="one", version=2, status=status, score=0.5 if status == "scored" else None)
    pair = [("a", report("one")), ("b", make_report(benchmarks=[second]))]
    with pytest.raises(ReportError, match=r"one of net is of version . in . and of version . in .; .*leave one out\."):
        merge(dict(reversed(pair) if turned else pair), ORDER)


@pytest.mark.parametrize("turned", [False, True])
def test_what_was_required_and_is_unavailable_comes_before_what_is_only_unavailable(turned: bool) -> None:
    away = make_record(identifier="one", status="unavailable", score=None, reason="away")
    required = make_record(identifier="one", status="unavailable", score=None, reason="asked for", required=True)
    pair = [("a", make_report(benchmarks=[away])), ("b", make_report(benchmarks=[required]))]
    (record,) = merge(dict(reversed(pair) if turned else pair), ORDER).benchmarks
    assert record.reason == "asked for"
    assert is_red(record)


@pytest.mark.parametrize("turned", [False, True])
def test_what_was_required_and_is_unavailable_gives_way_to_a_result(turned: bool) -> None:
    required = make_record(identifier="one", status="unavailable", score=None, reason="asked for", required=True)
    pair = [("a", report("one")), ("b", make_report(benchmarks=[required]))]
    (record,) = merge(dict(reversed(pair) if turned else pair), ORDER).benchmarks
    assert record.status == "scored"


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(ReportError, match="There are no reports to merge"):
        merge({}, ORDER)


@pytest.mark.parametrize(("packages", "there"), [({"numpy": "2.1.0"}, "2.1.0"), ({}, "absent")])
def test_other_versions_of_packages_are_refused(packages: dict[str, str], there: str) -> None:
    environment = Environment(python="3.11.7", platform="Linux", cores=2, packages=packages, git=None)
    with pytest.raises(ReportError, match=f"a was made with numpy 2.0.0, b with {there}; make both in the same"):
        merge({"a": report("one"), "b": report("two", environment=environment)}, ORDER)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weights_sha256": "ffff"}, "weights_sha256"),
        ({"visual_degrees": 4.0}, "visual_degrees"),
        ({"preprocessing": {"size": [299, 299]}}, "preprocessing"),
        ({"layers": {"V1": "features.6"}}, "layers for V1"),
    ],
)
def test_another_network_of_the_same_name_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ReportError, match=f"The model net has other {field} in b than in a; merge only"):
        merge({"a": report("one", models=model()), "b": report("two", models=model(**changes))}, ORDER)


def test_the_device_and_the_way_of_calling_a_model_may_differ() -> None:
    there = model(device="cuda", specification="nets.py:net")
    assert len(merge({"a": report("one", models=model()), "b": report("two", models=there)}, ORDER).models) == 1


def test_layers_that_only_one_shard_needed_come_together() -> None:
    merged = merge(
        {"a": report("one", models=model(layers={"V1": "x"})), "b": report("two", models=model(layers={"IT": "y"}))},
        ORDER,
    )
    assert merged.models[0].layers == {"V1": "x", "IT": "y"}


@pytest.mark.parametrize("turned", [False, True])
def test_a_model_that_a_shard_never_loaded_takes_its_description_from_another(turned: bool) -> None:
    unloaded = make_report(models=[ModelRecord(identifier="net", specification="net")], benchmarks=[])
    pair = [("a", unloaded), ("b", report("one", models=model()))]
    assert merge(dict(reversed(pair) if turned else pair), ORDER).models == model()
