"""The same draws for every model, whatever the order of rows and however many are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.inference.draws import units

FROZEN = [[1, 1, 1, 0, 0, 0, 2, 2, 2, 0, 0, 3], [2, 0, 1, 1, 0, 0, 1, 1, 4, 1, 1, 0]]
IDS = [f"image {number}" for number in (3, 1, 4, 15, 9, 2, 6, 5)]


def test_replicate_k_is_the_same_however_many_are_drawn() -> None:
    images = units("MajajHong2015.V4-pls", "stimulus", IDS)
    assert np.array_equal(images.weights(3, 7), images.weights(0, 20)[3:7])


def test_draws_follow_the_identifiers_whatever_the_order_of_rows() -> None:
    order = np.random.default_rng(0).permutation(len(IDS))
    one, other = units("a", "stimulus", IDS), units("a", "stimulus", np.array(IDS)[order])
    values = np.arange(len(IDS))
    assert np.array_equal(one.sort(values), other.sort(values[order]))
    assert np.array_equal(one.weights(0, 10), other.weights(0, 10))
    assert np.array_equal(one.sort(np.array(IDS))[one.place(np.array([2]))], [IDS[2]])


@pytest.mark.parametrize("changed", [("b", "stimulus", 0), ("a", "neuroid", 0), ("a", "stimulus", 1)])
def test_other_sources_kinds_and_versions_have_other_draws(changed: tuple[str, str, int]) -> None:
    source, kind, version = changed
    one, other = units("a", "stimulus", 50), units(source, kind, 50, version=version)
    assert not np.array_equal(one.weights(0, 5), other.weights(0, 5))


def test_the_stream_is_frozen() -> None:
    # Baselines hold bootstrap values of earlier days: these draws may never change.
    assert units("Geirhos2021edge-top1", "stimulus", 12, version=1).weights(0, 2).astype(int).tolist() == FROZEN


def test_numbers_and_texts_of_the_same_name_are_the_same_units() -> None:
    assert np.array_equal(
        units("a", "s", [10, 9, 100]).weights(0, 9), units("a", "s", ["10", "9", "100"]).weights(0, 9)
    )


def test_every_stratum_keeps_its_size() -> None:
    strata = np.array(["x", "y", "x", "y", "x", "z", "x", "y"])
    images = units("a", "stimulus", IDS, strata=strata)
    weights, ordered = images.weights(0, 200), images.sort(strata)
    for label in "xyz":
        assert (weights[:, ordered == label].sum(axis=1) == (strata == label).sum()).all()
    assert (weights[:, ordered == "z"] == 1).all()


def test_versions_of_one_photograph_are_drawn_together() -> None:
    photographs = units("a", "stimulus", ["p", "q", "p", "r", "q", "p"])
    weights = photographs.weights(0, 50)
    assert len(photographs) == 3
    assert weights.shape == (50, 6)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 0] == weights[:, 2]).all()


def test_all_units_are_drawn_equally_often() -> None:
    counts = units("a", "stimulus", 40, strata=[0] * 10 + [1] * 30).counts(0, 4000)
    # Each is a sum of binomials with variance below 1: 5 standard errors.
    assert np.abs(counts.mean(axis=0) - 1).max() < 5 / np.sqrt(4000)
    assert np.var(counts[:, 20]) == pytest.approx(1 - 1 / 30, rel=0.12)


def test_few_units_vary_too_little_and_are_inflated_for_it() -> None:
    people = units("a", "subject", 4)
    values = np.array([1.0, 2.0, 4.0, 9.0])
    means = people.weights(0, 20_000) @ values / 4
    assert (people.inflation * means.std()) == pytest.approx(values.std(ddof=1) / 2, rel=0.03)


def test_blocks_are_the_replicates_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    images = units("a", "stimulus", IDS)
    monkeypatch.setattr("pytest_brainscore.inference.draws.BLOCK", 24)
    assert np.array_equal(np.concatenate(list(images.blocks(10))), images.weights(0, 10))


@pytest.mark.parametrize("within", [False, True])
def test_leaving_one_out_keeps_the_sum(within: bool) -> None:
    images = units("a", "stimulus", IDS, strata=[0, 0, 0, 1, 1, 1, 1, 1])
    weights = np.concatenate(list(images.without_one(within_strata=within)))
    assert (np.diag(weights) == 0).all()
    assert weights.sum(axis=1) == pytest.approx(np.full(8, 8.0))


def test_nothing_to_draw_from_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw from"):
        units("a", "stimulus", [])
    with pytest.raises(ValueError, match="one for each"):
        units("a", "stimulus", IDS, strata=[1, 2])
    with pytest.raises(ValueError, match="different strata"):
        units("a", "stimulus", ["p", "p"], strata=[1, 2])
