"""The decision of a gate over all leaves of a run."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from pytest_brainscore.inference.differences import Difference
from pytest_brainscore.inference.gate import judge


def moved(by: float, error: float = 0.01) -> Difference:
    return Difference(
        by, by - 1.96 * error, by + 1.96 * error, by, error, float(2 * norm.sf(abs(by) / max(error, 1e-9))), 0.95
    )


def test_a_rerun_of_the_same_weights_is_unchanged() -> None:
    judged = judge({f"leaf {number}": Difference(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.95) for number in range(11)})
    assert {each.decision for each in judged.values()} == {"unchanged"}


@pytest.mark.parametrize(
    ("by", "decision"), [(-0.05, "regressed"), (-0.01, "unchanged"), (0.01, "unchanged"), (0.05, "improved")]
)
def test_what_is_beyond_doubt_counts(by: float, decision: str) -> None:
    assert judge({"V4": moved(by)})["V4"].decision == decision


def test_more_leaves_need_more_evidence() -> None:
    fallen = moved(-0.02)
    assert judge({"V4": fallen})["V4"].decision == "regressed"
    run = {"V4": fallen} | {f"leaf {number}": moved(0.001) for number in range(10)}
    assert judge(run)["V4"].decision == "unchanged"


def test_a_margin_is_what_may_be_lost() -> None:
    assert judge({"V4": moved(-0.05)}, margin=0.04)["V4"].decision == "unchanged"
    assert judge({"V4": moved(-0.05)}, margin=0.02)["V4"].decision == "regressed"
    assert judge({"V4": moved(0.05)}, margin=0.04)["V4"].decision == "unchanged"


def test_the_bound_is_below_the_margin_exactly_where_a_score_regressed() -> None:
    generator = np.random.default_rng(0)
    for _ in range(50):
        run = {f"leaf {number}": moved(float(generator.normal(-0.02, 0.01))) for number in range(4)}
        # Holm stops at the first leaf that holds: bounds of later ones are read with it.
        judged = sorted(judge(run, margin=0.001).values(), key=lambda each: each.difference.value)
        below = [each.bound < -0.001 for each in judged]
        regressed = [each.decision == "regressed" for each in judged]
        assert regressed == [all(below[: place + 1]) for place in range(4)]


def test_a_change_without_error_counts_as_it_is() -> None:
    assert judge({"V4": moved(-0.003, 0.0)})["V4"].decision == "regressed"
    assert judge({"V4": moved(-0.003, 0.0)}, margin=0.005)["V4"].decision == "unchanged"


def test_what_cannot_be_told_is_no_comparison() -> None:
    unknown = Difference(-0.2, *(float("nan"),) * 5, 0.95)
    judged = judge({"V4": unknown, "IT": moved(-0.018)})
    assert judged["V4"].decision == "unchanged"
    assert np.isnan(judged["V4"].p)
    assert judged["IT"].decision == "regressed"


def test_margins_and_levels_that_decide_nothing_are_refused() -> None:
    for margin, level in ((-0.1, 0.05), (0.0, 0.6), (float("nan"), 0.05)):
        with pytest.raises(ValueError, match="decides nothing"):
            judge({"V4": moved(0.0)}, margin=margin, level=level)


def test_of_independent_leaves_without_a_change_one_run_in_twenty_is_red() -> None:
    generator = np.random.default_rng(0)
    red = 0
    for _ in range(600):
        run = {str(number): moved(float(generator.normal(0, 0.01))) for number in range(11)}
        red += any(each.decision == "regressed" for each in judge(run).values())
    assert 0.03 < red / 600 < 0.07
