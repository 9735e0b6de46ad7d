"""Scores, statuses and verdicts in words."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_brainscore.report.notation import number
from pytest_brainscore.report.red import is_red
from pytest_brainscore.report.words import aligned, change, judgement, result, totals
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record


def compared(**fields: Any) -> Comparison:
    given: dict[str, Any] = {"verdict": "regressed", "baseline": 0.5, "delta": -0.0314, "tolerance": 0.005}
    return Comparison(**(given | fields))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1328, ".133"),
        (0.0, ".000"),
        (1.0, "1.0"),
        (-0.25, "-.250"),
        (10.5, "10.500"),
        (0.9999, "1.0"),
        (None, "X"),
    ],
)
def test_numbers_are_printed_as_the_published_pages_do(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, ".500 ± .010"),
        ({"error": None}, ".500 ± X"),
        ({"status": "nan", "score": None}, "X"),
        ({"status": "unavailable", "score": None}, "unavailable"),
        ({"status": "crashed", "score": None}, "crashed"),
    ],
)
def test_a_result_is_a_score_or_a_status(fields: dict[str, Any], text: str) -> None:
    assert result(make_record(**fields)) == text


def test_a_judgement_has_sign_word_and_difference() -> None:
    assert judgement(make_record(comparison=compared())) == "▼ regressed -.031"
    assert judgement(make_record(comparison=compared(verdict="improved", delta=0.02))) == "▲ improved +.020"
    assert judgement(make_record(comparison=compared(verdict="unchanged", delta=0.001))) == "= unchanged"
    assert judgement(make_record(comparison=compared(verdict="new", baseline=None, delta=None))) == "+ new"
    assert judgement(make_record(comparison=None)) == ""
    assert change(make_record(comparison=None)) == ""


@pytest.mark.parametrize(
    ("status", "verdict", "bad"),
    [
        ("scored", "unchanged", False),
        ("scored", "new", False),
        ("scored", "improved", False),
        ("scored", "regressed", True),
        ("scored", "not-comparable", True),
        ("unavailable", "missing", False),
        ("nan", "regressed", True),
        ("nan", None, False),
        ("failed", None, True),
        ("crashed", "missing", True),
    ],
)
def test_what_makes_a_run_red(status: Any, verdict: Any, bad: bool) -> None:
    comparison = None if verdict is None else compared(verdict=verdict)
    assert is_red(make_record(status=status, comparison=comparison)) is bad


def test_totals_count_statuses_and_verdicts() -> None:
    records = [make_record(), make_record(comparison=compared()), make_record(status="failed", comparison=None)]
    assert totals(records) == "2 scored, 1 failed; 1 unchanged, 1 regressed"
    assert totals([]) == "0 scored"


def test_columns_are_as_wide_as_their_widest_cell_and_lines_end_in_text() -> None:
    assert aligned(("a", "bb"), [("longer", ""), ("", "x")]) == ["a       bb", "longer", "        x"]
    assert aligned(("a", "b"), []) == ["a  b"]
