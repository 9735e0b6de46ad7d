"""Does a broken configuration of a shape cost a model as much accuracy as it costs human subjects?

Baker & Elder (2022), doi 10.1016/j.isci.2022.104913, as scored by the published system: the accuracy on whole
silhouettes minus that on fragmented or Frankenstein ones, here called the accuracy delta.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.reliability.split_half import spearman_brown
from pytest_brainscore.metrics.shared.correlation import ROUNDING

# Number of random halves of the subjects, of the published system.
_HALVES = 100


class DeltaSimilarity(NamedTuple):
    """A similarity of accuracy deltas, with what it came from."""

    value: float
    """Mean over the halves for which it is defined; for the ceiling the median. At least 0; NaN if it is for none."""
    deviation: float
    """Standard deviation (ddof 0) over these halves, published as the error. It is not a standard error."""
    similarities: NDArray[np.float64]
    """Similarity for every half of the subjects, shape (100,); NaN where it is undefined."""


def accuracy_delta(correct: ArrayLike, whole: ArrayLike, categories: ArrayLike | None = None) -> float:
    """Accuracy on whole silhouettes minus accuracy on broken ones.

    Parameters
    ----------
    correct
        Whether each stimulus was answered correctly: booleans, shape (stimulus,).
    whole
        Whether each silhouette is whole: booleans, shape (stimulus,).
    categories
        Category of every stimulus, shape (stimulus,): accuracies are averaged over categories, as for a model. None to
        pool all stimuli, as for a subject.

    Returns
    -------
    Accuracy delta, -1 to 1.

    Raises
    ------
    ValueError
        If the values are not boolean, the lengths differ, or a category lacks whole or broken silhouettes.

    """
    right, kept = np.asarray(correct), np.asarray(whole)
    labels = np.zeros(right.shape, dtype=np.intp) if categories is None else np.asarray(categories)
    if right.dtype != np.bool_ or kept.dtype != np.bool_ or not right.ndim == kept.ndim == labels.ndim == 1:
        raise ValueError(
            f"Values of types {right.dtype} and {kept.dtype} have no accuracy delta: give booleans (stimulus,)."
        )
    if not right.shape == kept.shape == labels.shape:
        raise ValueError(
            f"{right.size} answers, {kept.size} silhouettes and {labels.size} categories do not fit: "
            "give one of each for every stimulus."
        )
    _, codes = np.unique(labels, return_inverse=True)
    seen = np.zeros((codes.max(initial=0) + 1, 2))
    hits = np.zeros_like(seen)
    np.add.at(seen, (codes, kept.astype(np.intp)), 1)
    np.add.at(hits, (codes, kept.astype(np.intp)), right)
    if not seen.all():
        raise ValueError("A category has no whole or no broken silhouettes: give both for each, or leave it out.")
    broken_accuracy, whole_accuracy = (hits / seen).mean(axis=0)
    return float(whole_accuracy - broken_accuracy)


def baker_accuracy_delta(model_delta: float, subject_deltas: ArrayLike) -> DeltaSimilarity:
    """Similarity of the accuracy delta of a model to that of random halves of the subjects.

    For a half with the mean delta h and a model with the delta m it is max(0, 1 - |h - m| / h).

    Parameters
    ----------
    model_delta
        `accuracy_delta` of the model, -1 to 1.
    subject_deltas
        `accuracy_delta` of every subject in the order of their numbers, shape (subject,). As published, the last
        subject is in no half.

    Returns
    -------
    The `DeltaSimilarity`. The similarity is undefined, NaN, for a half with a delta of 0. As published, it is above 1
    for a half that was better with broken silhouettes.

    Raises
    ------
    ValueError
        If there are fewer than two subjects, or a delta is not finite.

    """
    deltas = _check_deltas(subject_deltas)
    if not np.isfinite(model_delta):
        raise ValueError(f"A model with the accuracy delta {model_delta} cannot be compared: give a finite number.")
    similarities = delta_similarity(np.asarray(model_delta), deltas[subject_halves(deltas.size)].mean(axis=1))
    return _aggregate(similarities, np.mean)


def baker_accuracy_delta_ceiling(subject_deltas: ArrayLike) -> DeltaSimilarity:
    """Similarity of the accuracy deltas of two halves of the subjects, Spearman-Brown corrected.

    Parameters
    ----------
    subject_deltas
        As in `baker_accuracy_delta`. One half is drawn as there, the other has all other subjects and takes the place
        of the human one.

    Returns
    -------
    The `DeltaSimilarity`, its value being the median over halves.

    Raises
    ------
    ValueError
        As in `baker_accuracy_delta`.

    """
    deltas = _check_deltas(subject_deltas)
    generator = np.random.RandomState(0)
    first, second = np.empty((2, _HALVES))
    for split in range(_HALVES):
        half = _draw_half(generator, deltas.size)
        first[split], second[split] = deltas[half].mean(), np.delete(deltas, half).mean()
    similarities = spearman_brown(delta_similarity(first, second))
    return _aggregate(similarities, np.median)


def subject_halves(subjects: int) -> NDArray[np.intp]:
    """Return the random halves of the subjects that a model is compared with.

    Parameters
    ----------
    subjects
        Number of subjects, two or more.

    Returns
    -------
    Positions of subjects, shape (100, subjects // 2); the last subject is in no half.

    """
    return np.stack([_draw_half(np.random.RandomState(seed), subjects) for seed in range(_HALVES)])


def delta_similarity(delta: NDArray[np.float64], human: NDArray[np.float64]) -> NDArray[np.float64]:
    """Similarity of accuracy deltas m to human ones h, max(0, 1 - |h - m| / h), broadcast.

    NaN where h is NaN, or 0 but for rounding.
    """
    delta, human = np.broadcast_arrays(delta, human)
    relative = np.full(human.shape, np.nan)
    np.divide(np.abs(human - delta), human, out=relative, where=np.abs(human) > ROUNDING)
    return np.asarray(np.maximum(1 - relative, 0))


def _aggregate(similarities: NDArray[np.float64], average: Callable[..., object]) -> DeltaSimilarity:
    defined = similarities[~np.isnan(similarities)]
    if not defined.size:
        return DeltaSimilarity(float("nan"), float("nan"), similarities)
    return DeltaSimilarity(float(np.asarray(average(defined))), float(defined.std()), similarities)


def _draw_half(generator: np.random.RandomState, subjects: int) -> NDArray[np.intp]:
    """Return positions of half of the subjects; as published, subjects are drawn from the numbers 1 to n - 1."""
    numbers = generator.choice(range(1, subjects), subjects // 2, replace=False)
    return np.asarray(numbers, dtype=np.intp) - 1


def _check_deltas(subject_deltas: ArrayLike) -> NDArray[np.float64]:
    deltas = np.asarray(subject_deltas, dtype=np.float64)
    if deltas.ndim != 1 or deltas.size < 2 or not np.isfinite(deltas).all():
        raise ValueError(
            f"Accuracy deltas of shape {deltas.shape} cannot be halved: give finite numbers of two or more subjects."
        )
    return deltas
