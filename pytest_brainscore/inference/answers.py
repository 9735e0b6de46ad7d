"""Bootstrap values of what is made of right and wrong answers: accuracy, agreement with people, odd ones out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.inference.draws import FloatArray, Units
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.inference.weighted import weighted_means

Measure = Callable[[FloatArray, FloatArray, FloatArray, FloatArray], FloatArray]
"""Compares two observers by counts: the stimuli that the first had right, that the second had right, on which both were
right or both wrong, and all. Shapes are broadcast."""


def accuracy_design(correct: ArrayLike, stimuli: Units) -> Design:
    """Return what a share of right answers, or any other mean over stimuli, shape (stimulus,), generalises over."""
    values = stimuli.sort(np.asarray(correct, dtype=np.float64))

    def without() -> FloatArray:
        # Of tens of thousands of images, weights would fill the memory.
        rows = np.bincount(stimuli.unit_of_row)
        sums = np.bincount(stimuli.unit_of_row, weights=values)
        left = values.size - rows
        means = np.full(sums.shape, np.nan)
        np.divide(values.sum() - sums, left, out=means, where=left > 0)
        return means

    return Design((Level(stimuli, lambda weights: weighted_means(weights, values), without),))


def observer_design(
    measure: Measure,
    model: ArrayLike,
    subjects: ArrayLike,
    conditions: ArrayLike | None,
    stimuli: Units,
    people: Units,
    *,
    answered: ArrayLike | None = None,
    smooth: bool = True,
) -> Design:
    """Return what a mean over people and conditions of how a model compares with a person generalises over.

    Parameters
    ----------
    measure
        For example Cohen's kappa of counts, or the similarity of accuracies.
    model
        Whether the model was right about each stimulus, shape (stimulus,).
    subjects
        The same of every person, shape (subject, stimulus).
    conditions
        Of every stimulus, shape (stimulus,); None for one condition.
    stimuli
        Drawn in the strata of the conditions.
    people
        The subjects.
    answered
        Whether both the model and each person answered, shape (subject, stimulus); others do not count. None: always.
    smooth
        Whether the measure has no bend, as a distance of accuracies has where they are equal. A bend makes draws of
        both kinds at once differ from the sum of both, as what is counted twice does: nothing is taken off. And on
        which side of the bend people are says what images count for: with twelve people, intervals would cover .92 of
        the time instead of .95.

    Returns
    -------
    The design: stimuli and people, with the sign of the measure. What is undefined is left out, as in the score.

    """
    right = stimuli.sort(np.asarray(model, dtype=np.float64))
    theirs = _sorted(subjects, stimuli, people)
    counted = np.ones(theirs.shape) if answered is None else _sorted(answered, stimuli, people)
    same = (theirs == right) * counted
    theirs, own = theirs * counted, right * counted
    labels = np.zeros(right.size) if conditions is None else stimuli.sort(np.asarray(conditions))
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]

    def by_person(weights: FloatArray) -> FloatArray:
        """Return the mean over conditions, (draw, stimulus) to (draw, subject)."""
        values = []
        for group in groups:
            drawn = weights[:, group]
            first = slice(None) if answered is not None else slice(1)  # else they are those of everybody
            kinds = (own[first], theirs, same, counted[first])
            # Weights may be fractions: whoever is always right has exactly as many right as there are.
            values.append(measure(*(np.round(np.asarray(drawn @ each[:, group].T), 9) for each in kinds)))
        return _defined_mean(np.stack(values, axis=-1))

    with_all = by_person(np.ones((1, right.size)))[0]
    levels = (
        Level(stimuli, lambda weights: _defined_mean(by_person(weights))),
        Level(people, lambda weights: weighted_means(weights, with_all), sets_scale=not smooth),
    )
    return Design(levels, (lambda weights: weighted_means(weights[1], by_person(weights[0]))) if smooth else None)


def _sorted(values: ArrayLike, stimuli: Units, people: Units) -> FloatArray:
    return people.sort(stimuli.sort(np.asarray(values, dtype=np.float64), axis=1))


def triplet_design(correct: ArrayLike, images: NDArray[np.intp], stimuli: Units) -> Design:
    """Return what a share of triplets generalises over: their images.

    Parameters
    ----------
    correct
        Whether the model answered each triplet as people did, shape (triplet,).
    images
        Rows of its images, shape (triplet, image).
    stimuli
        The images. To first order, a triplet counts as often as its images do, added up, and its own chance three
        times; where it counts only when all were drawn together, seven times.

    """
    places = stimuli.place(np.asarray(images))
    # One sum per image: triplets need not be gone through again for each draw.
    values = np.asarray(correct, dtype=np.float64)
    size = places.shape[1]
    total, right = (
        np.bincount(places.ravel(), weights=np.repeat(each, size), minlength=stimuli.order.size)
        for each in (np.ones(values.size), values)
    )

    def share(weights: FloatArray) -> FloatArray:
        more = weights - 1.0
        return np.asarray((values.sum() + more @ right) / (values.size + more @ total))

    def together(weights: tuple[FloatArray, ...]) -> FloatArray:
        found = []
        for drawn in weights[0]:
            product = drawn[places].prod(axis=1)
            total_of_draw = product.sum()
            found.append(product @ values / total_of_draw if total_of_draw else np.nan)
        return np.array(found)

    # Two of three times are too many; drawn together, there are four more.
    return Design((Level(stimuli, share),), together, times=0.5)


def _defined_mean(values: FloatArray) -> FloatArray:
    """Average over the last axis what has a number."""
    defined = ~np.isnan(values)
    mean = np.full(values.shape[:-1], np.nan)
    np.divide(np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1), out=mean, where=defined.any(axis=-1))
    return mean
