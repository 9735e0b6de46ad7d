"""Splits of stimuli into training and test sets, and of repetitions into halves.

The published system splits with scikit-learn's ``ShuffleSplit``, ``StratifiedShuffleSplit``, ``KFold`` and
``StratifiedKFold`` and the seed 1. Here the same draws are made from NumPy's legacy generator, whose stream is frozen
(NEP 19), so that every split of every published number stays what it was, whatever is installed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Both from the published protocol: ten splits, and one seed for all benchmarks.
DEFAULT_SPLITS = 10
DEFAULT_SEED = 1


class Split(NamedTuple):
    """Row numbers of one split; the two sets have no row in common, and need not hold all rows together."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def shuffle_splits(
    rows: int,
    *,
    splits: int = DEFAULT_SPLITS,
    train_size: float | None = 0.9,
    test_size: float | None = None,
    stratify: ArrayLike | None = None,
    seed: int = DEFAULT_SEED,
) -> list[Split]:
    """Draw random splits, each independent of the others, as the published system does.

    Parameters
    ----------
    rows
        Number of rows. The draws depend on the order of the rows; see `stimulus_splits` for splits that do not.
    splits
        Number of splits.
    train_size, test_size
        Fraction (float, between 0 and 1) or number (int) of rows. The training set is rounded down, the test set up;
        where one of the two is None it gets all other rows.
    stratify
        One label per row, shape (rows,): every split holds the labels in the proportion of all rows.
    seed
        Seed of the legacy generator; the published system uses 1.

    Returns
    -------
    One `Split` per repetition, with the rows in the order drawn by scikit-learn.

    Raises
    ------
    ValueError
        If a set would be empty or larger than all rows, if there are no labels for some rows, if a label has but one
        row, or if a set has fewer rows than there are labels.

    """
    if splits < 1:
        raise ValueError(f"{splits} splits cannot be drawn: ask for at least one.")
    train_count, test_count = _set_sizes(rows, train_size, test_size)
    generator = np.random.RandomState(seed)
    if stratify is None:
        permutations = [generator.permutation(rows) for _ in range(splits)]
        return [Split(order[test_count : test_count + train_count], order[:test_count]) for order in permutations]
    return _stratified_shuffles(_labels(stratify, rows), splits, train_count, test_count, generator)


def fold_splits(
    rows: int, *, folds: int = DEFAULT_SPLITS, stratify: ArrayLike | None = None, seed: int = DEFAULT_SEED
) -> list[Split]:
    """Deal all rows into folds at random; each split tests one fold and trains on the others.

    Parameters
    ----------
    rows
        Number of rows.
    folds
        Number of folds, at least 2.
    stratify
        One label per row, shape (rows,): every fold holds the labels in the proportion of all rows.
    seed
        Seed of the legacy generator; the published system uses 1.

    Returns
    -------
    One `Split` per fold, rows ascending.

    Raises
    ------
    ValueError
        If there are fewer than two folds, more folds than rows, or more folds than rows of every label.

    """
    if not 2 <= folds <= rows:
        raise ValueError(f"{rows} rows cannot be dealt into {folds} folds: ask for 2 to {rows}.")
    generator = np.random.RandomState(seed)
    fold_of_row = np.empty(rows, dtype=np.intp)
    if stratify is None:
        order = np.arange(rows)
        generator.shuffle(order)
        for fold, members in enumerate(np.array_split(order, folds)):
            fold_of_row[members] = fold
    else:
        _, first_rows, label_of_row = np.unique(_labels(stratify, rows), return_index=True, return_inverse=True)
        appearance = np.argsort(np.argsort(first_rows))[label_of_row]  # labels numbered by their first row
        counts = np.bincount(appearance)
        if counts.max() < folds:
            raise ValueError(
                f"{folds} stratified folds need a label with as many rows, and the largest has {counts.max()}: "
                "ask for fewer folds."
            )
        in_order = np.sort(appearance)
        share = np.array([np.bincount(in_order[fold::folds], minlength=counts.size) for fold in range(folds)])
        for label in range(counts.size):
            dealt = np.arange(folds).repeat(share[:, label])
            generator.shuffle(dealt)
            fold_of_row[appearance == label] = dealt
    return [Split(np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold)) for fold in range(folds)]


def stimulus_splits(stimulus_ids: ArrayLike, *, stratify: ArrayLike | None = None) -> list[Split]:
    """Draw the published random splits of the distinct stimuli, so that the order of the rows does not matter.

    The sorted distinct ids are split with `shuffle_splits`; all rows of a stimulus go to the same set. The published
    system calls this unique split values, and splits repetitions with it; for stimuli its default is the order of
    the rows.

    Parameters
    ----------
    stimulus_ids
        One id per row, shape (rows,).
    stratify
        One label per row, shape (rows,), the same for all rows of a stimulus.

    Returns
    -------
    One `Split` per repetition, rows ascending.

    Raises
    ------
    ValueError
        If rows of one stimulus have different labels, and whatever `shuffle_splits` raises.

    """
    ids = np.asarray(stimulus_ids)
    if ids.ndim != 1:
        raise ValueError(f"Stimulus ids of shape {ids.shape} cannot be split: give one id per row.")
    distinct, first_rows, stimulus_of_row = np.unique(ids, return_index=True, return_inverse=True)
    stimulus_of_row = stimulus_of_row.ravel()  # NumPy 2.0 alone keeps another shape
    labels = None
    if stratify is not None:
        label_of_row = _labels(stratify, ids.size)
        labels = label_of_row[first_rows]
        differing = np.flatnonzero(labels[stimulus_of_row] != label_of_row)
        if differing.size:
            raise ValueError(
                f"Stimulus {ids[differing[0]]} has rows with different labels: give every stimulus one label."
            )
    drawn = shuffle_splits(distinct.size, stratify=labels)
    return [
        Split(
            np.flatnonzero(np.isin(stimulus_of_row, split.train)), np.flatnonzero(np.isin(stimulus_of_row, split.test))
        )
        for split in drawn
    ]


def _labels(stratify: ArrayLike, rows: int) -> NDArray[np.generic]:
    labels = np.asarray(stratify)
    if labels.shape != (rows,):
        raise ValueError(f"Labels of shape {labels.shape} do not fit {rows} rows: give one label per row.")
    return labels


def _set_sizes(rows: int, train_size: float | None, test_size: float | None) -> tuple[int, int]:
    """Return the number of rows of the training and the test set, rounded as scikit-learn does."""
    if train_size is None and test_size is None:
        raise ValueError("A split needs a size: give train_size or test_size.")
    for name, size in (("train_size", train_size), ("test_size", test_size)):
        if size is not None and not 0 < size < (1 if isinstance(size, float) else rows):
            raise ValueError(f"{name} {size} does not split {rows} rows: give a fraction between 0 and 1, or a count.")
    train = (
        None if train_size is None else math.floor(train_size * rows if isinstance(train_size, float) else train_size)
    )
    test = None if test_size is None else math.ceil(test_size * rows if isinstance(test_size, float) else test_size)
    train_count = rows - (test or 0) if train is None else train
    test_count = rows - train_count if test is None else test
    if train_count < 1 or test_count < 1 or train_count + test_count > rows:
        raise ValueError(
            f"{rows} rows cannot be split into {train_count} for training and {test_count} for testing: "
            f"change {'test_size' if train_size is None else 'train_size or test_size'}."
        )
    return train_count, test_count


def _stratified_shuffles(
    labels: NDArray[np.generic], splits: int, train_count: int, test_count: int, generator: np.random.RandomState
) -> list[Split]:
    distinct, label_of_row, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.min() < 2:
        raise ValueError(f"Label {distinct[counts.argmin()]} has one row and cannot be in both sets: merge or drop it.")
    if min(train_count, test_count) < distinct.size:
        raise ValueError(
            f"A set of {min(train_count, test_count)} rows cannot hold all {distinct.size} labels: "
            "change the sizes, or do not stratify."
        )
    members = np.split(np.argsort(label_of_row, kind="stable"), np.cumsum(counts)[:-1])
    drawn = []
    for _ in range(splits):
        # The order of all these draws is scikit-learn's.
        train_share = _proportional_counts(counts, train_count, generator)
        test_share = _proportional_counts(counts - train_share, test_count, generator)
        train: list[NDArray[np.intp]] = []
        test: list[NDArray[np.intp]] = []
        for rows, train_rows, test_rows in zip(members, train_share, test_share, strict=True):
            shuffled = rows[generator.permutation(rows.size)]
            train.append(shuffled[:train_rows])
            test.append(shuffled[train_rows : train_rows + test_rows])
        drawn.append(Split(generator.permutation(np.concatenate(train)), generator.permutation(np.concatenate(test))))
    return drawn


def _proportional_counts(counts: NDArray[np.intp], draws: int, generator: np.random.RandomState) -> NDArray[np.intp]:
    """Share draws between labels in proportion to their counts; what rounding leaves over goes to the largest rests.

    Equal rests are chosen between at random (scikit-learn's approximate mode of a multivariate hypergeometric).
    """
    exact = counts / counts.sum() * draws
    share = np.floor(exact)
    missing = int(draws - share.sum())
    rest = exact - share
    for value in np.unique(rest)[::-1]:
        if missing == 0:
            break
        tied = np.flatnonzero(rest == value)
        chosen = generator.choice(tied, size=min(tied.size, missing), replace=False)
        share[chosen] += 1
        missing -= chosen.size
    integral: NDArray[np.intp] = share.astype(np.intp)
    return integral
