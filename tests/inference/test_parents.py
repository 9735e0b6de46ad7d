"""Averages over a tree, draw by draw."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.inference.differences import score_error
from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.inference.parents import parent_replicates

GENERATOR = np.random.default_rng(0)
SHARED = 0.02 * GENERATOR.standard_normal(1000)
TREE = {"average": ["neural", "behavior"], "neural": ["V1", "V4"], "behavior": ["top1", "triplets"]}


def leaf(score: float, spread: float = 1.0) -> Replicates:
    return Replicates(score, score + spread * SHARED, np.full((1, 250), 0.001))


def test_parents_are_means_of_their_children_draw_by_draw() -> None:
    leaves = {"V1": leaf(0.4), "V4": leaf(0.6), "top1": leaf(0.7), "triplets": leaf(0.3)}
    found = parent_replicates(leaves, TREE)
    assert list(found) == list(TREE)
    assert found["neural"].score == pytest.approx(0.5)
    assert found["neural"].values == pytest.approx(0.5 + SHARED)
    assert found["average"].score == pytest.approx(0.5)
    assert found["average"].parts == pytest.approx(np.full((1, 250), 0.001))


def test_leaves_on_the_same_images_do_not_cancel() -> None:
    leaves = {"V1": leaf(0.4), "V4": leaf(0.6)}
    shared = score_error(parent_replicates(leaves, {"neural": ["V1", "V4"]})["neural"])
    assert shared == pytest.approx(score_error(leaves["V1"]))
    leaves["V4"] = Replicates(0.6, 0.6 + GENERATOR.permutation(SHARED), np.zeros((1, 250)))
    assert score_error(parent_replicates(leaves, {"neural": ["V1", "V4"]})["neural"]) < 0.8 * shared


def test_what_did_not_run_counts_as_zero_or_is_left_out() -> None:
    leaves = {"V1": leaf(0.4)}
    assert parent_replicates(leaves, TREE)["average"].score == pytest.approx(0.1)
    assert parent_replicates(leaves, TREE, missing="left out")["average"].score == pytest.approx(0.4)
    assert set(parent_replicates(leaves, TREE)) == {"average", "neural"}


def test_leaves_are_cut_as_their_scores_are() -> None:
    found = parent_replicates({"V1": leaf(1.2), "V4": leaf(0.01)}, TREE)["neural"]
    assert found.score == pytest.approx(0.505)
    assert (found.values <= 1).all()
    assert found.values.min() == pytest.approx(0.5)


def test_a_tree_that_bites_its_tail_is_refused() -> None:
    with pytest.raises(ValueError, match="below itself"):
        parent_replicates({"V1": leaf(0.4)}, {"a": ["b", "V1"], "b": ["a"]})
    short = Replicates(0.1, np.zeros(10), np.zeros((1, 250)))
    with pytest.raises(ValueError, match="different numbers"):
        parent_replicates({"V1": leaf(0.4), "V4": short}, TREE)
