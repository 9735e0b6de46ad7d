"""What counts as a change on the score page."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_brainscore.report.html.changes import change_of
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"comparison": Comparison(verdict="regressed")}, "regressed"),
        ({"comparison": Comparison(verdict="new")}, None),
        ({"comparison": None}, None),
        ({"status": "failed", "score": None, "comparison": Comparison(verdict="regressed")}, "failed"),
        ({"status": "unavailable", "score": None, "comparison": Comparison(verdict="missing")}, "missing"),
    ],
)
def test_what_counts_as_a_change(changes: dict[str, Any], expected: str | None) -> None:
    assert change_of(make_record(**changes)) == expected
