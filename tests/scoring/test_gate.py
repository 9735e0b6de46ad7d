"""Whether a score fell by more than chance: against scipy, and against the method that would wait for the whole run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest

from pytest_brainscore.inference.differences import paired_difference
from pytest_brainscore.inference.gate import judge
from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.scoring.gate import REPRODUCIBLE, paired_verdict
from tests.support.replicated import share_right

ONCE = np.random.default_rng(0).random(2000) < 0.6


def changed(better: int, worse: int) -> NDArray[np.bool_]:
    other = ONCE.copy()
    other[np.flatnonzero(~ONCE)[:better]] = True
    other[np.flatnonzero(ONCE)[:worse]] = False
    return other


def verdict(better: int, worse: int, *, margin: float = 0.0, comparisons: int = 1) -> str:
    found = paired_verdict(
        share_right(ONCE), share_right(changed(better, worse)), margin=margin, comparisons=comparisons
    )
    assert found is not None
    return found[0]


def drawn(score: float, spread: float, seed: int) -> Replicates:
    values = score + spread * np.random.default_rng(seed).standard_normal(1000)
    return Replicates(score, values, np.zeros((1, 250)))


@pytest.mark.parametrize(("better", "worse"), [(40, 75), (40, 59), (40, 53), (200, 240), (5, 20)])
@pytest.mark.parametrize("comparisons", [1, 11])
def test_it_agrees_with_the_one_sided_sign_test(better: int, worse: int, comparisons: int) -> None:
    p = binomtest(better, better + worse, alternative="less").pvalue
    assert abs(np.log(p * comparisons / 0.05)) > 0.2, "an example that is no close call"
    assert (verdict(better, worse, comparisons=comparisons) == "regressed") == (p <= 0.05 / comparisons)


def test_the_same_model_has_a_difference_of_exactly_nothing() -> None:
    once = share_right(ONCE)
    stored = Replicates(once.score, once.values.astype(np.float32), once.parts.astype(np.float32))
    found = paired_verdict(stored, once)
    assert found is not None
    assert found[0] == "unchanged"
    assert (found[1].low, found[1].high) == (0.0, 0.0)


def test_what_libraries_move_is_no_change_however_sure_it_is() -> None:
    sure = drawn(0.5, 0.01, 0)
    for moved, expected in ((-0.9 * REPRODUCIBLE, "unchanged"), (-1.2 * REPRODUCIBLE, "regressed")):
        found = paired_verdict(sure, Replicates(0.5 + moved, sure.values + moved, sure.parts))
        assert found is not None
        assert found[0] == expected


def test_a_margin_is_what_may_be_lost() -> None:
    assert verdict(40, 75) == "regressed"
    assert verdict(40, 75, margin=0.01) == "unchanged"
    assert verdict(40, 240, margin=0.01) == "regressed"
    assert verdict(240, 40, margin=0.01) == "improved"


def test_other_numbers_of_draws_are_not_compared() -> None:
    once = share_right(ONCE)
    assert paired_verdict(once, once._replace(values=once.values[:500])) is None
    assert paired_verdict(once, once._replace(values=np.full(1000, np.nan))) is None


@given(st.lists(st.integers(-60, 60), min_size=1, max_size=12), st.integers(0, 99))
def test_a_run_is_red_exactly_when_the_method_of_holm_makes_it_red(falls: list[int], seed: int) -> None:
    before = [drawn(0.5, 0.01, seed + place) for place in range(len(falls))]
    after = [drawn(0.5 + fall / 1000, 0.01, seed + 1000 + place) for place, fall in enumerate(falls)]
    pairs = list(zip(before, after, strict=True))
    alone = [paired_verdict(one, other, comparisons=len(pairs)) for one, other in pairs]
    waited = judge({str(place): paired_difference(one, other) for place, (one, other) in enumerate(pairs)})
    assert any(each is not None and each[0] == "regressed" for each in alone) == any(
        each.decision == "regressed" for each in waited.values()
    )
