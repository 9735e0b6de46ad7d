"""One string for one number, one word for one verdict, wherever it is shown."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.report.formats.github import workflow_commands
from pytest_brainscore.report.formats.markdown import markdown
from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.notation import (
    STATUSES,
    VERDICTS,
    aligned,
    counted,
    duration,
    judgement,
    number,
    number_or_blank,
    published_number,
    result,
    signed,
    totals,
)
from pytest_brainscore.report.plots.score_bars import ScoreBar, score_bars
from pytest_brainscore.report.record import Status
from pytest_brainscore.running.terminal import tables
from pytest_brainscore.scoring.comparison import Comparison, Verdict
from tests.support.records import make_record, make_report


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.2825, ".283"),  # half up, although its float64 is a little less
        (0.2815, ".282"),
        (0.0005, ".001"),
        (-0.2825, "-.283"),
        ((0.218 + 0.047) / 2, ".133"),
        (0.28249, ".282"),
        (-0.0004, ".000"),
        (-0.0, ".000"),
        (0.9995, "1.0"),
        (1.0005, "1.001"),
        (-1.0, "-1.0"),
        (999_999.4, "999999.400"),
        (1e28, "1.000e+28"),
        (-1e308, "-1.000e+308"),
        (5e-324, ".000"),
        (None, "X"),
        (math.nan, "X"),
        (-math.inf, "X"),
    ],
)
def test_three_decimals_half_up(value: float | None, text: str) -> None:
    assert number(value) == text


@given(st.integers(-2_000_000, 2_000_000))
def test_what_has_four_decimals_is_rounded_as_on_paper(ten_thousandths: int) -> None:
    exact = (Decimal(ten_thousandths) / 10_000).quantize(Decimal("0.001"), ROUND_HALF_UP)
    assert Decimal(number(ten_thousandths / 10_000)) == exact


@given(st.floats(allow_nan=False))
def test_a_difference_has_the_sign_of_what_is_shown(value: float) -> None:
    assert signed(value).lstrip("+-") == number(value).lstrip("-")
    assert number(-value).lstrip("-") == number(value).lstrip("-")


@pytest.mark.parametrize("value", [0.2825, 0.0005, 0.28249999, 0.1325, 0.9994, 0.5])
def test_every_report_shows_the_same_number_alike(value: float) -> None:
    compared = Comparison(verdict="regressed", baseline=value, delta=-value, tolerance=0.005)
    report = make_report(benchmarks=[make_record(score=value, raw=value, ceiling=value, comparison=compared)])
    texts = {
        "terminal": "\n".join(line.text for line in tables(report.benchmarks, 200)),
        "markdown": markdown(report),
        "annotation": "\n".join(workflow_commands(report)),
        "page": render_page([report]).partition('<script type="application/json"')[0],
        "plot": score_bars("scores", [ScoreBar(name="x", score=value, error=value)], ""),
    }
    shown = number(value)
    # What another rounding would show: one more or less in the last place.
    others = {f".{int(shown[1:]) + step:03}" for step in (-1, 1)} - {"-.01", ".000"}
    for name, text in texts.items():
        assert shown in text, name
        assert f" regressed -{shown}" in text or name == "plot"
        assert not [other for other in others if f" {other} " in text or f">{other}<" in text], name


@pytest.mark.parametrize("value", [1e28, -1e28, 1e308, 1e16])
def test_a_number_that_is_no_score_costs_no_report(value: float) -> None:
    report = make_report(benchmarks=[make_record(score=value, raw=value, error=abs(value), comparison=None)])
    terminal = "\n".join(line.text for line in tables(report.benchmarks, 200))
    for text in (markdown(report), render_page([report]), terminal):
        assert f"{value:.3e}" in text


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (0.1329, ".133"),
        (0.05, ".050"),
        (0.0, ".000"),
        (1.0, "1.0"),
        (1.7, "1.0"),
        (-0.2, ".000"),
        (0.9996, "1.0"),
        (0.1325, ".133"),  # half up; its float64 is a little less
        ((0.218 + 0.047) / 2, ".133"),
        (None, ""),
        (math.nan, "X"),
        (math.inf, "X"),
    ],
)
def test_published_notation(score: float | None, text: str) -> None:
    assert published_number(score) == text


@pytest.mark.parametrize(("difference", "text"), [(0.004, "+.004"), (-0.012, "-.012"), (0.0, "+.000")])
def test_differences_have_a_sign(difference: float, text: str) -> None:
    assert signed(difference) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.1234, "0.12 s"), (1.5, "1.5 s"), (123.4, "123 s")])
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def compared(**fields: Any) -> Comparison:
    given: dict[str, Any] = {"verdict": "regressed", "baseline": 0.5, "delta": -0.0314, "tolerance": 0.005}
    return Comparison(**(given | fields))


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


def test_totals_count_statuses_and_verdicts() -> None:
    records = [make_record(), make_record(comparison=compared()), make_record(status="failed", comparison=None)]
    assert totals(records) == "2 scored, 1 failed; 1 unchanged, 1 regressed"
    assert totals([]) == "0 scored"


def test_columns_are_as_wide_as_their_widest_cell_and_lines_end_in_text() -> None:
    assert aligned(("a", "bb"), [("longer", ""), ("", "x")]) == ["a       bb", "longer", "        x"]
    assert aligned(("a", "b"), []) == ["a  b"]


def test_every_status_and_every_verdict_has_a_sign_of_its_own() -> None:
    assert set(STATUSES) == set(get_args(Status))
    assert set(VERDICTS) == set(get_args(Verdict))
    shapes = [sign.shape for sign in (*STATUSES.values(), *VERDICTS.values())]
    assert len(set(shapes)) == len(shapes)


def test_counts_and_blanks() -> None:
    assert [counted(count, "score") for count in (0, 1, 2)] == ["0 scores", "1 score", "2 scores"]
    assert [number_or_blank(value) for value in (None, math.nan, 0.5)] == ["", "X", ".500"]
    assert signed(None) == ""
