"""Several models on one leaf."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.inference.standings import standings

GENERATOR = np.random.default_rng(0)
SHARED = 0.05 * GENERATOR.standard_normal(1000)


def model(score: float) -> Replicates:
    return Replicates(score, score + SHARED + 0.004 * GENERATOR.standard_normal(1000), np.zeros((1, 250)))


def test_ties_share_a_letter_although_the_errors_of_all_overlap() -> None:
    found = standings({"c": model(0.40), "a": model(0.50), "b": model(0.495), "d": model(0.41)})
    assert [(each.model, each.letters) for each in found.models] == [("a", "a"), ("b", "a"), ("d", "b"), ("c", "b")]
    assert all(each.error == pytest.approx(0.05, rel=0.1) for each in found.models)
    assert [each.models for each in found.pairs][:3] == [("a", "b"), ("a", "d"), ("a", "c")]


def test_every_pair_is_adjusted_for_the_others() -> None:
    found = standings({"a": model(0.5), "b": model(0.48), "c": model(0.46)})
    assert all(each.p >= each.difference.p for each in found.pairs)


def test_one_model_stands_alone() -> None:
    found = standings({"a": model(0.5)})
    assert [each.letters for each in found.models] == ["a"]
    assert found.pairs == ()


def test_the_same_model_twice_is_a_tie() -> None:
    once = model(0.5)
    found = standings({"a": once, "again": once, "worse": model(0.3)})
    assert [each.letters for each in found.models] == ["a", "a", "b"]
