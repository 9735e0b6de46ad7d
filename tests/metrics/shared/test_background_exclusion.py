"""Exclusion of training images that share a background with a test image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.metrics.shared.background_exclusion import without_shared_backgrounds
from pytest_brainscore.metrics.shared.splits import Split, fold_splits


def test_a_background_seen_in_the_test_is_not_trained_on_unless_it_is_none() -> None:
    backgrounds = [3, 0, 5, 3, 0, 7]
    (split,) = without_shared_backgrounds([Split(np.array([5, 3, 1, 2]), np.array([0, 4]))], backgrounds)
    assert split.train.tolist() == [5, 1, 2]
    assert split.test.tolist() == [0, 4]


@given(backgrounds=st.lists(st.integers(0, 30), min_size=10, max_size=60), seed=st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_no_background_is_in_both_sets_and_no_other_image_is_lost(backgrounds: list[int], seed: int) -> None:
    # Half of the images have a background of their own, more than a third: some are left in every training set.
    numbers = np.array([*backgrounds, *range(40, 40 + len(backgrounds))])
    splits = fold_splits(numbers.size, folds=3, seed=seed)
    filtered = without_shared_backgrounds(splits, numbers)
    for before, after in zip(splits, filtered, strict=True):
        np.testing.assert_array_equal(after.test, before.test)
        shared = set(numbers[before.test]) - {0}
        assert after.train.tolist() == [row for row in before.train if numbers[row] not in shared]


def test_splits_without_a_shared_background_stay_as_they_are() -> None:
    splits = fold_splits(12, folds=3)
    for numbers in (np.arange(12), np.zeros(12, dtype=int)):
        for before, after in zip(splits, without_shared_backgrounds(splits, numbers), strict=True):
            np.testing.assert_array_equal(after.train, before.train)


def test_bad_input_is_refused() -> None:
    split = Split(np.array([0, 1]), np.array([2]))
    with pytest.raises(ValueError, match="all its training images"):
        without_shared_backgrounds([split], [4, 4, 4])
    with pytest.raises(ValueError, match="background of every image"):
        without_shared_backgrounds([split], [4, 5])
    with pytest.raises(ValueError, match="one number per image"):
        without_shared_backgrounds([split], [[4, 5, 6]])
