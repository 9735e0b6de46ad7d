"""The forest plot of differences."""

from __future__ import annotations

import math
import re

import pytest

from pytest_brainscore.report.plots.differences import forest_of_baselines
from pytest_brainscore.report.plots.forest import ForestRow, forest
from pytest_brainscore.scoring.comparison import Comparison, PairedInterval
from tests.support.records import make_record


def row(difference: float, low: float, high: float, *, name: str = "leaf") -> ForestRow:
    return ForestRow(name=name, difference=difference, low=low, high=high, apart=high < 0 or low > 0)


def centres(svg: str) -> list[float]:
    return [float(each) for each in re.findall(r'<circle cx="([\d.]+)"', svg)]


def test_differences_stand_around_0_at_their_scale() -> None:
    svg = forest("B minus A", [row(-0.1, -0.2, -0.05), row(0, -0.1, 0.1), row(0.1, -0.05, 0.2)])
    left, middle, right = centres(svg)
    assert middle - left == pytest.approx(right - middle, abs=0.2)
    assert left < middle < right


def test_numbers_stand_beside_them() -> None:
    svg = forest("B minus A", [row(-0.0213, -0.035, -0.008)])
    assert "-.021 [-.035, -.008]" in svg


def test_what_has_no_interval_is_an_x() -> None:
    svg = forest("B minus A", [row(0.1, 0.05, 0.2), row(0.1, math.nan, math.nan)])
    assert len(centres(svg)) == 1
    assert ">X</text>" in svg


def test_of_nothing_a_sentence_is_drawn() -> None:
    assert "There are no differences to show." in forest("B minus A", [])


def test_only_equal_models_can_be_drawn() -> None:
    assert len(centres(forest("B minus A", [row(0, 0, 0)]))) == 1


def test_names_are_text() -> None:
    assert "<script>" not in forest("<script>", [row(0.1, 0.05, 0.2, name="<script>")])


def test_a_run_is_drawn_against_its_baselines() -> None:
    paired = PairedInterval(low=-0.03, high=-0.01, confidence=0.99, comparisons=11, margin=0.0)
    fallen = Comparison(verdict="regressed", baseline=0.52, delta=-0.02, tolerance=0.0, paired=paired)
    svg = forest_of_baselines([make_record(comparison=fallen), make_record(identifier="other")], "net")
    assert svg is not None
    assert "-.020 [-.030, -.010]" in svg
    assert "11 scores of the run at once" in svg
    assert "other" not in svg
    assert forest_of_baselines([make_record()], "net") is None
