"""Which units carry a difference."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.inference.answers import accuracy_design, observer_design, triplet_design
from pytest_brainscore.inference.attribution import attribution, contributions, most_influential, shares
from pytest_brainscore.inference.distributions import distribution_design
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import Design, Level, without_each
from pytest_brainscore.inference.predictivity import predictivity_design
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.metrics.behavior.error_consistency import error_consistency, kappa_of_counts
from pytest_brainscore.metrics.similarity.rdm import rdm_similarity, representational_dissimilarity

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize("strata", [None, np.arange(40) % 4])
def test_contributions_to_an_accuracy_are_the_answers(
    strata: np.ndarray[tuple[int], np.dtype[np.int64]] | None,
) -> None:
    right = GENERATOR.random(40) < 0.6
    (level,) = accuracy_design(right, units("a", "stimulus", 40, strata=strata)).levels
    assert contributions(float(right.mean()), level) == pytest.approx(right / 40, abs=1e-15)


def predictive(noise: float, stimuli: int = 300, neuroids: int = 21) -> tuple[float, Design]:
    generator = np.random.default_rng(1)
    responses = generator.standard_normal((stimuli, neuroids))
    tests = [np.arange(start, stimuli, 3) for start in range(3)]
    drawn = units("a", "stimulus", stimuli), units("a", "neuroid", neuroids)
    predictions = [responses[rows] + noise * generator.standard_normal((rows.size, neuroids)) for rows in tests]
    design = predictivity_design(predictions, tests, responses, *drawn)
    return float(design.levels[0].statistic(np.ones((1, stimuli)))[0]), design


def people(better: float) -> tuple[float, Design]:
    generator = np.random.default_rng(2)
    hard = generator.standard_normal(80)
    subjects = 0.5 - hard + generator.standard_normal((5, 80)) > 0
    conditions = np.arange(80) % 4
    drawn = units("b", "stimulus", 80, strata=conditions), units("b", "subject", 5)
    right = better - hard + generator.standard_normal(80) > 0
    value = error_consistency(right, subjects, conditions).signed
    return value, observer_design(kappa_of_counts, right, subjects, conditions, *drawn)


def dissimilar(noise: float) -> tuple[float, Design]:
    generator = np.random.default_rng(3)
    seen = generator.standard_normal((30, 6))
    target = representational_dissimilarity(seen)
    own = representational_dissimilarity(seen + noise * generator.standard_normal(seen.shape))
    return rdm_similarity(own, target), similarity_design(own, target, units("c", "stimulus", 30))


def chosen(share: float) -> tuple[float, Design]:
    generator = np.random.default_rng(4)
    images = np.array([generator.choice(40, 3, replace=False) for _ in range(300)])
    right = generator.random(300) < share
    return float(right.mean()), triplet_design(right, images, units("d", "stimulus", 40))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (predictive(1.0), predictive(0.8)),
        (people(0.2), people(0.9)),
        (dissimilar(1.0), dissimilar(0.5)),
        (chosen(0.5), chosen(0.7)),
    ],
    ids=["predictivity", "error consistency", "dissimilarity", "triplets"],
)
def test_contributions_of_every_kind_of_units_sum_to_the_difference(
    first: tuple[float, Design], second: tuple[float, Design]
) -> None:
    for (before, one), (after, other) in ((first, second), (second, first)):
        squared = [attribution(value**2, design, scale=np.square) for value, design in ((before, one), (after, other))]
        assert len(squared[0].parts) == len(one.levels)
        for mine, theirs in zip(*(each.parts for each in squared), strict=True):
            assert mine.names.tolist() == theirs.names.tolist()
            assert (theirs.values - mine.values).sum() == pytest.approx(after**2 - before**2, abs=1e-12)


@pytest.mark.parametrize("scored", [people(0.9), dissimilar(0.5), chosen(0.7)])
def test_a_unit_counts_as_much_as_weights_say(scored: tuple[float, Design]) -> None:
    value, design = scored
    level = design.levels[0]
    count, step = len(level.units), 1e-4
    more = level.statistic(np.ones((count, count)) + step * np.eye(count)) - value
    slope = more / step - (more / step).mean()
    found = contributions(value, level)
    assert np.corrcoef(found, slope)[0, 1] > 0.99
    assert found.std() == pytest.approx(slope.std(), rel=0.2)


def test_the_short_way_is_that_of_weights_where_mean_and_median_are_one() -> None:
    _, design = predictive(0.8, stimuli=60, neuroids=1)
    for level in design.levels[:1]:
        np.testing.assert_allclose(without_each(level), without_each(level._replace(without=None)), atol=1e-12)
    right = GENERATOR.random(40) < 0.6
    # Two versions of every photograph.
    (level,) = accuracy_design(right, units("a", "photograph", np.arange(40) % 20)).levels
    np.testing.assert_allclose(without_each(level), without_each(level._replace(without=None)), atol=1e-12)


def test_neuroids_contribute_their_correlations() -> None:
    _, design = predictive(0.8)
    value, level = 0.7, design.levels[1]
    correlations = np.array([float(level.statistic(one[np.newaxis])[0]) for one in np.eye(21)])
    expected = value / 21 + (correlations - correlations.mean()) / 21
    np.testing.assert_allclose(contributions(value, level), expected, atol=1e-12)


def test_a_unit_without_which_there_is_no_score_has_an_average_part() -> None:
    images = units("a", "stimulus", 4)
    level = Level(images, lambda weights: np.where(weights[:, 0] == 0, np.nan, weights @ [0.1, 0.1, 0.3, 0.5]))
    found = contributions(1.0, level)
    assert found[0] == 0.25
    assert found.sum() == pytest.approx(1.0)


def test_categories_are_those_of_sorted_units_and_of_the_first_kind_only() -> None:
    right = np.array([[True, False, True], [True, True, True]])
    drawn = units("a", "stimulus", ["c", "a", "b"]), units("a", "subject", 2)
    design = observer_design(kappa_of_counts, right[0], right, None, *drawn)
    found = attribution(0.5, design, categories=["of c", "of a", "of b"])
    stimuli, subjects = found.parts
    assert stimuli.categories is not None
    assert dict(zip(stimuli.names, stimuli.categories, strict=True)) == {"a": "of a", "b": "of b", "c": "of c"}
    assert (stimuli.kind, subjects.kind, subjects.categories) == ("stimulus", "subject", None)


def test_what_has_no_parts_says_why() -> None:
    design = distribution_design(
        0.5,
        [1.0, 2.0],
        [1.0, 2.0],
        [0, 1, 2],
        np.zeros((1, 2), dtype=int),
        units("a", "unit", 2),
        units("a", "neuron", 2),
    )
    found = attribution(0.5, design)
    assert found.parts == ()
    assert "largest distance" in found.reason


def test_strata_that_a_statistic_divides_by_stay_full() -> None:
    strata = np.array([0, 0, 0, 1, 1])
    right = np.array([1.0, 0, 1, 1, 0])
    sizes = np.bincount(strata)
    member = np.equal.outer(strata, [0, 1]).astype(float)
    images = units("a", "stimulus", 5, strata=strata)
    level = Level(images, lambda weights: (weights @ (right[:, None] * member) / sizes).mean(axis=1), by_stratum=True)
    found = contributions(float((2 / 3 + 1 / 2) / 2), level)
    accuracies = np.array([2 / 3, 1 / 2])
    expected = found.mean() + (right - accuracies[strata]) / (2 * sizes[strata])
    np.testing.assert_allclose(found, expected, atol=1e-12)


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
