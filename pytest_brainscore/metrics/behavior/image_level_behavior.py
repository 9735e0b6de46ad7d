"""Does a model find the same images hard as people do, and does it take them for the same objects?

The i1 and i2 metrics of Rajalingham, Issa et al. (2018), doi 10.1523/JNEUROSCI.0388-18.2018, with their normalised
forms i1n and i2n, as the published system computes them. A pattern has one d' for each image and distractor (i2), or
their mean over the distractors for each image (i1); model and people are compared by the correlation of patterns.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.behavior.image_level_dprime import (
    LARGEST_DPRIME,
    distinct,
    dprime_pattern,
    image_level_dprime,
    model_rates,
    positions,
)
from pytest_brainscore.metrics.shared.correlation import ROUNDING, pearson_correlation

__all__ = [
    "BehavioralConsistency",
    "BehavioralPattern",
    "Trials",
    "behavioral_consistency",
    "behavioral_consistency_ceiling",
    "dprime_pattern",
    "human_pattern",
    "human_rates",
    "image_level_dprime",
    "model_pattern",
    "model_rates",
    "pattern_correlation",
    "trial_halves",
]

REPETITIONS: Final = 2
"""Random halves of the trials, as published."""
SEED: Final = 0
"""Seed of the halves, as published; score and ceiling see the same ones."""


class Trials(NamedTuple):
    """Trials of people who chose between two objects; every field has shape (trial,)."""

    images: NDArray[np.generic]
    """Identifier of the image that was shown."""
    samples: NDArray[np.generic]
    """Object in the image."""
    distractors: NDArray[np.generic]
    """The other object offered."""
    choices: NDArray[np.generic]
    """Object that was chosen."""


class BehavioralPattern(NamedTuple):
    """The d' of one observer."""

    dprimes: NDArray[np.float64]
    """Shape (image, object): -5 to 5, NaN where undefined, as for the object in the image."""
    images: NDArray[np.generic]
    """Identifiers, shape (image,), each once."""
    objects: NDArray[np.generic]
    """Names, shape (object,), each once."""


class BehavioralConsistency(NamedTuple):
    """A correlation of patterns, with what it came from."""

    value: float
    """Mean over the repetitions for which it is defined, -1 to 1; NaN if it is for none."""
    deviation: float
    """Standard deviation (ddof 0) over these repetitions, published as the error. It is not a standard error."""
    correlations: NDArray[np.float64]
    """Shape (repetition,); NaN where there is none."""


def human_rates(trials: Trials, images: ArrayLike, objects: ArrayLike) -> NDArray[np.float64]:
    """Return how often people took the object in an image for another one, of the times it was offered.

    Parameters
    ----------
    trials
        Trials, in any order.
    images, objects
        Identifiers and names, each once, in the order of the result; they hold all those of `trials`.

    Returns
    -------
    Shape (image, object), 0 to 1; NaN for the object in the image and for what was never offered.

    Raises
    ------
    ValueError
        If images or objects repeat, or `trials` have others.

    """
    ids, names = distinct(images), distinct(objects)
    rows = positions(trials.images, ids, "Images of trials")
    shape = (len(ids), len(names))
    samples, distractors, choices = (
        positions(values, names, "Objects of trials") for values in (trials.samples, trials.distractors, trials.choices)
    )
    # An object that is sample and distractor of one trial counts once.
    others = distractors != samples
    offered = _count(rows, samples, shape) + _count(rows[others], distractors[others], shape)
    rates = np.full(shape, np.nan)
    np.divide(_count(rows, choices, shape), offered, out=rates, where=offered > 0)
    rates[rows, samples] = np.nan
    return rates


def pattern_correlation(
    source: BehavioralPattern, target: BehavioralPattern, *, over_objects: bool = False, skip_undefined: bool = False
) -> float:
    """Correlate two patterns over the images, and objects, that they share.

    Parameters
    ----------
    source, target
        Patterns of two observers, their images and objects in any order.
    over_objects
        Average over objects first (i1); else every image and object counts (i2).
    skip_undefined
        Leave out what is NaN in the source; else such an entry is an error unless it is NaN in the target too, where
        it is left out in any case.

    Returns
    -------
    Pearson correlation, -1 to 1; NaN when fewer than two entries are left or one side is constant, but for rounding.

    Raises
    ------
    ValueError
        If the source is NaN where the target is not and `skip_undefined` is False.

    """
    _, rows, target_rows = np.intersect1d(source.images, target.images, assume_unique=True, return_indices=True)
    _, columns, target_columns = np.intersect1d(source.objects, target.objects, return_indices=True)
    if over_objects:
        given, wanted = image_level_dprime(source.dprimes)[rows], image_level_dprime(target.dprimes)[target_rows]
    else:
        given = source.dprimes[np.ix_(rows, columns)].ravel()
        wanted = target.dprimes[np.ix_(target_rows, target_columns)].ravel()
    keep = ~np.isnan(wanted)
    if skip_undefined:
        keep &= ~np.isnan(given)
    elif np.isnan(given[keep]).any():
        raise ValueError(
            f"{np.isnan(given[keep]).sum()} of {keep.sum()} d' are undefined in the one pattern and defined in the "
            "other: leave them out with skip_undefined."
        )
    given, wanted = given[keep], wanted[keep]
    # Normalised d' that were equal are rounding around 0, so that there is nothing to compare it with but their unit.
    if keep.sum() < 2 or min(np.ptp(given), np.ptp(wanted)) <= ROUNDING * LARGEST_DPRIME:
        return float("nan")
    return float(pearson_correlation(given[:, np.newaxis], wanted[:, np.newaxis])[0])


def behavioral_consistency(
    model: BehavioralPattern, trials: Trials, *, normalised: bool, over_objects: bool, skip_undefined: bool = False
) -> BehavioralConsistency:
    """Correlate the pattern of a model with that of people.

    Of each repetition's shuffled trials only the first half is used, as published.

    Parameters
    ----------
    model
        From :func:`model_pattern`, with the same value of `normalised`.
    trials
        Trials of all people together; one that is left over when the number is odd belongs to the second half.
    normalised
        Whether d' are normalised within object and distractor (i1n, i2n).
    over_objects
        Whether d' are averaged over objects (i1, i1n).
    skip_undefined
        As in :func:`pattern_correlation`.

    Returns
    -------
    The `BehavioralConsistency`, not divided by its ceiling.

    Raises
    ------
    ValueError
        As in :func:`pattern_correlation`, or if an image has two different samples.

    """
    correlations = [
        pattern_correlation(
            model, human_pattern(half, normalised=normalised), over_objects=over_objects, skip_undefined=skip_undefined
        )
        for half, _ in trial_halves(trials)
    ]
    return _aggregate(correlations)


def behavioral_consistency_ceiling(
    trials: Trials, *, normalised: bool, over_objects: bool, skip_undefined: bool = False
) -> BehavioralConsistency:
    """Correlate the patterns of two halves of the trials: the ceiling of :func:`behavioral_consistency`.

    The halves are those of the score. The correlation is not corrected for the half number of trials, as published.

    Parameters
    ----------
    trials, normalised, over_objects, skip_undefined
        As in :func:`behavioral_consistency`.

    Returns
    -------
    The `BehavioralConsistency`.

    Raises
    ------
    ValueError
        As in :func:`behavioral_consistency`.

    """
    correlations = [
        pattern_correlation(
            *(human_pattern(half, normalised=normalised) for half in halves),
            over_objects=over_objects,
            skip_undefined=skip_undefined,
        )
        for halves in trial_halves(trials)
    ]
    return _aggregate(correlations)


def model_pattern(
    probabilities: ArrayLike, images: ArrayLike, truth: ArrayLike, objects: ArrayLike, *, normalised: bool
) -> BehavioralPattern:
    """Return the pattern of a model.

    Parameters
    ----------
    probabilities, truth, objects
        As in :func:`model_rates`.
    images
        Identifier of each image, shape (image,), each once.
    normalised
        As in :func:`dprime_pattern`.

    Raises
    ------
    ValueError
        As in :func:`model_rates`, or if images repeat.

    """
    rates = model_rates(probabilities, truth, objects)
    return BehavioralPattern(
        dprime_pattern(rates, truth, objects, normalised=normalised), distinct(images), distinct(objects)
    )


def human_pattern(trials: Trials, *, normalised: bool) -> BehavioralPattern:
    """Return the pattern of the people who did some trials; images and objects are sorted.

    Raises
    ------
    ValueError
        If an image has two different samples.

    """
    images, first, row = np.unique(trials.images, return_index=True, return_inverse=True)
    objects = np.unique(np.concatenate([trials.samples, trials.distractors, trials.choices]))
    truth = trials.samples[first]
    if (truth[row] != trials.samples).any():
        raise ValueError("An image has two different samples: give each image the one object that it shows.")
    rates = human_rates(trials, images, objects)
    return BehavioralPattern(dprime_pattern(rates, truth, objects, normalised=normalised), images, objects)


def trial_halves(trials: Trials) -> list[tuple[Trials, Trials]]:
    """Return the two halves of each repetition; they depend on the order of the trials."""
    generator = np.random.RandomState(SEED)
    halves = []
    for _ in range(REPETITIONS):
        order = np.arange(len(trials.images))
        generator.shuffle(order)
        parts = order[: len(order) // 2], order[len(order) // 2 :]
        first, second = (Trials(*(np.asarray(field)[part] for field in trials)) for part in parts)
        halves.append((first, second))
    return halves


def _aggregate(correlations: list[float]) -> BehavioralConsistency:
    values = np.array(correlations)
    defined = values[~np.isnan(values)]
    if not defined.size:
        return BehavioralConsistency(float("nan"), float("nan"), values)
    return BehavioralConsistency(float(defined.mean()), float(defined.std()), values)


def _count(rows: NDArray[np.intp], columns: NDArray[np.intp], shape: tuple[int, int]) -> NDArray[np.intp]:
    return np.bincount(rows * shape[1] + columns, minlength=shape[0] * shape[1]).reshape(shape)
