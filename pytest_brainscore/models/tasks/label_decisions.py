"""Decide for a category from the 1000 logits of a network that was trained on ImageNet.

The probabilities of all ImageNet classes that belong to a category are averaged, and the category with the highest
mean is chosen: Geirhos et al. (2018), arXiv 1808.08750, where the classes follow from the WordNet hierarchy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

IMAGENET_CLASSES = 1000

GEIRHOS_CATEGORIES: dict[str, tuple[int, ...]] = {
    "airplane": (404,),
    "bear": (*range(294, 298),),
    "bicycle": (444, 671),
    "bird": (
        *(8, *range(10, 17), *range(18, 21), *range(22, 25), *range(80, 84), *range(87, 97), *range(98, 101)),
        *(*range(127, 134), *range(135, 146)),
    ),
    "boat": (472, 554, 625, 814, 914),
    "bottle": (440, 720, 737, 898, 899, 901, 907),
    "car": (436, 511, 817),
    "cat": (*range(281, 287),),
    "chair": (423, 559, 765, 857),
    "clock": (409, 530, 892),
    "dog": (
        *(*range(152, 192), *range(193, 204), *range(205, 227), *range(228, 242), *range(243, 251)),
        *(*range(252, 258), 259, *range(261, 264), *range(265, 269)),
    ),
    "elephant": (385, 386),
    "keyboard": (508, 878),
    "knife": (499,),
    "oven": (766,),
    "truck": (555, 569, 656, 675, 717, 734, 864, 867),
}
"""The 16 categories of Geirhos et al. (2018): 0-based positions in the sorted list of the 1000 ImageNet classes."""

BAKER_CATEGORIES: dict[str, tuple[int, ...]] = {
    "bear": GEIRHOS_CATEGORIES["bear"],
    "bunny": (*range(330, 333),),
    "cat": GEIRHOS_CATEGORIES["cat"],
    "elephant": GEIRHOS_CATEGORIES["elephant"],
    "frog": (*range(30, 33),),
    "lizard": (*range(38, 49),),
    "tiger": (*range(286, 294),),
    "turtle": (*range(33, 38),),
    "wolf": (*range(269, 276),),
}
"""The nine animals of the benchmarks of Baker & Elder (2022), doi 10.1016/j.isci.2022.104913.

As published, class 286 (cougar) counts as a cat and as a tiger.
"""


ZHU_CATEGORIES: dict[str, tuple[int, ...]] = {
    "aeroplane": (404, 895),
    "bus": (654, 779, 874),
    "motorbike": (665, 670),
}
"""What the published system adds for the benchmarks of Zhu et al. (2019), arXiv 1905.04598."""

SCIALOM_CATEGORIES: dict[str, tuple[int, ...]] = {
    "banana": (954,),
    "beanie": (439, 452, 515, 808),
    "binoculars": (447,),
    "boot": (514,),
    "bowl": (659, 809),
    "cup": (968,),
    "glasses": (837,),
    "lamp": (470, 607, 818, 846),
    "pan": (567,),
    "sewingmachine": (786,),
    "shovel": (792,),
}
"""What the published system adds for the benchmarks of Scialom et al. (2024)."""


def category_probabilities(logits: ArrayLike, categories: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Average the probabilities of the ImageNet classes of each category.

    Parameters
    ----------
    logits
        Output of the network before the softmax, shape (presentation, 1000).
    categories
        Positions of the classes of each category, 0 to 999; a category is not weighted by the number of its classes.

    Returns
    -------
    Mean probabilities, 0 to 1, shape (presentation, category). They do not add up to 1. Logits of any size are safe:
    the softmax subtracts the maximum and is taken in double precision; the published system does neither.

    Raises
    ------
    ValueError
        If there are not 1000 logits, one is not finite, or a category is empty or has a position outside 0 to 999.

    """
    probabilities = softmax(_check_logits(logits), axis=1)
    means = np.empty((len(probabilities), len(categories)))
    for category, positions in enumerate(categories):
        classes = np.asarray(positions, dtype=np.intp)
        if classes.size == 0 or classes.min() < 0 or classes.max() >= IMAGENET_CLASSES:
            raise ValueError(f"Category {category} has the classes {list(positions)}: give one or more of 0 to 999.")
        means[:, category] = np.take(probabilities, classes, axis=1).mean(axis=1)
    return means


def choose_category(logits: ArrayLike, categories: Sequence[Sequence[int]]) -> NDArray[np.intp]:
    """Choose the category with the highest mean probability.

    Parameters
    ----------
    logits, categories
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
    return np.asarray(np.argmax(category_probabilities(logits, categories), axis=1))


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
    return np.asarray(np.argmax(_check_logits(logits), axis=1))


def _check_logits(logits: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(logits, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != IMAGENET_CLASSES:
        raise ValueError(f"Logits of shape {array.shape} are not of ImageNet: give (presentation, {IMAGENET_CLASSES}).")
    if not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise ValueError(f"Presentation {row} has logits that are not finite: nothing can be chosen from them.")
    return array
