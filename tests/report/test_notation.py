"""One string for one number, wherever it is shown."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.report.formats.github import workflow_commands
from pytest_brainscore.report.formats.markdown import markdown
from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.notation import number, signed
from pytest_brainscore.report.plots.score_bars import ScoreBar, score_bars
from pytest_brainscore.running.terminal import tables
from pytest_brainscore.scoring.comparison import Comparison
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
