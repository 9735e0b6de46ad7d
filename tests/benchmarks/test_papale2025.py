"""Papale2025: golden values of the published protocol, and what is odd about it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.train_test_recipe import Experiment, Recipe, experiment, neuroids

MONKEYS = ("monkeyF", "monkeyN")


def recorded(features: int = 20) -> Experiment:
    coordinates = neuroids(MONKEYS, ("V1", "V4", "IT"), 5, reliability=(0.3, 0.31, 0.5, 0.8, 0.95))
    extra = {"SNR": np.ones(30), "SNR_max": np.ones(30), "oracle": np.zeros(30)}
    return experiment(Recipe(0, features, 40, 12, 6, 30), coordinates | extra, 18.0)


@pytest.mark.parametrize(
    ("leaf", "features", "value", "raw", "ceiling", "ceiling_error", "subjects"),
    [
        (
            "V1-ridgecv", 20, .845193008790, .897217955040, .960827914497, .001813200197,
            [(.873927349258, .904140603080, .935398383896, 10), (.816458668322, .890295306999, .970809380093, 10)],
        ),
        (
            "V1-ridge", 20, .856982493725, .903470118740, .960827914497, .001813200197,
            [(.884930525855, .909814587564, .935398383896, None), (.829034461595, .897125649916, .970809380093, None)],
        ),
        (
            "V4-ridgecv", 20, .701976888690, .807600447923, .941402114028, .003539572343,
            [(.845498994627, .890774103216, .938473620907, 10), (.558454782753, .724426792630, .939725460482, 32.5)],
        ),
        (
            "IT-ridgecv", 20, .761032006224, .848368676675, .953963338220, .002867224912,
            [(.821332816800, .877343100222, .937172970279, 10), (.700731195648, .819394253127, .958151922203, 10)],
        ),
        (
            "V4-ridgecv", 60, .917114536310, .927840746852, .941402114028, .003539572343,
            [(.954686976802, .946545584720, .938473620907, 150), (.879542095817, .909135908985, .939725460482, 150)],
        ),
    ],
)  # fmt: skip
def test_golden_values(
    leaf: str,
    features: int,
    value: float,
    raw: float,
    ceiling: float,
    ceiling_error: float,
    subjects: list[tuple[float, float, float, float | None]],
) -> None:
    score = recorded(features).score(f"Papale2025.{leaf}")
    assert (score.value, score.raw, score.ceiling) == pytest.approx((value, raw, ceiling), abs=1e-6)
    assert score.values is not None
    assert score.values.attrs["ceiling_error"] == pytest.approx(ceiling_error, abs=1e-8)
    for monkey, (ceiled, of_raw, of_ceiling, alpha) in zip(MONKEYS, subjects, strict=True):
        found = score.details["subjects"][monkey]
        assert (found["score"], found["raw"], found["ceiling"]) == pytest.approx((ceiled, of_raw, of_ceiling), abs=1e-6)
        assert found.get("alpha") == alpha
        assert found["neuroids"] == 4


def test_golden_correlations_of_single_electrodes() -> None:
    score = recorded().score("Papale2025.V1-ridgecv")
    assert score.values is not None
    expected = [0.8426413522, 0.9452927626, 0.8629884435, 0.9520634869]
    expected += [0.8821166170, 0.9378247768, 0.8984739970, 0.8193407117]
    np.testing.assert_allclose(score.values, expected, rtol=0, atol=1e-6)
    assert score.values["subject"].values.tolist() == ["monkeyF"] * 4 + ["monkeyN"] * 4


def test_an_electrode_that_is_constant_in_the_test_leaves_no_score_and_is_named() -> None:
    found = recorded()
    found.test[:, 2] = 1
    score = found.score("Papale2025.V1-ridgecv")
    assert np.isnan(score.value)
    assert np.isnan(score.error)
    assert score.raw == pytest.approx(0.876641875260, abs=1e-6)
    assert score.ceiling == pytest.approx(0.968002897234, abs=1e-6)
    assert score.values is not None
    assert score.values.attrs["ceiling_error"] == pytest.approx(0.002188234832, abs=1e-8)
    first, second = score.details["subjects"].values()
    assert np.isnan([first["score"], first["ceiling"]]).all()
    assert first["raw"] == pytest.approx(0.862988443521, abs=1e-6)
    assert second["score"] == pytest.approx(0.816458668322, abs=1e-6)
    (note,) = score.details["notes"]
    assert "1 of the 4 units of monkeyF have no reliability (neuroid_id 2)" in note
