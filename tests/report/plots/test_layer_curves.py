"""The plot of candidate layers."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pytest_brainscore.report.plots.layer_curves import Curve, layer_curves

SVG = "{http://www.w3.org/2000/svg}"


def curve(*scores: float | None, chosen: int | None = 0) -> Curve:
    return Curve(name="V4", scores=scores, errors=[0.01] * len(scores), chosen=chosen)


def test_it_is_svg_with_a_mark_for_each_score_and_a_ring_for_the_choice() -> None:
    drawn = ElementTree.fromstring(layer_curves("A <network>", ["a", "b", "c"], [curve(0.1, None, float("nan"))]))
    assert drawn.findtext(f"{SVG}title") == "A <network>"
    assert "a .100" in (drawn.findtext(f"{SVG}desc") or "")
    assert len(drawn.findall(f".//{SVG}circle")) == 1
    assert {"a", "b", "c"} <= {each.text for each in drawn.iter(f"{SVG}text")}


def test_the_axis_holds_zero_negative_scores_and_nothing_at_all() -> None:
    assert ">-0.1<" in layer_curves("n", ["a", "b"], [curve(-0.08, 0.3)])
    assert ">0.0<" in layer_curves("n", ["a"], [curve(None, chosen=None)])


def test_a_curve_has_one_score_a_layer() -> None:
    with pytest.raises(ValueError, match="one score for each"):
        layer_curves("n", ["a"], [curve(0.1, 0.2)])
