"""Decide for a category from the 1000 logits of a network that was trained on ImageNet.

The probabilities of all ImageNet classes that belong to a category are averaged, and the category with the highest
mean is chosen: Geirhos et al. (2018), arXiv 1808.08750, where the classes follow from the WordNet hierarchy. Or, as in
Kato & He (2026), the category of the most probable class is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from pytest_brainscore.data.imagenet_categories import (
    BAKER_CATEGORIES,
    GEIRHOS_CATEGORIES,
    IMAGENET_CLASSES,
    KATO_CATEGORIES,
    SCIALOM_CATEGORIES,
    ZHU_CATEGORIES,
)

__all__ = [
    "BAKER_CATEGORIES",
    "GEIRHOS_CATEGORIES",
    "IMAGENET_CLASSES",
    "KATO_CATEGORIES",
    "SCIALOM_CATEGORIES",
    "ZHU_CATEGORIES",
    "Aggregation",
    "category_probabilities",
    "choose_category",
    "choose_imagenet_class",
]
Aggregation = Literal["mean", "max"]
"""How the probabilities of its classes make that of a category."""
_BLOCK = 512
"""Presentations that are decided together: 4 MB of logits."""
AGGREGATIONS: Final[tuple[Aggregation, ...]] = get_args(Aggregation)


def category_probabilities(
    logits: ArrayLike, categories: Sequence[Sequence[int]], aggregation: Aggregation = "mean"
) -> NDArray[np.float64]:
    """Average the probabilities of the ImageNet classes of each category, or take the largest.

    Parameters
    ----------
    logits
        Output of the network before the softmax, shape (presentation, 1000).
    categories
        Positions of the classes of each category, 0 to 999; a category is not weighted by the number of its classes.
    aggregation
        ``mean`` or ``max`` over the classes of a category.

    Returns
    -------
    Mean, or largest, probabilities, 0 to 1, shape (presentation, category). They do not add up to 1. Logits of any size
    are safe: the softmax subtracts the maximum and is taken in double precision; the published system does neither.

    Raises
    ------
    ValueError
        If there are not 1000 logits, one is not finite, a category is empty or has a position outside 0 to 999, or
        the aggregation is another.

    """
    if aggregation not in AGGREGATIONS:
        raise ValueError(f"There is no aggregation {aggregation!r}: give one of {', '.join(AGGREGATIONS)}.")
    for category, positions in enumerate(categories):
        if not positions or min(positions) < 0 or max(positions) >= IMAGENET_CLASSES:
            raise ValueError(f"Category {category} has the classes {list(positions)}: give one or more of 0 to 999.")
    found = [np.empty((0, len(categories)))]
    for block in _checked_blocks(logits):
        probabilities = softmax(block, axis=1)
        of_categories = np.empty((len(block), len(categories)))
        for category, positions in enumerate(categories):
            of_classes = np.take(probabilities, np.asarray(positions, dtype=np.intp), axis=1)
            of_categories[:, category] = of_classes.max(axis=1) if aggregation == "max" else of_classes.mean(axis=1)
        found.append(of_categories)
    return np.concatenate(found)


def choose_category(
    logits: ArrayLike, categories: Sequence[Sequence[int]], aggregation: Aggregation = "mean"
) -> NDArray[np.intp]:
    """Choose the category with the highest probability.

    Parameters
    ----------
    logits, categories, aggregation
        As in `category_probabilities`.

    Returns
    -------
    Position of the chosen category, shape (presentation,); the first of equal ones.

    Raises
    ------
    ValueError
        As in `category_probabilities`, or if there are no categories.

    """
    if not categories:
        raise ValueError("There are no categories to choose from: give at least one.")
    return np.asarray(np.argmax(category_probabilities(logits, categories, aggregation), axis=1))


def choose_imagenet_class(logits: ArrayLike) -> NDArray[np.intp]:
    """Choose the ImageNet class with the highest logit.

    Parameters
    ----------
    logits
        Output of the network, shape (presentation, 1000).

    Returns
    -------
    Position of the class in the sorted list of the 1000 classes, shape (presentation,); the first of equal ones.

    Raises
    ------
    ValueError
        If there are not 1000 logits, or one is not finite.

    """
    chosen = [np.argmax(block, axis=1) for block in _checked_blocks(logits)]
    return np.concatenate([np.empty(0, dtype=np.intp), *chosen])


def _checked_blocks(logits: ArrayLike) -> Iterator[NDArray[np.float64]]:
    """Yield the logits of some presentations after another in double precision, so that memory does not grow."""
    array = np.asarray(logits)
    if array.ndim != 2 or array.shape[1] != IMAGENET_CLASSES:
        raise ValueError(f"Logits of shape {array.shape} are not of ImageNet: give (presentation, {IMAGENET_CLASSES}).")
    for start in range(0, len(array), _BLOCK):
        block = np.asarray(array[start : start + _BLOCK], dtype=np.float64)
        if not np.isfinite(block).all():
            row = start + int(np.flatnonzero(~np.isfinite(block).all(axis=1))[0])
            raise ValueError(f"Presentation {row} has logits that are not finite: nothing can be chosen from them.")
        yield block
