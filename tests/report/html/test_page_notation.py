"""How numbers, verdicts and subjects are written on the score page."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pytest_brainscore.report.html.notation import change, duration, published_number, subject
from pytest_brainscore.report.notation import number, signed
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record


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


@pytest.mark.parametrize(("value", "text"), [(1.2, "1.200"), (-0.0126, "-.013"), (-0.0001, ".000"), (0.5, ".500")])
def test_decimals(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("difference", "text"), [(0.004, "+.004"), (-0.012, "-.012"), (0.0, "+.000")])
def test_differences_have_a_sign(difference: float, text: str) -> None:
    assert signed(difference) == text


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
    assert change(make_record(**changes)) == expected


@pytest.mark.parametrize(
    ("region", "n", "text"),
    [
        ("V1", {"neurons": 102, "stimuli": 315}, "recordings from 102 neurons in V1, 315 stimuli"),
        ("IT", {}, "recordings in IT"),
        ("probabilities", {"stimuli": 240}, "match-to-sample task, 240 stimuli"),
        ("rotation_matching", {}, "rotation matching task"),
    ],
)
def test_subject(region: str, n: dict[str, int], text: str) -> None:
    assert subject(make_record(region=region, n=n)) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.1234, "0.12 s"), (1.5, "1.5 s"), (123.4, "123 s")])
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text
