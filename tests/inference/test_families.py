"""Many comparisons: Holm, Benjamini-Hochberg, and letters for what cannot be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.inference.families import benjamini_hochberg, holm, holm_by_family, letters

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_is_that_of_the_paper() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@settings(max_examples=60, deadline=None)
@given(probabilities, st.floats(0.001, 0.5))
def test_holm_rejects_what_stepping_down_rejects(values: list[float], level: float) -> None:
    adjusted = holm(values)
    rejected, left = set(), len(values)
    for place in sorted(range(len(values)), key=values.__getitem__):
        if values[place] * left > level:
            break
        rejected.add(place)
        left -= 1
    # Equal p values are rejected together or not at all, up to how ties are gone through.
    assert {place for place in range(len(values)) if adjusted[place] <= level} >= rejected
    assert (adjusted >= np.array(values)).all()
    assert (adjusted <= np.minimum(np.array(values) * len(values), 1) + 1e-15).all()


def test_benjamini_hochberg_is_between_nothing_and_holm() -> None:
    values = [0.01, 0.04, 0.03, 0.005]
    assert (benjamini_hochberg(values) <= holm(values)).all()
    assert benjamini_hochberg(values) == pytest.approx([0.02, 0.04, 0.04, 0.02])


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_what_was_not_compared_does_not_count(adjust: object) -> None:
    assert callable(adjust)
    adjusted = adjust([0.01, np.nan, 0.03])
    assert np.isnan(adjusted[1])
    assert adjusted[[0, 2]] == pytest.approx(adjust([0.01, 0.03]))
    assert np.isnan(adjust([np.nan])).all()


def test_regions_are_families() -> None:
    p = {"V4.a": 0.02, "IT.a": 0.02, "V4.b": 0.5, "alone": 0.04}
    found = holm_by_family(p, {"V4.a": "V4", "V4.b": "V4", "IT.a": "IT"})
    assert found == pytest.approx({"V4.a": 0.04, "IT.a": 0.02, "V4.b": 0.5, "alone": 0.04})


def test_letters_of_a_chain() -> None:
    # The ends differ, neighbours do not.
    assert letters(["x", "y", "z"], [[0, 0, 1], [0, 0, 0], [1, 0, 0]]) == {"x": "a", "y": "ab", "z": "b"}


def test_letters_when_all_or_none_differ() -> None:
    assert letters(["x", "y"], [[0, 0], [0, 0]]) == {"x": "a", "y": "a"}
    assert letters(["x", "y"], [[0, 1], [1, 0]]) == {"x": "a", "y": "b"}
    many = letters([str(number) for number in range(28)], ~np.eye(28, dtype=bool))
    assert many["26"] == "aa"
    with pytest.raises(ValueError, match="symmetric"):
        letters(["x", "y"], [[0, 1], [0, 0]])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(0, 2**21 - 1))
def test_models_share_a_letter_exactly_where_they_do_not_differ(count: int, bits: int) -> None:
    different = np.zeros((count, count), dtype=bool)
    for number, (one, other) in enumerate(zip(*np.triu_indices(count, 1), strict=True)):
        different[one, other] = different[other, one] = bits >> number & 1
    found = letters([str(number) for number in range(count)], different)
    for first in range(count):
        for second in range(count):
            shared = set(found[str(first)]) & set(found[str(second)])
            assert bool(shared) == (not different[first, second])
