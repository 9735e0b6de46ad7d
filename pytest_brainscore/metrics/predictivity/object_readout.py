"""Which object can be read out of a population, in images unlike those the read-out was trained on?

As in the domain transfer benchmark of Igusti Bagus, Marques, Sanghavi, DiCarlo & Schrimpf (2022), SVRHM workshop, of
the published system: a linear read-out learns objects from photographs and is tested on cartoons, sketches, mosaics...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.predictivity.regression_data import checked_targets
from pytest_brainscore.metrics.predictivity.ridge import fit_ridge_cv
from pytest_brainscore.metrics.shared.splits import Split

# The penalties of the published system, for responses with the variance 1.
ALPHAS = np.array([1e-4, 1e-3, 1e-2, 1e-1, 1, 10])


class ObjectReadout(NamedTuple):
    """Accuracies of a read-out, with what they came from."""

    value: float
    """Mean over domains of the mean over splits, 0 to 1; chance is 0.5."""
    error: float
    """Standard deviation (ddof 0) over domains of the mean over splits."""
    domains: NDArray[np.generic]
    """Names of the domains that a split tests, sorted, shape (domain,)."""
    accuracies: NDArray[np.float64]
    """Mean `two_alternative_scores` of the test images, shape (split, domain); NaN where a split tests none."""


def object_readout(
    features: NDArray[np.generic],
    objects: ArrayLike,
    domains: ArrayLike,
    splits: Sequence[Split],
) -> ObjectReadout:
    """Accuracy, domain by domain, with which objects are told from one another.

    Parameters
    ----------
    features, objects, splits
        As in `object_decisions`. The published system draws 1000 splits: it trains on all images of one domain but 30,
        with as many of each object, and tests these and 30 of every other domain.
    domains
        Domain of every image, shape (image,).

    Returns
    -------
    The `ObjectReadout`.

    Raises
    ------
    ValueError
        As `object_decisions`, and if there is not one domain per image.

    """
    names, shown = np.asarray(domains), np.asarray(objects)
    if names.shape != shown.shape:
        raise ValueError(
            f"Domains of shape {names.shape} do not fit objects of shape {shown.shape}: give both for every image."
        )
    categories = np.unique(shown)
    scores = [
        two_alternative_scores(decisions, shown[split.test], categories)
        for split, decisions in zip(splits, object_decisions(features, shown, splits), strict=True)
    ]
    tested = np.unique(np.concatenate([names[split.test] for split in splits]))
    accuracies = np.full((len(splits), tested.size), np.nan)
    for row, split, values in zip(accuracies, splits, scores, strict=True):
        domain = np.searchsorted(tested, names[split.test])
        counts = np.bincount(domain, minlength=tested.size)
        sums = np.bincount(domain, weights=values, minlength=tested.size)
        np.divide(sums, counts, out=row, where=counts > 0)
    means = np.nanmean(accuracies, axis=0)
    return ObjectReadout(float(means.mean()), float(means.std()), tested, accuracies)


def object_decisions(
    features: NDArray[np.generic], objects: ArrayLike, splits: Sequence[Split]
) -> Iterator[NDArray[np.float64]]:
    """Train a ridge classifier on the training images of each split, and apply it to the test images.

    Responses are brought to the mean 0 and the variance 1 of the training images; one target per object is 1 for its
    images and -1 for all others; one penalty for all objects is chosen by the least leave-one-out error.

    Parameters
    ----------
    features
        Responses, shape (image, neuroid).
    objects
        Object in every image, shape (image,), at least two different ones.
    splits
        Row numbers of training and test images.

    Yields
    ------
    Decision value of every object, shape (test image, object), objects sorted: high where it is likely.

    Raises
    ------
    ValueError
        If there are fewer than two objects, if the training images of a split lack an object, if shapes or splits do
        not fit, or a response is NaN or infinite.

    """
    shown = np.asarray(objects)
    if shown.ndim != 1 or (categories := np.unique(shown)).size < 2:
        raise ValueError("A read-out needs objects to tell apart: give one object per image, two or more different.")
    targets = checked_targets(features, np.where(shown[:, np.newaxis] == categories, 1.0, -1.0), splits)
    for number, split in enumerate(splits):
        lacking = np.setdiff1d(categories, shown[split.train])
        if lacking.size:
            raise ValueError(f"Split {number} has no training image of {lacking[0]}: stratify the splits by object.")
        rows = np.concatenate([split.train, split.test])
        count = len(split.train)
        values = _standardised(np.asarray(features[rows], dtype=np.float64), count)
        here = Split(np.arange(count), np.arange(count, rows.size))
        yield next(fit_ridge_cv(values, targets[rows], [here], alphas=ALPHAS)).prediction


def two_alternative_scores(decisions: ArrayLike, truth: ArrayLike, categories: ArrayLike) -> NDArray[np.float64]:
    """Score every image by how often its object would win against another one, over all others.

    Parameters
    ----------
    decisions
        Decision value of every object for every image, shape (image, object).
    truth
        Object in every image, shape (image,).
    categories
        The objects in the order of the decision values, shape (object,), two or more, distinct.

    Returns
    -------
    Fraction of the other objects with a lower decision value, shape (image,): 1 where the object wins against all, 0
    where it wins against none, on average 0.5 by chance. A tie is not won. NaN where a decision value is NaN.

    Raises
    ------
    ValueError
        If shapes do not fit, there are fewer than two categories or one of them twice, or an image shows none of them.

    """
    values, shown, names = np.asarray(decisions, dtype=np.float64), np.asarray(truth), np.asarray(categories)
    if shown.ndim != 1 or names.ndim != 1 or values.shape != (shown.size, names.size):
        raise ValueError(
            f"Decision values of shape {values.shape} do not fit {shown.size} images and {names.size} categories: "
            "give (image, object)."
        )
    if names.size < 2 or np.unique(names).size < names.size:
        raise ValueError("Categories must be distinct and at least two: give every category once.")
    matches = shown[:, np.newaxis] == names
    if not matches.any(axis=1).all():
        stranger = shown[~matches.any(axis=1)][0]
        raise ValueError(f"An image shows {stranger}, which is not among the categories: add it or drop the image.")
    own = values[matches][:, np.newaxis]
    scores: NDArray[np.float64] = (own > values).sum(axis=1) / (names.size - 1)
    return np.where(np.isnan(values).any(axis=1), np.nan, scores)


def _standardised(values: NDArray[np.float64], training_images: int) -> NDArray[np.float64]:
    """Scale neuroids to the mean 0 and the variance 1 of the first images; of equal responses only the mean is 0."""
    train = values[:training_images]
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    varied = (train != train[:1]).any(axis=0)  # the deviation of equal values need not be 0
    return np.asarray((values - mean) / np.where(varied, deviation, 1))
