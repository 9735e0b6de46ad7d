"""The paired difference of two models."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, norm, ttest_rel

from pytest_brainscore.inference.answers import accuracy_design
from pytest_brainscore.inference.differences import paired_difference, paired_error, score_error
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import Design, Level, Replicates, replicates

GENERATOR = np.random.default_rng(0)


def measured(score: float, values: NDArray[np.float64], *parts: NDArray[np.float64]) -> Replicates:
    """Return bootstrap values, with what is counted twice."""
    return Replicates(score, values, np.stack([*parts, np.zeros(250)][:1]))


def top1(right: NDArray[np.bool_], count: int = 1000) -> Replicates:
    images = units("ImageNet-top1", "stimulus", right.size, version=1)
    return replicates(float(right.mean()), accuracy_design(right, images), count=count)


def test_a_model_does_not_differ_from_itself() -> None:
    once = top1(GENERATOR.random(300) < 0.6)
    found = paired_difference(once, once)
    assert found[:6] == (0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


def test_a_score_stored_with_few_digits_does_not_differ_from_itself() -> None:
    once = top1(GENERATOR.random(300) < 0.6)
    stored = once._replace(score=float(f"{once.score:.3g}"), values=once.values.astype(np.float32).astype(np.float64))
    assert paired_difference(once._replace(values=stored.values), stored, rounding=5e-3).p == 1.0


@pytest.mark.parametrize("gain", [0.0, 0.01, 0.02, 0.04])
def test_top1_agrees_with_mcnemar(gain: float) -> None:
    hard = 1.5 * GENERATOR.standard_normal(4000)
    one = 0.4 - hard + GENERATOR.standard_normal(4000) > 0
    other = 0.4 + 6 * gain - hard + GENERATOR.standard_normal(4000) > 0
    only_one, only_other = int((one & ~other).sum()), int((other & ~one).sum())
    statistic = (only_other - only_one) ** 2 / (only_other + only_one)
    found = paired_difference(top1(one), top1(other))
    # The deviation of a thousand draws is known to 2 %.
    assert abs(found.value / found.error) == pytest.approx(np.sqrt(statistic), rel=0.08)
    assert abs(found.centre - found.value) < 0.1 * found.error
    assert (found.p < 0.05) == (chi2.sf(statistic, 1) < 0.05)


def of_people(values: NDArray[np.float64]) -> Replicates:
    people = units("a", "subject", values.size)
    level = Level(people, lambda weights: weights @ values / weights.sum(axis=1))
    return replicates(float(values.mean()), Design((level,)))


@pytest.mark.parametrize("count", [4, 8, 20])
def test_of_few_people_it_is_the_t_test(count: int) -> None:
    one, other = GENERATOR.normal(0.5, 0.1, count), GENERATOR.normal(0.6, 0.1, count)
    found = paired_difference(of_people(one), of_people(other))
    oracle = ttest_rel(other, one)
    assert found.freedom == pytest.approx(count - 1, rel=0.35)
    assert found.p == pytest.approx(oracle.pvalue, abs=0.02, rel=0.4)
    reach = (oracle.confidence_interval().high - oracle.confidence_interval().low) / 2
    assert (found.high - found.low) / 2 == pytest.approx(reach, rel=0.12)


def test_of_many_units_it_is_normal() -> None:
    found = paired_difference(*(top1(GENERATOR.random(300) < 0.6) for _ in range(2)))
    assert found.freedom == np.inf
    assert found.p == pytest.approx(2 * norm.sf(abs(found.centre) / found.error))


def test_what_both_share_cancels() -> None:
    hard = 2 * GENERATOR.standard_normal(2000)
    one, other = (top1(0.5 - hard + GENERATOR.standard_normal(2000) > 0) for _ in range(2))
    assert paired_error(one, other) < 0.8 * np.hypot(score_error(one), score_error(other))
    assert score_error(one) == pytest.approx(np.sqrt(one.score * (1 - one.score) / 1999), rel=0.08)


def test_interval_and_p_go_together() -> None:
    shared = GENERATOR.standard_normal(1000)
    one = measured(0.5, 0.5 + 0.02 * shared)
    for gain in (0.0, 0.01, 0.03, -0.02):
        found = paired_difference(one, measured(0.5 + gain, 0.5 + gain + 0.03 * shared))
        assert (found.p < 0.05) == (not found.low <= 0 <= found.high)
        assert found.high - found.low == pytest.approx(2 * norm.isf(0.025) * 0.01, rel=0.1)
    wide = paired_difference(one, measured(0.5, 0.5 + 0.03 * shared), level=0.99)
    assert wide.high - wide.low == pytest.approx(2 * norm.isf(0.005) * 0.01, rel=0.1)


def test_p_is_as_small_as_many_comparisons_need() -> None:
    values = GENERATOR.standard_normal(1000) * 0.01
    found = paired_difference(measured(0.1, 0.1 + 0 * values), measured(0.2, 0.2 + values))
    assert 0 < found.p < 1e-20


def test_what_is_counted_twice_is_taken_off_once_and_never_more_than_half() -> None:
    values, excess = GENERATOR.standard_normal(1000), GENERATOR.standard_normal(250)
    nothing = measured(0.0, np.zeros(1000))
    third = paired_error(nothing, measured(0.0, values, excess / np.sqrt(3)))
    assert third == pytest.approx(np.sqrt(values.var() - (excess**2).mean() / 3))
    assert paired_error(nothing, measured(0.0, values, 9 * excess)) == pytest.approx(np.sqrt(values.var() / 2))


def test_draws_without_a_number_are_left_out_until_half_are() -> None:
    values = 0.5 + 0.01 * GENERATOR.standard_normal(1000)
    some = np.where(np.arange(1000) < 400, np.nan, values)
    most = np.where(np.arange(1000) < 600, np.nan, values)
    one = measured(0.5, np.full(1000, 0.5))
    assert paired_difference(one, measured(0.5, some)).error == pytest.approx(0.01, rel=0.1)
    assert np.isnan(paired_difference(one, measured(0.5, most)).p)


def test_other_draws_and_levels_are_refused() -> None:
    one = measured(0.5, np.zeros(1000))
    with pytest.raises(ValueError, match="not of the same draws"):
        paired_difference(one, measured(0.5, np.zeros(500)))
    with pytest.raises(ValueError, match="level 95"):
        paired_difference(one, one, level=95)
