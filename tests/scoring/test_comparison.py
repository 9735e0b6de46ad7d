"""The verdict on a score: every rule, and the exact edge of the tolerance."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.errors import BaselineError
from pytest_brainscore.scoring.baseline import BaselineScore
from pytest_brainscore.scoring.comparison import Comparison, compare, missing

FINGERPRINT: dict[str, str | int | float] = {"version": 1, "weights": "0a1b", "visual_degrees": 8.0}
SCORES = st.floats(min_value=-2, max_value=2)
TOLERANCES = st.sampled_from([0.0, 1e-4, 0.005, 0.01, 0.1, 1 / 3])


def stored(score: float, **fingerprint: str | int | float) -> BaselineScore:
    """Return a baseline as it comes from a file: with 6 significant digits."""
    return BaselineScore(
        score=float(f"{score:.6g}"), error=0.01, raw=score, ceiling=1.0, fingerprint=FINGERPRINT | fingerprint
    )


class TestJoin:
    """What is on one side only has a verdict too; nothing drops out of a comparison."""

    def test_a_score_without_a_baseline_is_new(self) -> None:
        assert compare(0.5, FINGERPRINT, None, 0.005) == Comparison(verdict="new")

    def test_a_baseline_without_a_score_is_missing(self) -> None:
        comparison = missing(stored(0.5), "the recordings are not here")
        assert comparison == Comparison(verdict="missing", baseline=0.5, reason="the recordings are not here")

    @pytest.mark.parametrize("score", [None, math.nan, math.inf, -math.inf])
    def test_a_baseline_whose_benchmark_lost_its_number_is_regressed(self, score: float | None) -> None:
        comparison = compare(score, FINGERPRINT, stored(0.5), 0.005)
        assert comparison == Comparison(verdict="regressed", baseline=0.5, tolerance=0.005, reason="has no number now")

    def test_a_lost_number_is_regressed_whatever_else_changed(self) -> None:
        assert compare(None, {}, stored(0.5), 0.005).verdict == "regressed"

    def test_no_number_and_no_baseline_is_new(self) -> None:
        assert compare(None, FINGERPRINT, None, 0.005).verdict == "new"


class TestFingerprint:
    """Scores that depend on different things are never compared silently."""

    def test_a_difference_is_not_comparable_and_both_values_are_told(self) -> None:
        comparison = compare(0.9, FINGERPRINT, stored(0.5, version=2, weights="ffff"), 0.005)
        assert comparison.verdict == "not-comparable"
        assert (comparison.baseline, comparison.delta) == (0.5, None)
        assert comparison.reason == "version was 2 and is 1, weights was ffff and is 0a1b"

    def test_an_ingredient_on_one_side_only_is_a_difference(self) -> None:
        before, now = stored(0.5, seed=0), FINGERPRINT | {"layer": "conv1"}
        comparison = compare(0.5, now, before, 0.005)
        assert comparison.verdict == "not-comparable"
        assert comparison.reason == "layer was absent and is conv1, seed was 0 and is absent"

    def test_what_is_named_in_across_may_differ_or_be_absent(self) -> None:
        before = stored(0.5, weights="ffff", seed=0)
        assert compare(0.5, FINGERPRINT, before, 0.005, across={"weights", "seed"}).verdict == "unchanged"
        assert compare(0.5, FINGERPRINT, before, 0.005, across=["weights"]).reason == "seed was 0 and is absent"

    def test_long_values_are_shortened(self) -> None:
        reason = compare(0.5, FINGERPRINT, stored(0.5, weights="ab" * 32), 0.005).reason
        assert reason == "weights was abababababab… and is 0a1b"

    @pytest.mark.parametrize(("before", "now"), [("x" * 30 + "1", "x" * 30 + "2"), (1, "1")])
    def test_values_that_look_alike_when_shortened_are_told_in_full(self, before: str | int, now: str | int) -> None:
        reason = compare(0.5, FINGERPRINT | {"data": now}, stored(0.5, data=before), 0.005).reason
        assert reason == f"data was {before!r} and is {now!r}"

    def test_the_order_of_ingredients_and_int_or_float_do_not_matter(self) -> None:
        now = dict(reversed(FINGERPRINT.items())) | {"visual_degrees": 8}
        assert compare(0.5, now, stored(0.5), 0.005).verdict == "unchanged"


class TestEdge:
    """A change by exactly the tolerance is no change, whatever floating point makes of it."""

    @pytest.mark.parametrize(
        ("score", "verdict"),
        [
            (0.505, "unchanged"),
            (0.495, "unchanged"),
            (0.50501, "improved"),
            (0.49499, "regressed"),
        ],
    )
    def test_the_edge_belongs_to_unchanged(self, score: float, verdict: str) -> None:
        comparison = compare(score, FINGERPRINT, stored(0.5), 0.005)
        assert comparison.verdict == verdict
        assert comparison.delta == pytest.approx(score - 0.5)
        assert comparison.tolerance == 0.005

    @given(SCORES, TOLERANCES)
    def test_a_change_by_exactly_the_tolerance_is_unchanged(self, score: float, tolerance: float) -> None:
        baseline = stored(score)
        for change in (tolerance, -tolerance):
            assert compare(baseline.score + change, FINGERPRINT, baseline, tolerance).verdict == "unchanged"

    @given(SCORES)
    def test_the_score_that_was_stored_is_unchanged_without_any_tolerance(self, score: float) -> None:
        assert compare(score, FINGERPRINT, stored(score), 0.0).verdict == "unchanged"

    @given(SCORES, TOLERANCES, st.floats(min_value=1e-5, max_value=1))
    def test_more_than_the_tolerance_is_a_change_to_the_right_side(
        self, score: float, tolerance: float, more: float
    ) -> None:
        baseline = stored(score)
        above = compare(baseline.score + tolerance + more, FINGERPRINT, baseline, tolerance)
        below = compare(baseline.score - tolerance - more, FINGERPRINT, baseline, tolerance)
        assert (above.verdict, below.verdict) == ("improved", "regressed")

    @given(SCORES, SCORES, TOLERANCES)
    def test_with_score_and_baseline_exchanged_the_verdict_is_the_opposite(
        self, first: float, second: float, tolerance: float
    ) -> None:
        first, second = float(f"{first:.6g}"), float(f"{second:.6g}")
        if abs(abs(first - second) - tolerance) < 1e-5:  # the edge is as wide as the digits of the baseline
            return
        opposite = {"improved": "regressed", "regressed": "improved", "unchanged": "unchanged"}
        forth = compare(first, FINGERPRINT, stored(second), tolerance).verdict
        back = compare(second, FINGERPRINT, stored(first), tolerance).verdict
        assert opposite[forth] == back

    def test_small_scores_keep_their_digits(self) -> None:
        assert compare(1.1e-6, FINGERPRINT, stored(1e-6), 0.0).verdict == "improved"


@pytest.mark.parametrize("tolerance", [-0.1, math.nan, math.inf])
def test_a_tolerance_that_would_pass_anything_is_refused(tolerance: float) -> None:
    with pytest.raises(BaselineError, match="tolerance"):
        compare(0.5, FINGERPRINT, stored(0.5), tolerance)
