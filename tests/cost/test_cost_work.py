"""What metrics compute, by their formulas: golden values, laws, and the arithmetic of doing one thing after another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.cost import work
from pytest_brainscore.cost.machine import Rates
from pytest_brainscore.cost.own import METRICS
from pytest_brainscore.cost.work import Work
from pytest_brainscore.metrics.predictivity import pls, ridge
from pytest_brainscore.metrics.shared import splits

STIMULI, UNITS = st.integers(60, 1000), st.integers(20_000, 50_000)
"""So many more units than stimuli that features are always rotated into fewer columns, which is done as it is less."""


def test_constants_are_those_of_the_metrics() -> None:
    assert work.COMPONENTS == pls.COMPONENTS
    assert work.SPLITS == splits.DEFAULT_SPLITS
    assert ridge.ALPHAS.size == work.ALPHAS
    assert work.PLS_KEPT == pls._SPLIT_BYTES


def test_dissimilarities_are_inner_products_of_all_stimuli() -> None:
    found = work.dissimilarities(100, 5000)
    assert found.products == 2 * 100 * 100 * 5000 / 2, "the half above the diagonal"
    assert found.memory >= 8 * 100 * 100


def test_dual_ridge_never_forms_coefficients() -> None:
    """Memory grows with stimuli and neuroids, not with units beyond the stimuli."""
    few, many = work.ridge(800, 100, 10_000, 50), work.ridge(800, 100, 1_000_000, 50)
    assert few.memory == many.memory
    assert many.products - few.products == pytest.approx((800 * 800 + 2 * 100 * 800) * 990_000)


def test_pls_reduces_what_has_many_units_to_as_many_columns_as_stimuli() -> None:
    few, many = work.pls(500, 10_000, 100), work.pls(500, 100_000, 100)
    assert few.memory == many.memory
    assert many.products - few.products == pytest.approx(500 * 500 * 90_000)


@pytest.mark.parametrize("name", sorted(METRICS.keys() - {"reverse_pls"}))
@settings(max_examples=20, deadline=None)
@given(stimuli=STIMULI, units=UNITS, neuroids=st.integers(2, 500), times=st.integers(2, 5))
def test_more_of_anything_is_never_less_work(name: str, stimuli: int, units: int, neuroids: int, times: int) -> None:
    metric = METRICS[name]
    rates = Rates(products=1e9, decompositions=1e9, stream=1e9, sorting=1e8)
    base = metric(stimuli, units, neuroids)
    assert base.seconds(rates) > 0
    assert base.memory > 0
    for more in ((stimuli, units, neuroids * times), (stimuli * times, units, neuroids)):
        assert metric(*more).seconds(rates) >= base.seconds(rates)


def test_one_after_the_other() -> None:
    one = Work(products=1, decompositions=2, stream=3, sorting=4, memory=50)
    other = Work(products=10, memory=70, uncertain=True)
    both = one + other
    assert both == Work(11, 2, 3, 4, 70, uncertain=True)
    assert one.times(3) == Work(3, 6, 9, 12, 50)
    assert both.seconds(Rates(1, 1, 1, 1)) == 20
