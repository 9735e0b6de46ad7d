"""Bootstrap over stimuli: the error of behavioral scores."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.metrics.reliability.bootstrap import FloatArray, bootstrap, deviation, error_of_mean

CORRECT = np.random.RandomState(0).rand(200) < 0.7


def share(weights: FloatArray) -> FloatArray:
    return np.asarray(weights @ CORRECT / weights.sum(axis=1))


def total(members: NDArray[np.bool_], weights: FloatArray) -> FloatArray:
    return np.asarray(weights[:, members].sum(axis=1))


def test_deviation_of_a_share_is_its_standard_error() -> None:
    draws = bootstrap(share, np.zeros(200))
    assert draws.shape == (1000,)
    assert deviation(draws) == pytest.approx(CORRECT.std() / np.sqrt(200), rel=0.1)


def test_every_stratum_keeps_its_size_in_every_draw() -> None:
    strata = np.repeat(["b", "a", "c"], [3, 5, 1])
    for stratum, size in (("b", 3), ("a", 5), ("c", 1)):
        members = strata == stratum
        drawn = bootstrap(partial(total, members), strata)
        assert set(drawn) == {size}


def test_strata_that_explain_everything_leave_no_deviation() -> None:
    assert deviation(bootstrap(share, CORRECT)) == pytest.approx(0, abs=1e-12)


def test_draws_are_reproducible_and_many_stimuli_come_in_blocks() -> None:
    sizes: list[int] = []

    def count(weights: FloatArray) -> FloatArray:
        sizes.append(len(weights))
        return np.asarray(weights[:, 0])

    strata = np.zeros(10_000)
    first = bootstrap(count, strata)
    assert len(sizes) > 1
    assert sum(sizes) == 1000
    np.testing.assert_array_equal(first, bootstrap(count, strata))
    assert (first != bootstrap(count, strata, seed=1)).any()


def test_draws_without_a_number_do_not_count() -> None:
    assert deviation(np.array([1.0, np.nan, 3.0])) == 1.0
    assert np.isnan(deviation(np.array([np.nan])))


def test_no_stimuli_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw from"):
        bootstrap(share, [])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0.2, 0.3, 0.5), 0.072645625709),
        ((0.1, 0.4), 0.108851646311),
        ((0.31, 0.35, 0.29, 0.4, 0.33), 0.017012058980),
        ((0.7, 0.7, 0.7), 0),
        ((0.2, np.nan, 0.5), 0.110786217211),
    ],
)
def test_the_published_error_of_a_mean_over_subjects(values: tuple[float, ...], expected: float) -> None:
    assert error_of_mean(values, draws=200) == pytest.approx(expected, abs=1e-10)


def test_one_value_without_a_number_has_no_error() -> None:
    assert np.isnan(error_of_mean([np.nan]))
