"""Confusion similarity of Maniquet et al. (2024): golden values, and the matrix of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from pytest_brainscore.metrics.behavior.confusion_similarity import confusion_counts, confusion_similarity

LABELS = np.array(["a", "b", "c"])


def test_golden_value() -> None:
    generator = np.random.RandomState(0)
    truth = LABELS[generator.randint(0, 3, 60)]
    choices = LABELS[generator.rand(60, 3).argmax(axis=1)]
    human_truth = LABELS[generator.randint(0, 3, 90)]
    attended = generator.rand(90) < 0.6
    human_choices = np.where(attended, human_truth, LABELS[generator.randint(0, 3, 90)])
    model, human = confusion_counts(truth, choices, LABELS), confusion_counts(human_truth, human_choices, LABELS)
    assert model.tolist() == [[6, 9, 8], [9, 4, 9], [6, 7, 2]]
    assert human.tolist() == [[27, 3, 6], [2, 20, 3], [3, 3, 23]]
    assert float(confusion_similarity(model, human)) == pytest.approx(-0.11572751247156891, abs=1e-14)


@given(seed=st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_counts_are_those_of_scikit_learn_and_the_order_of_labels_changes_nothing(seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth, other, human = LABELS[generator.integers(0, 3, (3, 50))]
    order = generator.permutation(LABELS)
    np.testing.assert_array_equal(confusion_counts(truth, other, order), confusion_matrix(truth, other, labels=order))
    similarities = [
        float(confusion_similarity(confusion_counts(truth, other, labels), confusion_counts(truth, human, labels)))
        for labels in (LABELS, order)
    ]
    assert similarities[0] == pytest.approx(similarities[1], abs=1e-12)


def test_answers_outside_the_labels_are_left_out() -> None:
    counts = confusion_counts(["a", "b", "x", "b"], ["b", "zebra", "a", "b"], ["b", "a"])
    assert counts.tolist() == [[1, 0], [1, 0]]


def test_right_answers_do_not_count_and_matrices_are_compared_all_at_once() -> None:
    human = np.array([[9, 1, 2], [3, 9, 4], [5, 6, 9]])
    models = np.stack([human * ~np.eye(3, dtype=bool), 2 * human + np.eye(3, dtype=int), -human])
    np.testing.assert_allclose(confusion_similarity(models, human), [1, 1, -1], rtol=0, atol=1e-12)


def test_without_mistakes_there_is_no_similarity() -> None:
    assert np.isnan(confusion_similarity(np.eye(3) * 5, [[9, 1, 2], [3, 9, 4], [5, 6, 9]]))


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        confusion_counts(["a", "b"], ["a"], LABELS)
    with pytest.raises(ValueError, match="distinct"):
        confusion_counts(["a"], ["a"], ["a", "a"])
    with pytest.raises(ValueError, match="two square matrices"):
        confusion_similarity(np.ones((2, 2)), np.ones((3, 3)))
    with pytest.raises(ValueError, match="two or more"):
        confusion_similarity([[1]], [[1]])
