"""Accuracy: the share of right answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from pytest_brainscore.metrics.behavior.accuracy import accuracy


def test_the_published_example() -> None:
    result = accuracy([5, 3, 6, 7, 1, 8], [5, 2, 1, 7, 1, 9])
    assert result.value == 0.5
    assert result.deviation == 0.5
    assert result.error == pytest.approx(0.5 / np.sqrt(6))
    assert result.correct.tolist() == [True, False, False, True, True, False]


def test_labels_may_be_words() -> None:
    assert accuracy(["dog", "cat"], np.array(["dog", "keyboard"])).value == 0.5


def test_all_right_or_all_wrong_has_no_deviation() -> None:
    assert accuracy([1, 2], [1, 2])[:3] == (1, 0, 0)
    assert accuracy([1, 2], [2, 1])[:3] == (0, 0, 0)


def test_a_nan_is_a_wrong_answer() -> None:
    assert accuracy([1.0, np.nan], [1.0, np.nan]).value == 0.5


@given(pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1), seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_equals_scikit_learn_in_any_order_of_stimuli(pairs: list[tuple[int, int]], seed: int) -> None:
    answers, truth = np.array(pairs).T
    order = np.random.default_rng(seed).permutation(len(pairs))
    assert accuracy(answers[order], truth[order]).value == pytest.approx(accuracy_score(truth, answers), abs=1e-15)


@pytest.mark.parametrize(("answers", "truth"), [([1, 2], [1]), ([], []), ([[1]], [[1]])])
def test_bad_input_is_told(answers: list[int], truth: list[int]) -> None:
    with pytest.raises(ValueError, match="one of each for every stimulus"):
        accuracy(answers, truth)
