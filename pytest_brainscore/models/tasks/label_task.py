"""The label task: choosing among categories, or among all classes of ImageNet, by way of 1000 logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pytest_brainscore.data.assembly import behavior_assembly
from pytest_brainscore.data.imagenet_classes import IMAGENET_SYNSETS
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.tasks.label_decisions import (
    AGGREGATIONS,
    BAKER_CATEGORIES,
    GEIRHOS_CATEGORIES,
    IMAGENET_CLASSES,
    KATO_CATEGORIES,
    SCIALOM_CATEGORIES,
    ZHU_CATEGORIES,
    Aggregation,
    choose_category,
    choose_imagenet_class,
)

if TYPE_CHECKING:
    import pandas
    import xarray

IMAGENET = "imagenet"
"""Asks for the one of the 1000 classes, instead of a list of categories."""
CATEGORIES = BAKER_CATEGORIES | ZHU_CATEGORIES | SCIALOM_CATEGORIES | GEIRHOS_CATEGORIES | KATO_CATEGORIES
"""All categories that can be asked for, by name. Where several lists have one, they agree."""


@dataclass(frozen=True)
class LabelTask:
    """A label task that was started."""

    categories: Mapping[str, tuple[int, ...]]
    """ImageNet classes of each category to choose from, in the order in which ties are broken."""
    aggregation: Aggregation = "mean"
    """How the probabilities of its classes make that of a category."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the categories."""
        return tuple(self.categories)

    def choices(self, logits: ArrayLike) -> list[str]:
        """Return the chosen category of each stimulus, given its 1000 logits: stimuli x 1000."""
        chosen = choose_category(logits, list(self.categories.values()), self.aggregation)
        return [self.labels[index] for index in chosen]

    def answers(self, logits: ArrayLike, stimuli: pandas.DataFrame) -> xarray.DataArray:
        """Return the chosen categories: ``presentation`` x ``choice``, with a single choice."""
        return behavior_assembly(np.array(self.choices(logits))[:, np.newaxis], stimuli)


@dataclass(frozen=True)
class ImageNetTask:
    """The label task among the 1000 classes."""

    def answers(self, logits: ArrayLike, stimuli: pandas.DataFrame) -> xarray.DataArray:
        """Return the WordNet identifiers of the chosen classes.

        ``presentation`` x ``choice``, with a single choice; the coordinate ``logit`` is the position of the class.
        """
        chosen = choose_imagenet_class(logits)
        synsets = np.array(IMAGENET_SYNSETS)[chosen]
        return behavior_assembly(synsets[:, np.newaxis], stimuli).assign_coords(logit=("presentation", chosen))


def label_task(fitting: object, aggregation: Aggregation = "mean") -> LabelTask | ImageNetTask:
    """Return the label task with the given categories.

    Parameters
    ----------
    fitting
        ``imagenet`` for the 1000 classes; or names of categories, where letter case and blanks do not matter; or
        positions of ImageNet classes, 0 to 999, by the name of each category.
    aggregation
        ``mean``: the category with the highest mean probability of its classes is chosen; ``max``: the one with the
        most probable class. Nothing to the 1000 classes.

    Raises
    ------
    ModelError
        When it is none of these, is empty, or a name, position or aggregation is unknown.

    """
    if aggregation not in AGGREGATIONS:
        raise ModelError(f"There is no aggregation {aggregation!r}; give one of {', '.join(AGGREGATIONS)}.")
    if fitting == IMAGENET:
        return ImageNetTask()
    if isinstance(fitting, Mapping) and fitting:
        return _own_categories(fitting, aggregation)
    if isinstance(fitting, str) or not isinstance(fitting, Sequence) or not fitting:
        raise ModelError(
            f"A label task needs {IMAGENET!r} or a list of categories, not {fitting!r}; give some of {_known()}."
        )
    labels = ["".join(str(label).split()).lower() for label in fitting]
    unknown = [label for label in labels if label not in CATEGORIES]
    if unknown:
        raise ModelError(f"The categories {', '.join(unknown)} are unknown; give some of {_known()}.")
    return LabelTask({label: CATEGORIES[label] for label in labels}, aggregation)


def _own_categories(fitting: Mapping[object, object], aggregation: Aggregation) -> LabelTask:
    categories = {}
    for name, classes in fitting.items():
        positions = tuple(classes) if isinstance(classes, Sequence) and not isinstance(classes, str) else ()
        if not positions or any(position not in range(IMAGENET_CLASSES) for position in positions):
            raise ModelError(
                f"The category {name} has the classes {classes!r}; give one or more positions of 0 to 999."
            )
        categories[str(name)] = positions
    return LabelTask(categories, aggregation)


def _known() -> str:
    return ", ".join(sorted(CATEGORIES))
