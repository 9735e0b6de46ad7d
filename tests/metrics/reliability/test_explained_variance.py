"""The three published normalisations, with errors on the scale of the score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.metrics.reliability.explained_variance import (
    FORMULAS,
    above_chance,
    explained_variance,
    neuroid_explained_variance,
    normalised,
    ratio,
    squared_ratio,
)
from pytest_brainscore.metrics.reliability.explained_variance import NORMALISATIONS as BY_NAME

NORMALISATIONS = [explained_variance, squared_ratio, ratio]


def test_published_values() -> None:
    assert explained_variance(0.6, 0.8).value == pytest.approx(0.45)
    # AlexNet on MajajHong2015public.IT, before and after the change of 2026.
    assert squared_ratio(0.5796, 0.8158).value == pytest.approx(0.5048, abs=1e-4)
    assert explained_variance(0.5796, 0.8158).value == pytest.approx(0.4118, abs=1e-4)
    assert ratio(0.3, 0.6).value == pytest.approx(0.5)


def test_every_score_names_its_normalisation() -> None:
    assert [normalise(0.5, 0.8).normalisation for normalise in NORMALISATIONS] == ["r^2/c", "(r/c)^2", "r/c"]


@pytest.mark.parametrize("normalise", NORMALISATIONS)
@given(raw=st.floats(-1, 1), ceiling=st.floats(0.05, 1.2))
def test_the_error_is_that_of_the_raw_score_times_the_slope(normalise: object, raw: float, ceiling: float) -> None:
    step = 1e-6
    high, low = normalise(raw + step, ceiling), normalise(raw - step, ceiling)  # type: ignore[operator]
    slope = abs(high.value - low.value) / (2 * step)
    assert normalise(raw, ceiling, 0.01).error == pytest.approx(0.01 * slope, abs=1e-8)  # type: ignore[operator]


@pytest.mark.parametrize("normalise", NORMALISATIONS)
def test_without_an_error_there_is_none(normalise: object) -> None:
    assert np.isnan(normalise(0.5, 0.8).error)  # type: ignore[operator]


@pytest.mark.parametrize("normalise", NORMALISATIONS)
@pytest.mark.parametrize("ceiling", [0.0, -0.1, np.nan])
def test_a_recording_without_a_ceiling_is_refused(normalise: object, ceiling: float) -> None:
    with pytest.raises(ValueError, match="normalises nothing"):
        normalise(0.5, ceiling)  # type: ignore[operator]


@pytest.mark.parametrize("normalise", NORMALISATIONS)
def test_a_score_that_is_nan_stays_nan(normalise: object) -> None:
    assert np.isnan(normalise(np.nan, 0.8, 0.1).value)  # type: ignore[operator]


def test_scores_above_the_ceiling_are_not_clipped() -> None:
    assert explained_variance(0.9, 0.5).value == pytest.approx(1.62)


def test_neuroids_are_normalised_by_their_own_mean_reliability() -> None:
    explained = neuroid_explained_variance(
        [0.6, 0.5, 0.5, np.nan, 0.4], [[0.7, np.nan, 0, 0.9, np.nan], [0.9, 0.5, 0, 0.9, np.nan]]
    )
    np.testing.assert_allclose(explained, [0.45, 0.5, np.nan, np.nan, np.nan])


def test_other_neuroids_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        neuroid_explained_variance([0.5, 0.6], [[0.5, 0.6, 0.7]])


def test_share_above_chance() -> None:
    score = above_chance(0.45, 0.6767, 1 / 3, error=0.01)
    assert score.value == pytest.approx(0.3397728376, abs=1e-10)
    assert score.error == pytest.approx(0.01 / (0.6767 - 1 / 3), abs=1e-15)
    assert above_chance(1 / 3, 0.6767, 1 / 3).value == 0
    assert above_chance(0.2, 0.6767, 1 / 3).value < 0
    with pytest.raises(ValueError, match="normalises nothing"):
        above_chance(0.4, 1 / 3, 1 / 3)


@pytest.mark.parametrize("formula", FORMULAS)
def test_many_raw_scores_are_normalised_as_each_of_them(formula: str) -> None:
    raw = np.array([-0.3, 0.0, 0.2, 0.9])
    together = normalised(raw, 0.7, formula)
    assert together.tolist() == [normalised(float(each), 0.7, formula) for each in raw]
    if formula in BY_NAME:
        assert together.tolist() == [BY_NAME[formula](float(each), 0.7, 0.1).value for each in raw]


def test_a_formula_that_there_is_not() -> None:
    with pytest.raises(ValueError, match=r"no formula 'r\^3'; give one of r, "):
        normalised(0.5, 0.7, "r^3")
