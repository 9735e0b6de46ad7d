"""What the options of a run make of a result."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_brainscore.report.red import is_red
from pytest_brainscore.running.command_line.policy import ruled
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record


def options(**changes: Any) -> Any:
    """Return options of a run, with some changed."""
    return SimpleNamespace(**{"require": (), "update": "none", "missing": "warn", "new": "accept"} | changes)


@pytest.mark.parametrize(
    ("verdict", "changes", "red"),
    [
        ("regressed", {}, True),
        ("not-comparable", {}, True),
        ("regressed", {"update": "improved"}, True),
        ("regressed", {"update": "all"}, False),
        ("not-comparable", {"update": "all"}, False),
        ("missing", {}, False),
        ("missing", {"missing": "ignore"}, False),
        ("missing", {"missing": "fail"}, True),
        ("new", {}, False),
        ("new", {"new": "fail"}, True),
        ("new", {"new": "fail", "update": "new"}, False),
        ("unchanged", {"missing": "fail", "new": "fail"}, False),
        ("improved", {"missing": "fail", "new": "fail"}, False),
    ],
)
def test_a_verdict_is_red_or_accepted(verdict: Any, changes: dict[str, Any], red: bool) -> None:
    record = make_record(comparison=Comparison(verdict=verdict, baseline=0.5))
    assert is_red(ruled(record, options(**changes))) is red


def test_a_lost_number_cannot_be_accepted_since_nothing_can_be_stored() -> None:
    record = make_record(status="nan", score=None, comparison=Comparison(verdict="regressed", baseline=0.5))
    assert is_red(ruled(record, options(update="all")))


@pytest.mark.parametrize("selector", ["texture-index", "texture-*", "V1", "texture-index@1", "average_vision"])
@pytest.mark.parametrize("status", ["unavailable", "nan"])
def test_what_is_required_has_to_have_a_score(selector: str, status: Any) -> None:
    away = make_record(status=status, score=None, comparison=None)
    assert is_red(ruled(away, options(require=(selector,))))
    assert not is_red(ruled(away, options(require=("V4",))))
    assert not is_red(ruled(make_record(), options(require=(selector,))))
