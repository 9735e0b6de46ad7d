"""Splits: the published draws, row for row, without scikit-learn; and splits that ignore the order of the rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedKFold, StratifiedShuffleSplit

from pytest_brainscore.metrics.shared.splits import Split, fold_splits, shuffle_splits, stimulus_splits

OBJECTS = np.array(["a", "b", "c"] * 20)


def assert_same(ours: list[Split], theirs: object) -> None:
    expected = list(theirs)  # type: ignore[call-overload]
    assert len(ours) == len(expected)
    for split, (train, test) in zip(ours, expected, strict=True):
        assert split.train.tolist() == train.tolist()
        assert split.test.tolist() == test.tolist()


def test_stratified_splits_equal_the_published_draws() -> None:
    splits = shuffle_splits(60, stratify=OBJECTS)
    assert splits[0].test.tolist() == [34, 15, 2, 55, 33, 5]
    assert splits[0].train[:10].tolist() == [47, 4, 0, 31, 40, 26, 54, 22, 10, 53]
    assert splits[1].test.tolist() == [21, 12, 4, 50, 32, 37]
    assert splits[9].test.tolist() == [14, 54, 7, 24, 59, 1]


def test_unstratified_splits_equal_the_published_draws() -> None:
    splits = shuffle_splits(60)
    assert splits[0].test.tolist() == [39, 41, 2, 48, 50, 44]
    assert splits[1].test.tolist() == [28, 43, 55, 12, 21, 42]


def test_halves_of_six_repetitions_equal_the_published_draws() -> None:
    halves = shuffle_splits(6, train_size=0.5)
    written = ["".join(map(str, half.train)) + "|" + "".join(map(str, half.test)) for half in halves]
    assert written == [
        "035|214",
        "531|420",
        "341|205",
        "021|354",
        "342|150",
        "024|351",
        "410|253",
        "051|243",
        "150|432",
        "230|541",
    ]


def test_an_odd_number_trains_on_the_smaller_half() -> None:
    assert [(split.train.size, split.test.size) for split in shuffle_splits(7, train_size=0.5)] == [(3, 4)] * 10


@pytest.mark.parametrize("rows", [2, 3, 10, 11, 19, 60, 135, 315, 640, 3200])
@pytest.mark.parametrize("train_size", [0.5, 0.9])
def test_shuffled_splits_equal_scikit_learn(rows: int, train_size: float) -> None:
    oracle = ShuffleSplit(n_splits=10, train_size=train_size, random_state=1)
    assert_same(shuffle_splits(rows, train_size=train_size), oracle.split(np.zeros(rows)))


@pytest.mark.parametrize("rows", [12, 60, 640])
def test_splits_by_test_size_equal_scikit_learn(rows: int) -> None:
    oracle = ShuffleSplit(n_splits=10, test_size=0.9, random_state=1)
    splits = shuffle_splits(rows, train_size=None, test_size=0.9)
    assert_same(splits, oracle.split(np.zeros(rows)))


@pytest.mark.parametrize(("rows", "labels"), [(21, 2), (60, 3), (135, 15), (315, 7), (640, 64), (3200, 8), (1000, 97)])
@pytest.mark.parametrize("seed", [1, 2])
def test_stratified_shuffled_splits_equal_scikit_learn(rows: int, labels: int, seed: int) -> None:
    stratify = np.concatenate([np.arange(labels), np.random.default_rng(rows).integers(0, labels, rows - labels)])
    stratify = np.concatenate([stratify, np.arange(labels)])  # at least two of each
    oracle = StratifiedShuffleSplit(n_splits=10, train_size=0.8, random_state=seed)
    assert_same(
        shuffle_splits(stratify.size, train_size=0.8, stratify=stratify, seed=seed), oracle.split(stratify, stratify)
    )


@pytest.mark.parametrize(("rows", "folds"), [(10, 10), (61, 4), (640, 10)])
def test_folds_equal_scikit_learn(rows: int, folds: int) -> None:
    oracle = KFold(folds, shuffle=True, random_state=1)
    assert_same(fold_splits(rows, folds=folds), oracle.split(np.zeros(rows)))


@pytest.mark.filterwarnings("ignore:The least populated class:UserWarning")
@pytest.mark.parametrize(("rows", "labels", "folds"), [(60, 3, 10), (61, 4, 5), (640, 11, 10)])
def test_stratified_folds_equal_scikit_learn(rows: int, labels: int, folds: int) -> None:
    stratify = np.random.default_rng(rows).choice([f"object {label}" for label in range(labels)], rows)
    oracle = StratifiedKFold(folds, shuffle=True, random_state=1)
    assert_same(fold_splits(rows, folds=folds, stratify=stratify), oracle.split(stratify, stratify))


@given(
    rows=st.integers(4, 80),
    train_size=st.floats(0.1, 0.9),
    labels=st.integers(1, 5),
    stratified=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=60)
def test_any_split_equals_scikit_learn_or_is_refused_by_both(
    rows: int, train_size: float, labels: int, stratified: bool, seed: int
) -> None:
    stratify = np.random.default_rng(seed).integers(0, labels, rows)
    splitter = StratifiedShuffleSplit if stratified else ShuffleSplit
    try:
        expected = list(splitter(3, train_size=train_size, random_state=seed).split(stratify, stratify))
    except ValueError:
        with pytest.raises(ValueError, match=r"\."):
            shuffle_splits(rows, splits=3, train_size=train_size, stratify=stratify if stratified else None, seed=seed)
        return
    ours = shuffle_splits(rows, splits=3, train_size=train_size, stratify=stratify if stratified else None, seed=seed)
    assert_same(ours, expected)


@given(permutation=st.permutations(range(60)))
@settings(max_examples=20)
def test_splits_of_stimuli_do_not_depend_on_the_order_of_rows(permutation: list[int]) -> None:
    ids = np.array([f"s{number:03d}" for number in range(30)] * 2)
    labels = np.array([number % 3 for number in range(30)] * 2)
    shuffled = np.array(permutation)
    for one, other in zip(
        stimulus_splits(ids, stratify=labels),
        stimulus_splits(ids[shuffled], stratify=labels[shuffled]),
        strict=True,
    ):
        assert sorted(ids[one.test]) == sorted(ids[shuffled][other.test])
        assert sorted(ids[one.train]) == sorted(ids[shuffled][other.train])
        assert not set(ids[one.test]) & set(ids[one.train])


def test_splits_of_sorted_distinct_stimuli_are_the_published_ones() -> None:
    ids = np.array([f"s{number:03d}" for number in range(60)])
    for by_row, by_id in zip(shuffle_splits(60), stimulus_splits(ids), strict=True):
        assert np.sort(by_row.test).tolist() == by_id.test.tolist()


def test_rows_of_one_stimulus_need_one_label() -> None:
    with pytest.raises(ValueError, match="Stimulus y has rows with different labels"):
        stimulus_splits(["x", "y", "x", "y"], stratify=["a", "b", "a", "a"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"rows": 1}, "1 rows cannot be split into 0 for training"),
        ({"rows": 10, "train_size": 1.0}, "train_size 1.0 does not split 10 rows"),
        ({"rows": 10, "train_size": 10}, "train_size 10 does not split 10 rows"),
        ({"rows": 10, "train_size": 0.8, "test_size": 0.5}, "10 rows cannot be split into 8 for training and 5"),
        ({"rows": 10, "train_size": None}, "give train_size or test_size"),
        ({"rows": 10, "splits": 0}, "at least one"),
        ({"rows": 10, "stratify": ["a"] * 9}, "do not fit 10 rows"),
        ({"rows": 10, "train_size": 0.5, "stratify": ["a"] * 9 + ["b"]}, "Label b has one row"),
        ({"rows": 10, "stratify": ["a"] * 5 + ["b"] * 5}, "A set of 1 rows cannot hold all 2 labels"),
    ],
)
def test_impossible_splits_are_refused_with_a_sentence(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        shuffle_splits(**arguments)  # type: ignore[arg-type]


def test_impossible_folds_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="3 rows cannot be dealt into 4 folds"):
        fold_splits(3, folds=4)
    with pytest.raises(ValueError, match="the largest has 2"):
        fold_splits(4, folds=3, stratify=["a", "a", "b", "b"])
