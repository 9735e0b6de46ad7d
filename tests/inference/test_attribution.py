"""Which units carry a difference."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.inference.answers import accuracy_design
from pytest_brainscore.inference.attribution import contributions, most_influential, shares
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.predictivity import predictivity_design

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize("strata", [None, np.arange(40) % 4])
def test_contributions_to_an_accuracy_are_the_answers(
    strata: np.ndarray[tuple[int], np.dtype[np.int64]] | None,
) -> None:
    right = GENERATOR.random(40) < 0.6
    (level,) = accuracy_design(right, units("a", "stimulus", 40, strata=strata)).levels
    assert contributions(float(right.mean()), level) == pytest.approx(right / 40, abs=1e-15)


def test_contributions_sum_to_the_difference_of_scores() -> None:
    responses = GENERATOR.standard_normal((300, 21))
    tests = [np.arange(start, 300, 3) for start in range(3)]
    drawn = units("a", "stimulus", 300), units("a", "neuroid", 21)
    of_models = []
    for noise in (1.0, 0.8):
        predictions = [responses[rows] + noise * GENERATOR.standard_normal((100, 21)) for rows in tests]
        level = predictivity_design(predictions, tests, responses, *drawn, average="mean").levels[0]
        score = float(level.statistic(np.ones((1, 300)))[0])
        of_models.append((score, contributions(score, level)))
    (before, of_first), (after, of_second) = of_models
    assert (of_second - of_first).sum() == pytest.approx(after - before, rel=0.03)


def test_an_image_that_breaks_a_model_is_found() -> None:
    responses = GENERATOR.standard_normal((100, 15))
    good = responses + 0.5 * GENERATOR.standard_normal((100, 15))
    bad = good.copy()
    bad[17] *= -3
    drawn = units("a", "stimulus", 100), units("a", "neuroid", 15)
    levels = [predictivity_design([each], [np.arange(100)], responses, *drawn).levels[0] for each in (good, bad)]
    first, second = (contributions(float(level.statistic(np.ones((1, 100)))[0]), level) for level in levels)
    assert most_influential(second - first, 3)[0] == 17


def test_the_scale_is_that_of_the_score() -> None:
    right = GENERATOR.random(200) < 0.6
    (level,) = accuracy_design(right, units("a", "stimulus", 200)).levels
    score = float(right.mean()) ** 2 / 0.5
    assert contributions(score, level, scale=lambda raw: raw**2 / 0.5).sum() == pytest.approx(score, rel=0.02)


def test_shares_by_category() -> None:
    found = shares([0.01, 0.02, -0.01, 0.0], ["dog", "dog", "cat", "cat"])
    assert [(each.category, each.units) for each in found] == [("dog", 2), ("cat", 2)]
    assert [each.share for each in found] == pytest.approx([1.5, -0.5])
    assert np.isnan(shares([0.01, -0.01], ["a", "b"])[0].share)
    with pytest.raises(ValueError, match="one for each"):
        shares([0.1], ["a", "b"])
