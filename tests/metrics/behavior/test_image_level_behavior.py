"""i1, i1n, i2 and i2n: golden values of the published system, and what is undefined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_brainscore.metrics.behavior.image_level_behavior import (
    Trials,
    behavioral_consistency,
    behavioral_consistency_ceiling,
    dprime_pattern,
    human_pattern,
    human_rates,
    image_level_dprime,
    model_pattern,
    model_rates,
    pattern_correlation,
    trial_halves,
)

OBJECTS = np.array([f"o{number}" for number in range(4)])
IMAGES = np.array([f"im{number:02}" for number in range(20)])
TRUTH = OBJECTS[np.arange(20) // 5]


def golden_trials() -> Trials:
    uniform = np.random.RandomState(42)
    rows = []
    for _ in range(8):
        for number, (image, truth) in enumerate(zip(IMAGES, TRUTH, strict=True)):
            for distractor in OBJECTS[truth != OBJECTS]:
                right = uniform.rand() < 0.6 + 0.015 * number
                rows.append((image, truth, distractor, truth if right else distractor))
    return Trials(*(np.array(column) for column in zip(*rows, strict=True)))


def golden_probabilities() -> NDArray[np.float64]:
    probabilities = np.random.RandomState(7).rand(20, 4)
    probabilities[np.arange(20), np.arange(20) // 5] += 1
    return np.asarray(probabilities / probabilities.sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("over_objects", "normalised", "value", "deviation", "raw", "ceiling", "ceiling_raw"),
    [
        (True, False, 0.4198346363753831, 0.006369286111510358, (0.4262039225, 0.4134653503), 0.3294032784261228,
         (0.1903030096, 0.4685035473)),
        (True, True, 0.5436944004389036, 0.02081851513143662, (0.5645129156, 0.5228758853), 0.20540527911529016,
         (-0.0353470395, 0.4461575977)),
        (False, False, 0.28275119483708244, 0.06735618577795983, (0.2153950091, 0.3501073806), 0.2476304367411685,
         (0.2610829271, 0.2341779463)),
        (False, True, 0.2790542446985238, 0.07312801779725811, (0.2059262269, 0.3521822625), 0.20985278977773336,
         (0.2388823297, 0.1808232498)),
    ],
    ids=["i1", "i1n", "i2", "i2n"],
)  # fmt: skip
def test_golden_values(
    over_objects: bool, normalised: bool, value: float, deviation: float, raw: tuple[float, float], ceiling: float,
    ceiling_raw: tuple[float, float],
) -> None:  # fmt: skip
    trials = golden_trials()
    model = model_pattern(golden_probabilities(), IMAGES, TRUTH, OBJECTS, normalised=normalised)
    score = behavioral_consistency(model, trials, normalised=normalised, over_objects=over_objects)
    best = behavioral_consistency_ceiling(trials, normalised=normalised, over_objects=over_objects)
    np.testing.assert_allclose([score.value, score.deviation, best.value], [value, deviation, ceiling], rtol=1e-12)
    np.testing.assert_allclose(score.correlations, raw, atol=6e-11, rtol=0)
    np.testing.assert_allclose(best.correlations, ceiling_raw, atol=6e-11, rtol=0)


def test_golden_ceiled_i2n() -> None:
    trials = golden_trials()
    model = model_pattern(golden_probabilities(), IMAGES, TRUTH, OBJECTS, normalised=True)
    score = behavioral_consistency(model, trials, normalised=True, over_objects=False)
    best = behavioral_consistency_ceiling(trials, normalised=True, over_objects=False)
    ceiled = score.correlations / np.sqrt(best.correlations)
    np.testing.assert_allclose(ceiled, [0.4213273475, 0.8282097598], atol=6e-11, rtol=0)


def test_golden_first_row() -> None:
    rates = model_rates(golden_probabilities(), TRUTH, OBJECTS)
    np.testing.assert_allclose(rates[0], [np.nan, 0.4201634595, 0.2894329969, 0.4019756881], atol=6e-11)
    dprimes = dprime_pattern(rates, TRUTH, OBJECTS)
    np.testing.assert_allclose(dprimes[0], [np.nan, 0.6893603481, 1.441042389, 0.860233154], atol=6e-10)
    normalised = dprime_pattern(rates, TRUTH, OBJECTS, normalised=True)
    np.testing.assert_allclose(normalised[0], [np.nan, -0.5718861793, -0.0224055355, -0.6828616942], atol=6e-10)


def test_rates_of_people_count_only_offers() -> None:
    trials = Trials(*map(np.array, (["a"] * 3, ["x"] * 3, ["y", "y", "z"], ["x", "y", "x"])))
    np.testing.assert_array_equal(human_rates(trials, ["a"], ["w", "x", "y", "z"]), [[np.nan, np.nan, 0.5, 0.0]])


def test_certain_answers_are_cut_and_contradictions_undefined() -> None:
    rates = np.array([[np.nan, 0.0], [0.0, np.nan]])
    np.testing.assert_array_equal(dprime_pattern(rates, ["x", "y"], ["x", "y"]), [[np.nan, 5], [5, np.nan]])
    rates = np.array([[np.nan, 0.0], [1.0, np.nan]])
    assert np.isnan(dprime_pattern(rates, ["x", "y"], ["x", "y"])).all()


def test_means_leave_undefined_out() -> None:
    np.testing.assert_array_equal(image_level_dprime([[1, np.nan, 3], [np.nan] * 3]), [2, np.nan])


def test_what_only_the_model_lacks_is_an_error_unless_skipped() -> None:
    people = human_pattern(golden_trials(), normalised=False)
    holes = people.dprimes.copy()
    holes[0, 1] = np.nan
    with pytest.raises(ValueError, match="1 of 60 d' are undefined"):
        pattern_correlation(people._replace(dprimes=holes), people)
    assert pattern_correlation(people._replace(dprimes=holes), people, skip_undefined=True) == pytest.approx(1)
    assert pattern_correlation(people, people._replace(dprimes=holes)) == pytest.approx(1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_the_order_of_images_and_objects_does_not_matter(seed: int) -> None:
    generator = np.random.default_rng(seed)
    rows, columns = generator.permutation(20), generator.permutation(4)
    probabilities = golden_probabilities()
    one = model_pattern(probabilities, IMAGES, TRUTH, OBJECTS, normalised=True)
    other = model_pattern(
        probabilities[np.ix_(rows, columns)], IMAGES[rows], TRUTH[rows], OBJECTS[columns], normalised=True
    )
    people = human_pattern(golden_trials(), normalised=True)
    assert pattern_correlation(one, people) == pytest.approx(pattern_correlation(other, people), abs=1e-12)


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="do not fit 2 images x 3 objects"):
        model_rates([[0.5, 0.5]], ["x", "y"], ["x", "y", "z"])
    with pytest.raises(ValueError, match=r"not all known, first .*'w'"):
        model_rates([[0.5, 0.5]], ["w"], ["x", "y"])
    with pytest.raises(ValueError, match="not distinct"):
        model_rates([[0.5, 0.5]], ["x"], ["x", "x"])
    two_samples = Trials(*map(np.array, (["a", "a"], ["x", "y"], ["y", "x"], ["x", "y"])))
    with pytest.raises(ValueError, match="two different samples"):
        human_pattern(two_samples, normalised=False)


def test_a_repetition_without_a_number_is_left_out_of_the_mean() -> None:
    trials = golden_trials()
    # All people of the first half of the first repetition are right about all images: their d' are all the same.
    (first, _), _ = trial_halves(trials._replace(choices=np.arange(len(trials.images))))
    choices = trials.choices.copy()
    choices[first.choices] = trials.samples[first.choices]
    model = model_pattern(golden_probabilities(), IMAGES, TRUTH, OBJECTS, normalised=True)
    for over_objects in (False, True):
        result = behavioral_consistency(
            model, trials._replace(choices=choices), normalised=True, over_objects=over_objects, skip_undefined=True
        )
        assert np.isnan(result.correlations).tolist() == [True, False]
        assert (result.value, result.deviation) == (result.correlations[1], 0)


def test_dprimes_that_are_equal_but_for_rounding_do_not_correlate() -> None:
    people = human_pattern(golden_trials(), normalised=True)
    noise = people._replace(dprimes=np.where(np.isnan(people.dprimes), np.nan, 1e-16 * people.dprimes))
    assert np.isnan(pattern_correlation(noise, people))
    assert np.isnan(pattern_correlation(people, noise))
