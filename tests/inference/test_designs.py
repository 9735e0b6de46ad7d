"""What each family of protocols generalises over: with weights of 1 it is the published score, and order is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits

from pytest_brainscore.inference.answers import accuracy_design, observer_design, triplet_design
from pytest_brainscore.inference.distributions import distribution_design
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import Design, Level, Replicates, replicates
from pytest_brainscore.inference.predictivity import predictivity_design, rank_design
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.metrics.behavior.accuracy import accuracy
from pytest_brainscore.metrics.behavior.accuracy_distance import accuracy_distance, accuracy_similarity
from pytest_brainscore.metrics.behavior.error_consistency import error_consistency, kappa_of_counts
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.metrics.shared.correlation import correlate_predictions
from pytest_brainscore.metrics.shared.splits import stimulus_splits
from pytest_brainscore.metrics.similarity.rdm import rdm_similarity, representational_dissimilarity
from pytest_brainscore.metrics.similarity.rsm import similarity_to_subjects
from pytest_brainscore.metrics.tuning.ks_similarity import ks_similarity

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
STIMULI, OTHERS = 60, 8
IDS = np.array([f"s{(number * 37) % 101:03d}" for number in range(STIMULI)])
NAMES = np.array([f"n{(number * 5) % 8}" for number in range(OTHERS)])
GENERATOR = np.random.default_rng(0)
RESPONSES = GENERATOR.standard_normal((STIMULI, OTHERS))
RIGHT = GENERATOR.random(STIMULI) < 0.6
PEOPLE = (GENERATOR.random((OTHERS, STIMULI)) < 0.7) | (RIGHT & (GENERATOR.random((OTHERS, STIMULI)) < 0.4))
CONDITIONS = np.arange(STIMULI) % 3


class Case(NamedTuple):
    """A score of the metrics, and what it generalises over."""

    value: float
    design: Design


def predictivity_case(rows: Rows, columns: Rows, *, constant: bool = False) -> Case:
    responses = RESPONSES.copy()
    if constant:
        responses[:, 3] = 1.0
    splits = stimulus_splits(IDS[rows])
    noise = np.random.default_rng(1).standard_normal((10, STIMULI, OTHERS))
    predictions = [(responses + noise[number])[rows][split.test][:, columns] for number, split in enumerate(splits)]
    shown = responses[np.ix_(rows, columns)]
    value = aggregate_splits(correlate_predictions(predictions, shown, splits)).value
    drawn = units("a", "stimulus", IDS[rows]), units("a", "neuroid", NAMES[columns])
    return Case(value, predictivity_design(predictions, [split.test for split in splits], shown, *drawn))


def dissimilarity_case(rows: Rows, columns: Rows) -> Case:
    noise = np.random.default_rng(1).standard_normal((STIMULI, OTHERS))
    # Responses in their own order: sums in another order round differently, and with them dissimilarities.
    model, target = (representational_dissimilarity(each) for each in (RESPONSES, RESPONSES + noise))
    model, target = model[np.ix_(rows, rows)], target[np.ix_(rows, rows)]
    return Case(rdm_similarity(model, target), similarity_design(model, target, units("a", "stimulus", IDS[rows])))


def similarity_to_people_case(rows: Rows, columns: Rows) -> Case:
    noise = np.random.default_rng(1).standard_normal((OTHERS, STIMULI, OTHERS))
    model, *everybody = (np.asarray(np.corrcoef(RESPONSES + each)) for each in (np.zeros(OTHERS), *noise))
    model, people = model[np.ix_(rows, rows)], np.stack(everybody)[columns][:, rows][:, :, rows]
    drawn = units("a", "stimulus", IDS[rows]), units("a", "subject", NAMES[columns])
    design = similarity_design(model, people, *drawn, correlation="pearson")
    return Case(float(similarity_to_subjects(model, people).mean()), design)


def consistency_case(rows: Rows, columns: Rows, *, easy: bool = False) -> Case:
    # In an easy condition everybody is right: there is no kappa there.
    right, people = RIGHT | (easy & (CONDITIONS == 1)), PEOPLE | (easy & (CONDITIONS == 1))
    right, people, conditions = right[rows], people[np.ix_(columns, rows)], CONDITIONS[rows]
    drawn = units("a", "stimulus", IDS[rows], strata=conditions), units("a", "subject", NAMES[columns])
    value = error_consistency(right, people, conditions).signed
    return Case(value, observer_design(kappa_of_counts, right, people, conditions, *drawn))


def accuracy_distance_case(rows: Rows, columns: Rows) -> Case:
    right, people, conditions = RIGHT[rows], PEOPLE[np.ix_(columns, rows)], CONDITIONS[rows]

    def measure(
        model: NDArray[np.float64], human: NDArray[np.float64], same: NDArray[np.float64], shown: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return accuracy_similarity(model / shown, human / shown)

    drawn = units("a", "stimulus", IDS[rows], strata=conditions), units("a", "subject", NAMES[columns])
    value = accuracy_distance(right, people, conditions).value
    return Case(value, observer_design(measure, right, people, conditions, *drawn))


def accuracy_case(rows: Rows, columns: Rows) -> Case:
    right = RIGHT[rows]
    return Case(accuracy(right, np.ones_like(right)).value, accuracy_design(right, units("a", "stimulus", IDS[rows])))


def triplet_case(rows: Rows, columns: Rows) -> Case:
    generator = np.random.default_rng(1)
    triplets = np.stack([generator.permutation(STIMULI)[:3] for _ in range(300)])
    match = generator.random(300) < 0.5
    places = np.argsort(rows)
    drawn = units("a", "stimulus", IDS[rows])
    return Case(float(match.mean()), triplet_design(match, places[triplets], drawn))


def distribution_case(rows: Rows, columns: Rows) -> Case:
    model = np.random.default_rng(1).standard_normal(90)
    model[:4] = np.nan
    data, bins = np.where(np.arange(STIMULI) == 7, np.nan, RESPONSES[:, 0])[rows], np.linspace(-2, 2, 8)
    value = ks_similarity(model, data, bins, np.random.RandomState(0)).value
    draws = np.random.RandomState(0).randint(0, 90, size=(1000, STIMULI))
    drawn = units("a", "unit", 90), units("a", "neuron", IDS[rows])
    return Case(value, distribution_design(value, model, data, bins, draws, *drawn))


CASES: dict[str, Callable[[Rows, Rows], Case]] = {
    "predictivity": predictivity_case,
    "predictivity with a constant neuroid": lambda rows, columns: predictivity_case(rows, columns, constant=True),
    "dissimilarity": dissimilarity_case,
    "similarity to people": similarity_to_people_case,
    "error consistency": consistency_case,
    "error consistency with an easy condition": lambda rows, columns: consistency_case(rows, columns, easy=True),
    "accuracy distance": accuracy_distance_case,
    "accuracy": accuracy_case,
    "odd one out": triplet_case,
    "distribution": distribution_case,
}
AS_GIVEN = np.arange(STIMULI), np.arange(OTHERS)
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def drawn_values(case: Case) -> Replicates:
    return replicates(case.value, case.design, count=60)


@every_case
def test_with_weights_of_one_it_is_the_score(case: Callable[[Rows, Rows], Case]) -> None:
    value, design = case(*AS_GIVEN)
    ones = tuple(np.ones((3, level.units.order.size)) for level in design.levels)
    for level, weights in zip(design.levels, ones, strict=True):
        assert level.statistic(weights) == pytest.approx(np.full(3, value), abs=1e-12)
    if design.joint is not None:
        assert design.joint(ones) == pytest.approx(np.full(3, value), abs=1e-12)


@every_case
def test_no_order_of_rows_changes_a_bit(case: Callable[[Rows, Rows], Case]) -> None:
    generator = np.random.default_rng(3)
    in_order = case(*AS_GIVEN)
    given = drawn_values(in_order)
    # The last bits of a score may depend on the order of its sums; that is up to its metric.
    shuffled = drawn_values(
        case(generator.permutation(STIMULI), generator.permutation(OTHERS))._replace(value=in_order.value)
    )
    assert np.array_equal(given.values, shuffled.values)
    assert np.array_equal(given.parts, shuffled.parts)


@every_case
def test_no_number_of_threads_changes_a_bit(case: Callable[[Rows, Rows], Case]) -> None:
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(drawn_values(case(*AS_GIVEN)))
    assert np.array_equal(found[0].values, found[1].values)
    assert np.array_equal(found[0].parts, found[1].parts)


@every_case
def test_draws_vary_about_the_score(case: Callable[[Rows, Rows], Case]) -> None:
    value, design = case(*AS_GIVEN)
    found = replicates(value, design, count=400)
    assert np.isfinite(found.values).all()
    assert 0.001 < found.values.std() < 0.3
    assert abs(found.values.mean() - value) < found.values.std()
    assert found.parts[0].any() == (design.joint is not None and design.crossed)


def test_the_scale_is_that_of_the_score() -> None:
    value, design = accuracy_case(*AS_GIVEN)
    plain = replicates(value, design, count=50)
    squared = replicates(value, design, scale=lambda raw: raw**2 / 0.8, count=50)
    assert squared.score == pytest.approx(value**2 / 0.8)
    assert squared.values == pytest.approx(plain.values**2 / 0.8)


def test_a_single_unit_says_nothing_of_others() -> None:
    value, design = accuracy_case(*AS_GIVEN)
    one_person = Level(units("a", "subject", 1), lambda weights: np.full(len(weights), 7.0))
    both = replicates(value, Design((*design.levels, one_person)), count=20)
    assert np.array_equal(both.values, replicates(value, design, count=20).values)


def test_what_two_kinds_of_units_share_is_counted_once() -> None:
    # Noise of single responses alone: its mean has the variance 1 / (stimuli x people), whatever the levels say.
    generator = np.random.default_rng(5)
    noise = generator.standard_normal((40, 30))
    images, people = units("b", "stimulus", 40), units("b", "subject", 30)
    design = Design(
        (
            Level(images, lambda weights: np.asarray(weights @ noise.mean(axis=1) / 40)),
            Level(people, lambda weights: np.asarray(weights @ noise.mean(axis=0) / 30)),
        ),
        lambda weights: np.asarray(np.einsum("ds,sp,dp->d", weights[0], noise, weights[1]) / 1200),
    )
    found = replicates(float(noise.mean()), design, count=4000)
    assert found.values.var() == pytest.approx(2 / 1200, rel=0.35)
    assert found.parts[0].var() == pytest.approx(1 / 1200, rel=0.35)


def test_a_property_that_hardly_any_unit_has_is_zero_in_all_draws() -> None:
    model, data, bins = np.full(50, np.nan), RESPONSES[:, 0], np.linspace(-2, 2, 8)
    draws = np.random.RandomState(0).randint(0, 50, size=(1000, STIMULI))
    raw = ks_similarity(model, data, bins, np.random.RandomState(0))
    design = distribution_design(
        raw.value, model, data, bins, draws, units("a", "unit", 50), units("a", "neuron", STIMULI)
    )
    found = replicates(raw.value, design, count=40)
    assert found.score == 0
    assert not found.values.any()


def test_few_draws_have_parts_of_the_same_size() -> None:
    value, design = consistency_case(*AS_GIVEN)
    few, many = (np.mean(replicates(value, design, count=count).parts ** 2, axis=1) for count in (100, 250))
    assert few == pytest.approx(many, rel=0.4)


def test_rank_correlations_count_images_as_often_as_they_were_drawn() -> None:
    generator = np.random.default_rng(3)
    target = generator.standard_normal(40)
    target[3] = np.nan
    tests = [np.arange(start, 40, 2) for start in range(2)]
    predictions = [target[rows] + generator.standard_normal(20) for rows in tests]
    predictions[0][5] = np.nan
    images = units("a", "stimulus", [f"{(7 * number) % 40:02d}" for number in range(40)])
    (level,) = rank_design(predictions, tests, target, images).levels
    weights = images.weights(0, 3)
    expected = []
    for drawn in [np.ones(40), *weights]:
        by_split = []
        for rows, predicted in zip(tests, predictions, strict=True):
            often = drawn[images.place(rows)].astype(int)
            one, other = np.repeat(predicted, often), np.repeat(target[rows], often)
            known = np.isfinite(one) & np.isfinite(other)
            by_split.append(spearmanr(one[known], other[known]).statistic)
        expected.append(np.mean(by_split))
    np.testing.assert_allclose(level.statistic(np.vstack([np.ones((1, 40)), weights])), expected, atol=1e-12)


def test_a_bend_makes_intervals_of_few_people_wider_and_takes_nothing_off() -> None:
    drawn = units("a", "stimulus", IDS), units("a", "subject", NAMES)

    def measure(right: Array, theirs: Array, _same: Array, total: Array) -> Array:
        return accuracy_similarity(right / total, theirs / total)

    bent, smooth = (observer_design(measure, RIGHT, PEOPLE, None, *drawn, smooth=each) for each in (False, True))
    value = accuracy_distance(RIGHT, PEOPLE).value
    one, other = replicates(value, bent), replicates(value, smooth)
    np.testing.assert_array_equal(one.values, other.values)
    assert not one.parts[0].any()
    assert np.mean(one.parts[2] ** 2) > np.mean(other.parts[2] ** 2)
