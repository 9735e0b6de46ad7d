"""How well each image is told from each distractor: rates of confusion, and the d' that follow from them.

As in Rajalingham, Issa et al. (2018), doi 10.1523/JNEUROSCI.0388-18.2018, and as the published system computes them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from pytest_brainscore.one_thread import one_thread

LARGEST_DPRIME: Final = 5.0
"""d' is cut to -5 ... 5, which also makes the infinite ones finite."""


def model_rates(probabilities: ArrayLike, truth: ArrayLike, objects: ArrayLike) -> NDArray[np.float64]:
    """Return how often a model would take the object in an image for another one, if only these two were offered.

    Parameters
    ----------
    probabilities
        Shape (image, object), not negative.
    truth
        Object in each image, shape (image,).
    objects
        Name of each object, shape (object,), each once; holds every object of `truth`.

    Returns
    -------
    p(object) / (p(object) + p(truth)), shape (image, object), 0 to 1; NaN for the object in the image, and where both
    probabilities are 0.

    Raises
    ------
    ValueError
        If the shapes do not fit, objects repeat, or an object of `truth` is not among `objects`.

    """
    values = np.asarray(probabilities, np.float64)
    names, shown = distinct(objects), np.asarray(truth)
    if values.shape != (len(shown), len(names)):
        raise ValueError(
            f"Probabilities of shape {values.shape} do not fit {len(shown)} images x {len(names)} objects."
        )
    columns = positions(shown, names, "Objects in images")
    of_truth = np.take_along_axis(values, columns[:, np.newaxis], axis=1)
    rates = np.full(values.shape, np.nan)
    np.divide(values, values + of_truth, out=rates, where=values + of_truth > 0)
    np.put_along_axis(rates, columns[:, np.newaxis], np.nan, axis=1)
    return rates


def dprime_pattern(
    rates: ArrayLike, truth: ArrayLike, objects: ArrayLike, *, normalised: bool = False
) -> NDArray[np.float64]:
    """Return the d' of each image against each distractor.

    d' = z(hit) - z(false alarm), z being the quantile of the normal distribution: the hit rate is 1 - the rate of the
    image, the false alarm is how often images of the distractor are taken for the object in this image.

    Parameters
    ----------
    rates
        How often the object in each image is taken for each other one, shape (image, object), 0 to 1 or NaN.
    truth
        Object in each image, shape (image,).
    objects
        Name of each object, shape (object,), each once.
    normalised
        Subtract the mean d' of all images with the same object against the same distractor (the n of i1n and i2n).

    Returns
    -------
    Shape (image, object), cut to -5 to 5 before the mean is subtracted; NaN where a rate is, where no image of the
    distractor has a rate, and where both quantiles are the same infinity.

    Raises
    ------
    ValueError
        If the shapes do not fit, objects repeat, or an object of `truth` is not among `objects`.

    """
    values, names = np.asarray(rates, np.float64), distinct(objects)
    columns = positions(truth, names, "Objects in images")
    if values.shape != (len(columns), len(names)):
        raise ValueError(f"Rates of shape {values.shape} do not fit {len(columns)} images x {len(names)} objects.")
    false_alarms = _mean_by_object(values, columns)
    with np.errstate(invalid="ignore"):  # inf - inf is undefined, and NaN says so
        dprimes = ndtri(1 - values) - ndtri(false_alarms.T[columns])
    dprimes = np.clip(dprimes, -LARGEST_DPRIME, LARGEST_DPRIME)
    return np.asarray(dprimes - _mean_by_object(dprimes, columns)[columns] if normalised else dprimes)


def image_level_dprime(dprimes: ArrayLike) -> NDArray[np.float64]:
    """Average d' (image, object) over objects, leaving NaN out: one value per image, NaN where there is none."""
    values = np.asarray(dprimes, np.float64)
    defined = ~np.isnan(values)
    means = np.full(len(values), np.nan)
    count = defined.sum(axis=1)
    np.divide(np.where(defined, values, 0).sum(axis=1), count, out=means, where=count > 0)
    return means


@one_thread()
def _mean_by_object(values: NDArray[np.float64], columns: NDArray[np.intp]) -> NDArray[np.float64]:
    """Average the rows of the images with the same object, leaving NaN out: (image, k) to (object, k)."""
    objects = values.shape[1]
    member = (columns[np.newaxis] == np.arange(objects)[:, np.newaxis]).astype(np.float64)
    defined = ~np.isnan(values)
    count = member @ defined
    means = np.full(count.shape, np.nan)
    np.divide(member @ np.where(defined, values, 0), count, out=means, where=count > 0)
    return means


def distinct(names: ArrayLike) -> NDArray[np.generic]:
    """Return names as an array; ValueError if one repeats."""
    array = np.asarray(names)
    if array.ndim != 1 or len(np.unique(array)) != len(array):
        raise ValueError(
            f"Images or objects of shape {array.shape} are not distinct: give each once, in one dimension."
        )
    return array


def positions(values: ArrayLike, among: NDArray[np.generic], what: str) -> NDArray[np.intp]:
    """Return the position of each value among distinct ones; ValueError if it is none of them."""
    array = np.asarray(values)
    order = np.argsort(among)
    found = order[np.minimum(np.searchsorted(among, array, sorter=order), len(among) - 1)]
    if (among[found] != array).any():
        raise ValueError(f"{what} are not all known, first {array[among[found] != array][0]!r}: name every one.")
    return np.asarray(found)
