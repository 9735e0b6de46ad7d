"""The label task: choosing among categories by way of the 1000 classes of ImageNet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.label_decisions import BAKER_CATEGORIES, GEIRHOS_CATEGORIES, choose_category

CATEGORIES = BAKER_CATEGORIES | GEIRHOS_CATEGORIES
"""All categories that can be asked for, by name. Where both lists have one, they agree."""


@dataclass(frozen=True)
class LabelTask:
    """A label task that was started."""

    labels: tuple[str, ...]
    """Categories to choose from, in the order in which ties are broken."""

    def choices(self, logits: ArrayLike) -> list[str]:
        """Return the chosen category of each stimulus, given its 1000 logits: stimuli x 1000."""
        chosen = choose_category(logits, [CATEGORIES[label] for label in self.labels])
        return [self.labels[index] for index in chosen]


def label_task(fitting: object) -> LabelTask:
    """Return the label task with the given categories.

    Parameters
    ----------
    fitting
        Names of categories; letter case and surrounding blanks do not matter.

    Raises
    ------
    ModelError
        When it is not a list of names, is empty, or a name is unknown.

    """
    if isinstance(fitting, str) or not isinstance(fitting, Sequence) or not fitting:
        raise ModelError(f"A label task needs a list of categories, not {fitting!r}; give some of {_known()}.")
    labels = tuple(str(label).strip().lower() for label in fitting)
    unknown = [label for label in labels if label not in CATEGORIES]
    if unknown:
        raise ModelError(f"The categories {', '.join(unknown)} are unknown; give some of {_known()}.")
    return LabelTask(labels)


def _known() -> str:
    return ", ".join(sorted(CATEGORIES))
