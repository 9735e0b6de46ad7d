"""What quick scores say of full ones: the mean difference of other networks, and how far off that is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.scoring.quick import expectations, expected
from tests.support.records import make_record

DIFFERENCES = st.lists(st.floats(-1, 1), min_size=3, max_size=12)


def test_a_full_score_is_the_quick_one_and_the_mean_difference() -> None:
    # 0 is off by .15 from the mean of .1 and .2, .1 by 0 from that of 0 and .2, .2 by .15.
    assert expected(0.5, [0.0, 0.1, 0.2]) == pytest.approx((0.6, np.sqrt(0.045 / 3), 3))


@settings(max_examples=50, deadline=None)
@given(DIFFERENCES)
def test_the_error_is_that_of_networks_that_were_left_out(differences: list[float]) -> None:
    off = [each - np.mean(np.delete(differences, place)) for place, each in enumerate(differences)]
    told = expected(0.0, differences)
    assert told is not None
    assert told.error == pytest.approx(np.sqrt(np.mean(np.square(off))), abs=1e-12)


def test_two_networks_tell_no_error() -> None:
    assert expected(0.5, [0.1, 0.1]) is None
    assert expected(0.5, []) is None


def test_the_mean_of_leaves_has_the_error_that_such_means_had() -> None:
    def quick(identifier: str, score: float | None, differences: list[float]) -> object:
        details = {"quick": {"of": "a@1", "differences": differences}}
        return make_record(identifier=identifier, parent="quick.V1", score=score, details=details)

    records = [
        quick("quick.a", 0.2, [0.1, 0.0, -0.1]),
        make_record(),
        quick("quick.b", 0.4, [-0.1, 0.0, 0.1]),
        quick("quick.without", None, [1.0, 2.0, 3.0]),
    ]
    told = list(expectations(records))  # type: ignore[arg-type]
    assert [name for _, name, _, _ in told] == ["quick.V1", "quick.a", "quick.b"]
    (_, _, score, mean), (_, _, _, leaf), _ = told
    assert score == pytest.approx(0.3)
    assert mean == pytest.approx((0.3, 0.0, 3))
    assert leaf is not None
    assert leaf.error == pytest.approx(np.sqrt(0.02 / 3) * 3 / 2)


def test_a_leaf_without_a_calibration_leaves_the_mean_without() -> None:
    details = [{"quick": {"of": "a@1", "differences": values}} for values in ([0.1, 0.2, 0.3], [])]
    records = [
        make_record(parent="quick.V1", identifier=str(place), details=each) for place, each in enumerate(details)
    ]
    assert [full is None for *_, full in expectations(records)] == [True, False, True]
