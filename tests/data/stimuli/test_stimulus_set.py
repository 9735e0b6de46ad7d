"""Stimulus sets: choosing rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike

from tests.support.table_subjects import made_up_stimuli

STIMULI = made_up_stimuli(pd.DataFrame({"stimulus_id": list("abcd")}), 8.0)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (slice(1, 3), "bc"),
        (slice(None, None, -2), "db"),
        ([3, 0, 0], "daa"),
        (np.array([True, False, False, True]), "ad"),
        (pd.Series([False, True, False, False]), "b"),
        (np.array([], dtype=np.intp), ""),
        ([-1], "d"),
    ],
)
def test_rows_are_a_slice_a_mask_or_positions_in_their_order(chosen: slice | ArrayLike, expected: str) -> None:
    kept = STIMULI.rows(chosen)
    assert "".join(kept.table["stimulus_id"]) == expected
    assert [image.digest() for image in kept.images] == [
        STIMULI.images["abcd".index(letter)].digest() for letter in expected
    ]
    assert (kept.identifier, kept.degrees) == (STIMULI.identifier, 8.0)


def test_a_mask_of_another_length_is_refused() -> None:
    with pytest.raises(IndexError, match="boolean index did not match"):
        STIMULI.rows(np.array([True, False]))
